import type { Deed } from "../../chat/command.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Members, RoomPower } from "../../matrix/port.ts";
import type { Need } from "../../matrix/power.ts";
import { levelNeeds } from "./levels.ts";
import type { Presence } from "./presence.ts";
import type { BotRecord } from "./records.ts";

/** What adding a bot comes to. */
export type Adding =
  /** Usher brought it in before, or has invited it: there is nothing to do. */
  | { readonly is: "here" | "awaited"; readonly addedBy: UserId | undefined }
  /** Somebody else brought it in, and Usher takes it on. */
  | { readonly is: "adopt" }
  | { readonly is: "invite" }
  | { readonly is: "banned"; readonly by: UserId };

/** By how it stands to the room, and what Usher remembers of it. An invitation that is not Usher's is no reason not to send one. */
export function addingOf(
  presence: Presence,
  record: Pick<BotRecord, "addedBy"> | undefined,
): Adding {
  switch (presence.is) {
    case "joined":
      return record === undefined ? { is: "adopt" } : { is: "here", addedBy: record.addedBy };
    case "invited":
      return record === undefined ? { is: "invite" } : { is: "awaited", addedBy: record.addedBy };
    case "banned":
      return { is: "banned", by: presence.by };
    case "left":
    case "kicked":
    case "absent":
      return { is: "invite" };
  }
}

/** What adding it takes, of whoever asks and of Usher. */
export function addingNeeds(
  { user, level }: { readonly user: UserId; readonly level: number },
  { joined, invited }: Members,
  power: RoomPower,
  record: Pick<BotRecord, "addedBy"> | undefined,
): Deed {
  if (joined.has(user) && record !== undefined) return { deed: "add-bot", needs: [] };
  const invitation: readonly Need[] = invited.has(user) ? [] : [{ kind: "invite" }];
  const raise = levelNeeds(power, user, level);
  return {
    deed: raise.length > 0 ? "add-bot-with-power" : "add-bot",
    needs: [...invitation, ...raise],
  };
}
