import { notToBeUndone } from "../chat/journal.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import { keptSince } from "../privacy/kept.ts";
import { CHANGES, SET_UPS } from "../privacy/records/commands.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument, type SetUp } from "../store/room.ts";
import { begun, ended, takingOut, type SetUpDefinition, type SetUpOrder } from "./setUp.ts";

/** What is half done in a room, oldest first. */
export function setUpsOf(document: RoomDocument | undefined): readonly SetUp[] {
  return document?.setUps ?? [];
}

/** The document with this one as it is now, where it has not been taken out; of a room that Usher has lost nothing is written. */
function withSetUp(document: RoomDocument, setUp: SetUp): RoomDocument {
  if (!setUpsOf(document).some(({ cause }) => cause === setUp.cause)) return document;
  const setUps = setUpsOf(document).map((one) => (one.cause === setUp.cause ? setUp : one));
  return { ...document, setUps };
}

/** The document without those that this fits. */
export function withoutSetUps(
  document: RoomDocument,
  fits: (setUp: SetUp) => boolean,
): RoomDocument {
  const known = setUpsOf(document);
  const left = known.filter((one) => !fits(one));
  if (left.length === known.length) return document;
  const { setUps: _, ...others } = document;
  return left.length === 0 ? others : { ...others, setUps: left };
}

/** The document without what stopped too long ago to be gone on with. */
function withoutOldSetUps(document: RoomDocument, now: number): RoomDocument {
  const since = keptSince(SET_UPS, now);
  return withoutSetUps(
    document,
    ({ state, failure }) => state === "stopped" && (failure?.at ?? 0) <= since,
  );
}

interface SetUpRecordsDeps {
  readonly documents: Documents;
  readonly retention: Pick<Retention, "stops">;
}

/** The records of all set-ups, and where there are any. */
export class SetUpRecords {
  readonly #documents: Documents;
  readonly #retention: Pick<Retention, "stops">;
  /** By room, what is half done there, so that nobody else's events cost a look at a document. */
  readonly #open = new Map<RoomId, readonly SetUp[]>();

  constructor({ documents, retention }: SetUpRecordsDeps) {
    this.#documents = documents;
    this.#retention = retention;
  }

  /** As they were last known, without a look at a document. */
  get open(): ReadonlyMap<RoomId, readonly SetUp[]> {
    return this.#open;
  }

  /** Remembers what a stored document has. */
  note(document: RoomDocument): void {
    const setUps = setUpsOf(document);
    if (setUps.length > 0) this.#open.set(document.id, setUps);
    else this.#open.delete(document.id);
  }

  async of(room: RoomId): Promise<readonly SetUp[]> {
    const document = await this.#documents.get(roomDocument, room);
    // The room may be lost, and its document gone.
    if (document === undefined) this.#open.delete(room);
    return setUpsOf(document);
  }

  async find(room: RoomId, cause: EventId): Promise<SetUp | undefined> {
    return (await this.of(room)).find((one) => one.cause === cause);
  }

  /** Records what was asked for, before its first step; false where this very command has done it already. Rejects with `setup-exists`, and with `setup-not-kept` where none is kept. */
  async begin<S extends SetUp>(
    room: RoomId,
    order: SetUpOrder<S>,
    definition: SetUpDefinition<S>,
    isKept = true,
  ): Promise<boolean> {
    const document = await this.#change(room, (current) => {
      const known = setUpsOf(current);
      if (known.some(({ cause }) => cause === order.cause) || definition.isDone(current, order))
        return current;
      const { id, name } = order;
      if (known.some((one) => one.id === id)) throw new UsherError("setup-exists", { id, name });
      if (!isKept) throw new UsherError("setup-not-kept");
      return { ...current, setUps: [...known, begun(order, definition.steps)] };
    });
    return setUpsOf(document).some(({ cause }) => cause === order.cause);
  }

  /** Records that all of it is to be taken out, also where it was done. */
  async reopen<S extends SetUp>(
    room: RoomId,
    order: SetUpOrder<S>,
    { steps }: SetUpDefinition<S>,
    by: EventId,
  ): Promise<void> {
    await this.#change(room, (document) => {
      const known = setUpsOf(document);
      const setUp = known.find(({ id }) => id === order.id) ?? ended(order, steps);
      const others = known.filter(({ id }) => id !== order.id);
      return { ...document, setUps: [...others, takingOut(setUp, by)] };
    });
  }

  async save(room: RoomId, setUp: SetUp): Promise<void> {
    await this.#change(room, (document) => withSetUp(document, setUp));
  }

  /** It is over. With it goes what would undo it, where that is not kept. */
  async end(room: RoomId, cause: EventId): Promise<void> {
    await this.#change(room, (document) => {
      const without = withoutSetUps(document, (one) => one.cause === cause);
      return this.#retention.stops(CHANGES) ? notToBeUndone(without, cause) : without;
    });
  }

  async drop(room: RoomId, fits: (setUp: SetUp) => boolean): Promise<void> {
    await this.#change(room, (document) => withoutSetUps(document, fits));
  }

  async dropOld(room: RoomId, now: number): Promise<void> {
    await this.#change(room, (document) => withoutOldSetUps(document, now));
  }

  async #change(
    room: RoomId,
    change: (document: RoomDocument) => RoomDocument,
  ): Promise<RoomDocument> {
    const document = await this.#documents.update(roomDocument, room, change);
    this.note(document);
    return document;
  }
}
