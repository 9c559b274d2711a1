import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Fate, Forgotten, Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";

/** One thing that is held about a person. */
export interface HeldThing {
  readonly record: DataRecord;
  /** The room that it is kept with, if it is. */
  readonly room: RoomId | undefined;
  /** What of it may be handed out to the person. */
  readonly handedOut: unknown;
}

/** Some place where Usher holds something about people. */
export interface Holding {
  /** The records of the data map that lie there, whether there is anything of them or not. */
  records(): ReadonlySet<DataRecord>;
  /** Everybody about whom something is held there, each once at least; where nobody can tell, none. */
  people(): AsyncIterable<UserId>;
  /** All that is held there about a person, one thing after another. */
  about(person: UserId): AsyncIterable<HeldThing>;
  /** What becomes of each of these that is meant when the person is erased. */
  fates(person: UserId, scope: Scope): AsyncIterable<Fate>;
  /** Erases what can be of what is meant. Safe to repeat. */
  erase(forgotten: Forgotten, scope: Scope): Promise<void>;
}

/** A holding, for who only looks. */
export type Looked = Pick<Holding, "records" | "about">;
