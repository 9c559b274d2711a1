import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomChange } from "../store/room.ts";
import type { Carrier } from "./carrier.ts";
import { changeOf, notUndone, withChanges, withoutOldChanges, withUndone } from "./changes.ts";

/** How a room stands to a change now: as before it, as the change left it, or as somebody has made it since. */
type Standing = "before" | "after" | "otherwise";

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
export interface Undoing<C> {
  readonly deeds: readonly RoomChange["deed"][];
  /** What it was done to: of changes to the same thing, the newer ones hide the older. */
  thing(change: C): string;
  stands(room: RoomId, change: C): Promise<Standing>;
  /** What it takes to take it back. */
  needs(room: RoomId, change: C): Promise<readonly Need[]>;
  /** Makes everything as it was before the change. Safe to repeat for the same cause. */
  undo(room: RoomId, change: C, by: Undoer): Promise<Undone>;
}

interface Parts {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly undoings: readonly Undoing<never>[];
}

/** What Usher changed in rooms, of all kinds, and how it is taken back: as long as the data map has it kept, and only while nobody has changed it since. */
export class History {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The newest change here that can be undone: the one of this command, or, where none is named, the last that still shows. */
  async last(room: RoomId, cause?: EventId): Promise<RoomChange | undefined> {
    const document = await this.#parts.documents.get(roomDocument, room);
    if (cause !== undefined) return changeOf(document, cause);
    for (const change of notUndone(document, this.#parts.clock.now())) {
      if ((await this.#stands(room, change)) !== "before") return change;
    }
    return undefined;
  }

  needs(room: RoomId, change: RoomChange): Promise<readonly Need[]> {
    return this.#undoing(change).needs(room, change as never);
  }

  /** Rejects with `undo-overtaken` where somebody has changed since what the change left: taking it back would undo theirs too. */
  async check(room: RoomId, change: RoomChange): Promise<void> {
    if ((await this.#stands(room, change)) === "otherwise") throw new UsherError("undo-overtaken", { id: change.id, name: change.name });
  }

  /** Takes a change back. Rejects as `check` does. */
  async undo(room: RoomId, change: RoomChange, by: Undoer): Promise<Undone> {
    await this.check(room, change);
    const undone = await this.#undoing(change).undo(room, change as never, by);
    await this.#parts.documents.update(roomDocument, room, (document) => withUndone(document, change, by.cause));
    return undone;
  }

  /** Forgets, in all rooms, what is too old to be undone. */
  async forgetOld(): Promise<void> {
    const { documents, clock } = this.#parts;
    const now = clock.now();
    for await (const { id, document } of documents.scan(roomDocument))
      if (withoutOldChanges(document, now) !== document)
        await documents.update(roomDocument, id, (current) => withoutOldChanges(current, now));
  }

  /**
   * Takes along, into a room that replaces another, what can still be undone there: what was done to things that stand in the new room as Usher left
   * them in the old one. To be asked after everything itself has been brought.
   */
  get carrier(): Carrier {
    return {
      belongings: () => [],
      needs: [],
      removal: () => undefined,
      without: (document) => document,
      carry: async (from, to) => {
        const { documents, clock } = this.#parts;
        const now = clock.now();
        const things = Map.groupBy(notUndone(await documents.get(roomDocument, from), now), (change) =>
          this.#undoing(change).thing(change as never),
        );
        const kept: RoomChange[] = [];
        for (const changes of things.values()) if (await this.#standIn(to, changes)) kept.push(...changes);
        await documents.update(roomDocument, to, (document) => withChanges(document, kept.toReversed(), now));
        return [];
      },
    };
  }

  /** Whether the newest of one thing's changes that shows at all stands as it was left. */
  async #standIn(room: RoomId, newestFirst: readonly RoomChange[]): Promise<boolean> {
    for (const change of newestFirst) {
      const standing = await this.#stands(room, change);
      if (standing !== "before") return standing === "after";
    }
    return false;
  }

  #stands(room: RoomId, change: RoomChange): Promise<Standing> {
    return this.#undoing(change).stands(room, change as never);
  }

  #undoing({ deed }: RoomChange): Undoing<never> {
    const found = this.#parts.undoings.find(({ deeds }) => deeds.includes(deed));
    if (found === undefined) throw new Error(`Nobody can take back "${deed}"`);
    return found;
  }
}
