import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Content, RoomEvent } from "./port.ts";

/** What came out of one answer of the homeserver, in the order in which it is to be handled. */
export interface Batch {
  /** Rooms Usher is in, with what happened there. */
  readonly rooms: readonly RoomBatch[];
  readonly invites: readonly Invite[];
  /** Rooms Usher is in no longer: it left, was removed or banned. */
  readonly departures: readonly Departure[];
  /** How long Usher had not heard the homeserver before this, ms by its own clock. */
  readonly awayMs: number;
  /** True for the very first one of an account, whose history is nobody's command. */
  readonly first: boolean;
  /** True where the place in the stream was lost: rooms that Usher is in no longer are missing, and no departure says so. */
  readonly anew?: boolean;
}

export interface RoomBatch {
  readonly roomId: RoomId;
  /** New since the last batch, oldest first, deduplicated, after Usher's own latest join. State events among them have a `stateKey`. */
  readonly events: readonly RoomEvent[];
  /** True where more had happened than could be fetched: commands in the gap were not seen. */
  readonly gap: boolean;
  /** How many are in the room and invited, where the homeserver said so with this. */
  readonly people?: { readonly joined: number; readonly invited: number };
  /** True where Usher has come into the room since the last batch. */
  readonly joined?: boolean;
}

export interface Invite {
  readonly roomId: RoomId;
  readonly sender: UserId;
  /** What the inviter's homeserver shows of the room beforehand: untrusted hints, by event type. */
  readonly hints: ReadonlyMap<string, Content>;
  /** Whether it says that the room is meant as a direct chat (`is_direct`). */
  readonly direct: boolean;
}

export interface Departure {
  readonly roomId: RoomId;
  /** Who made it so: Usher itself, or the person who removed or banned it. */
  readonly by: UserId;
  readonly how: "left" | "kicked" | "banned";
}

/**
 * Takes batches, one at a time and in order. The promise settles when everything in the batch has settled; only then
 * may the source forget the batch. The source does not wait for it before it fetches the next.
 */
export type BatchHandler = (batch: Batch) => Promise<void>;

/** Where batches come from: a sync loop today, transactions to an application service later; what follows cannot tell. */
export interface Intake {
  /**
   * Runs until stopped, then resolves when all batches that were given out have settled and that is saved.
   * Rejects with an `UsherError` where going on is pointless (`token-unknown`).
   */
  run(handle: BatchHandler): Promise<void>;
  /** Hears nothing more; resolves when the last answer is dropped. */
  stop(): Promise<void>;
  /** When the homeserver last answered well; ms since the epoch, undefined if never. */
  readonly lastHeard: number | undefined;
}
