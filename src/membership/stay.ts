import type { Answer } from "../chat/command.ts";
import type { Invite } from "../matrix/intake.ts";
import type { RoomDocument } from "../store/room.ts";
import type { decideInvite } from "./inviters.ts";

/** A room that Usher was in, or on its way into, when it last ran. `greetedAt`: when it said there what it is; ms. */
export interface Stay {
  readonly greetedAt: number | undefined;
}

/** The stay that a document tells of; undefined where it tells of none. */
export function stayIn({
  greetedAt,
  inviter,
  silentSince,
}: Pick<RoomDocument, "greetedAt" | "inviter" | "silentSince">): Stay | undefined {
  return greetedAt === undefined && inviter === undefined && silentSince === undefined
    ? undefined
    : { greetedAt };
}

/**
 * What became of a stay, by whether the homeserver said at `asked` (ms) that Usher is in the room. An invitation whose joining was interrupted is
 * delivered again: only what belonged to a stay is over, and nothing that began after the homeserver was asked.
 */
export function outcomeOf(
  { greetedAt }: Stay,
  joined: boolean,
  asked: number,
): "greet" | "over" | undefined {
  if (greetedAt === undefined) return joined ? "greet" : undefined;
  return greetedAt < asked && !joined ? "over" : undefined;
}

/** Why an invitation is not accepted, in words for whoever sent it; undefined where it is. */
export function refusalOf(
  { hints }: Pick<Invite, "hints">,
  decision: ReturnType<typeof decideInvite>,
  canReadEncrypted: boolean,
): Answer | undefined {
  if (decision !== "accept") return { template: `error/${decision}`, view: {} };
  if (hints.has("m.room.encryption") && !canReadEncrypted)
    return { template: "error/room-encrypted-unreadable", view: {} };
  return undefined;
}

/** The document of a room that Usher was invited to at `invitedAt`; ms. */
export function invitedTo(
  { invitedAs: _, ...document }: RoomDocument,
  { sender, direct }: Pick<Invite, "sender" | "direct">,
  invitedAt: number,
): RoomDocument {
  return {
    ...document,
    inviter: sender,
    invitedAt,
    ...(direct ? { invitedAs: "direct" as const } : {}),
  };
}
