import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import type { Part } from "../matrix/part.ts";
import type { Need } from "../matrix/power.ts";
import { CHANGES } from "../privacy/records/commands.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomChange, type RoomDocument } from "../store/room.ts";
import { NOTHING_ADDED, type RoomUpgradeHandler } from "./roomUpgrade.ts";
import { halfDoneChanges, setUpUndoHandler } from "./setUpUndo.ts";
import type { SetUps } from "./setUps.ts";
import type { ChangeState, Undoer, Undone, UndoHandler } from "./undoHandler.ts";
import { changeOf, notUndone, withChanges, withoutOldChanges, withUndone } from "./changes.ts";

interface HistoryDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly undoHandlers: readonly UndoHandler<never>[];
  readonly setUps: Pick<SetUps, "of" | "find" | "remove">;
  readonly retention: Pick<Retention, "stops">;
}

/** What Usher changed in rooms, of all kinds, and how it is taken back: as long as the data map has it kept, and only while nobody has changed it since. */
export class History implements Part {
  readonly name = "history";
  readonly #deps: HistoryDeps;
  readonly #undoHandlers: readonly UndoHandler<never>[];

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
    this.#undoHandlers = [...deps.undoHandlers, setUpUndoHandler(deps.setUps)];
  }

  /** The newest change here that can be undone: the one of this command, or, where none is named, the last that still shows. */
  async last(room: RoomId, cause?: EventId): Promise<RoomChange | undefined> {
    const { documents, setUps } = this.#deps;
    const document = await documents.get(roomDocument, room);
    const halfDone = (await halfDoneChanges(setUps, room)).filter(
      (one) => changeOf(document, one.cause) === undefined,
    );
    if (cause !== undefined)
      return changeOf(document, cause) ?? halfDone.find((one) => one.cause === cause);
    const all = [...this.#undoable(document), ...halfDone].sort((a, b) => b.at - a.at);
    for (const change of all) {
      if ((await this.#stands(room, change)) !== "before") return change;
    }
    return undefined;
  }

  /** Whether what is changed now cannot be taken back, for nothing new is kept. */
  get keepsNothing(): boolean {
    return this.#deps.retention.stops(CHANGES);
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
      ...NOTHING_ADDED,
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
    return this.#undoHandlers.find(({ deeds }) => Object.hasOwn(deeds, deed));
  }

  #undoHandler(change: RoomChange): UndoHandler<never> {
    const found = this.#of(change);
    if (found === undefined) throw new Error(`Nobody can take back "${change.deed}"`);
    return found;
  }
}
