import type { EventId, UserId } from "../../kernel/ids.ts";
import type { BotEntry } from "./config.ts";
import type { Presence } from "./presence.ts";
import type { BotRecord } from "./records.ts";

/** A bot of a room: what the room says of it beside what Usher remembers. */
export interface KnownBot {
  readonly id: string;
  readonly user: UserId;
  readonly presence: Presence;
  readonly entry: BotEntry | undefined;
  /** Undefined for one that Usher did not bring in. */
  readonly record: BotRecord | undefined;
}

/** What was asked for. */
export interface BotOrder {
  readonly user: UserId;
  /** The power it is to have at least; 0 for what everybody has. */
  readonly level: number;
  readonly person: UserId;
  readonly cause: EventId;
}
