import { digest, type UserId } from "../../kernel/ids.ts";
import { levelOf } from "../../matrix/power.ts";
import type { RoomPower, StateEvent } from "../../matrix/port.ts";

/** Whether a bot is in a room, and how it went if it is not. `absent`: the room has never heard of it. */
export type Presence =
  | { readonly is: "joined" | "absent" }
  /** `by`: who invited, kicked or banned it; itself, where it left or declined the invitation. `at`: as its homeserver says; ms. */
  | {
      readonly is: "invited" | "left" | "kicked" | "banned";
      readonly by: UserId;
      readonly at: number;
    };

/** How a membership event says a user stands to the room (specification, `m.room.member`). */
export function presenceOf(event: StateEvent | undefined, user: UserId): Presence {
  if (event === undefined) return { is: "absent" };
  const about = { by: event.sender, at: event.originServerTs };
  switch (event.content["membership"]) {
    case "join":
      return { is: "joined" };
    case "invite":
      return { is: "invited", ...about };
    case "ban":
      return { is: "banned", ...about };
    case "leave":
      return { is: event.sender === user ? "left" : "kicked", ...about };
    default:
      return { is: "absent" };
  }
}

/** Whether it is in the room, or may come in by itself. */
export function isHere({ is }: Presence): boolean {
  return is === "joined" || is === "invited";
}

/** A short id that people can type, the same wherever the bot is: the first part of its name and six letters. */
export function botId(user: UserId): string {
  const name = user
    .slice(1, user.indexOf(":"))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 20);
  const letters = digest("bot", user)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 6);
  return `${name === "" ? "bot" : name}-${letters}`;
}

/** The level as a number to show; undefined for power without limit. */
export function shownLevel(power: RoomPower, user: UserId): number | undefined {
  const level = levelOf(power, user);
  return level === Infinity ? undefined : level;
}
