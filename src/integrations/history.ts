import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Part } from "../matrix/part.ts";
import type { Need } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomChange, type RoomDocument } from "../store/room.ts";
import type { RoomUpgradeHandler } from "./roomUpgrade.ts";
import { changeOf, notUndone, withChanges, withoutOldChanges, withUndone } from "./changes.ts";

/** How a room stands to a change now: as before it, as the change left it, or as somebody has made it since. */
type ChangeState = "before" | "after" | "otherwise";

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

interface HistoryDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly undoHandlers: readonly UndoHandler<never>[];
}

/** What Usher changed in rooms, of all kinds, and how it is taken back: as long as the data map has it kept, and only while nobody has changed it since. */
export class History implements Part {
  readonly name = "history";
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  /** The newest change here that can be undone: the one of this command, or, where none is named, the last that still shows. */
  async last(room: RoomId, cause?: EventId): Promise<RoomChange | undefined> {
    const document = await this.#deps.documents.get(roomDocument, room);
    if (cause !== undefined) return changeOf(document, cause);
    for (const change of this.#undoable(document)) {
      if ((await this.#stands(room, change)) !== "before") return change;
    }
    return undefined;
  }

  /** What taking something back usually takes. */
  get usual(): readonly Need[] {
    return this.#deps.undoHandlers[0]?.usual ?? [];
  }

  /** The template that says what follows from taking it back. */
  effect(change: RoomChange): string {
    return this.#undoHandler(change).deeds[change.deed] ?? "";
  }

  needs(room: RoomId, change: RoomChange): Promise<readonly Need[]> {
    return this.#undoHandler(change).needs(room, change as never);
  }

  /** Rejects with `undo-overtaken` where somebody has changed since what the change left: taking it back would undo theirs too. */
  async check(room: RoomId, change: RoomChange): Promise<void> {
    if ((await this.#stands(room, change)) === "otherwise")
      throw new UsherError("undo-overtaken", { id: change.id, name: change.name });
  }

  /** Takes a change back. Rejects as `check` does. */
  async undo(room: RoomId, change: RoomChange, by: Undoer): Promise<Undone> {
    await this.check(room, change);
    const undone = await this.#undoHandler(change).undo(room, change as never, by);
    await this.#deps.documents.update(roomDocument, room, (document) =>
      withUndone(document, change, by.cause),
    );
    return undone;
  }

  /** Forgets what is too old to be undone. */
  async sweepRoom(room: RoomDocument): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    if (withoutOldChanges(room, now) !== room)
      await documents.update(roomDocument, room.id, (current) => withoutOldChanges(current, now));
  }

  /**
   * Takes along, into a room that replaces another, what can still be undone there: what was done to things that stand in the new room as Usher left
   * them in the old one. To be asked after everything itself has been brought.
   */
  get upgradeHandler(): RoomUpgradeHandler {
    return {
      addedItems: () => [],
      needs: [],
      removal: () => undefined,
      without: (document) => document,
      carry: async (from, to) => {
        const { documents, clock } = this.#deps;
        const now = clock.now();
        const things = Map.groupBy(
          this.#undoable(await documents.get(roomDocument, from)),
          (change) => this.#undoHandler(change).thing(change as never),
        );
        const kept: RoomChange[] = [];
        for (const changes of things.values())
          if (await this.#standIn(to, changes)) kept.push(...changes);
        await documents.update(roomDocument, to, (document) =>
          withChanges(document, kept.toReversed(), now),
        );
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

  #stands(room: RoomId, change: RoomChange): Promise<ChangeState> {
    return this.#undoHandler(change).stands(room, change as never);
  }

  /** What can be taken back, newest first: what a kind did that this Usher no longer has is left alone. */
  #undoable(document: RoomDocument | undefined): readonly RoomChange[] {
    const known = (change: RoomChange): boolean => this.#of(change) !== undefined;
    return notUndone(document, this.#deps.clock.now()).filter(known);
  }

  #of({ deed }: RoomChange): UndoHandler<never> | undefined {
    return this.#deps.undoHandlers.find(({ deeds }) => Object.hasOwn(deeds, deed));
  }

  #undoHandler(change: RoomChange): UndoHandler<never> {
    const found = this.#of(change);
    if (found === undefined) throw new Error(`Nobody can take back "${change.deed}"`);
    return found;
  }
}
