import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";

/** How a room stands to a change now: as before it, as the change left it, or as somebody has made it since. */
export type ChangeState = "before" | "after" | "otherwise";

/** Who takes a change back, and in which event. */
export interface Undoer {
  readonly person: UserId;
  readonly cause: EventId;
}

/** What came of it. `came`: whether what was to come back by itself has. */
export interface Undone {
  readonly came?: "joined" | "invited" | "declined";
}

/** How one kind of what is put into rooms takes back what was done to it. */
export interface UndoHandler<C> {
  /** What it may have done, by the name of its template under `change/`, and the template that says what follows from taking that back. */
  readonly deeds: Readonly<Record<string, string>>;
  /** What taking something back usually takes: for help. */
  readonly usual: readonly Need[];
  /** What it was done to: of changes to the same thing, the newer ones hide the older. */
  thing(change: C): string;
  stands(room: RoomId, change: C): Promise<ChangeState>;
  /** What it takes to take it back. */
  needs(room: RoomId, change: C): Promise<readonly Need[]>;
  /** Makes everything as it was before the change. Safe to repeat for the same cause. */
  undo(room: RoomId, change: C, by: Undoer): Promise<Undone>;
}
