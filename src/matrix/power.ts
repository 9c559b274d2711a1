import type { UserId } from "../kernel/ids.ts";
import type { RoomPower } from "./port.ts";

/** One thing somebody must be allowed to do in a room. */
export type Need =
  | { readonly kind: "state"; readonly type: string }
  | { readonly kind: "message"; readonly type: string }
  | { readonly kind: "invite" | "kick" | "ban" | "redact" };

/** The level of a person; `Infinity` for the creators of a room of version 12 or later (MSC4289). */
export declare function levelOf(power: RoomPower, user: UserId): number;
/** The level that a need asks for in a room. */
export declare function levelNeeded(power: RoomPower, need: Need): number;
