import { isDeepStrictEqual } from "node:util";
import { changeOf, withChanges } from "../../integrations/changes.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, RoomState, StateEvent } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { mergedCopies, writtenOf } from "./copies.ts";
import { edited, editBetween, reversed } from "./edit.ts";
import { nameOfPack, readPack, type Pack } from "./pack.ts";
import {
  packPart,
  withPackRecord,
  type PackChange,
  type PackDeed,
  type PackRecord,
} from "./records.ts";
import { packEvents, packsOf } from "./split.ts";
import { OLD_PACK_TYPE, PACK_TYPE, PACK_TYPES } from "./state.ts";

interface PacksDeps {
  readonly matrix: OwnAccount & RoomState;
  readonly documents: Documents;
  readonly clock: Clock;
}

/** A pack as the room shows it, whoever put it there. Its id is its state key. */
export interface KnownPack {
  readonly id: string;
  readonly name: string;
  readonly pack: Pack;
  /** Undefined for one that Usher did not bring. */
  readonly record: PackRecord | undefined;
  /** Who wrote it last beside Usher; undefined where nobody is known. */
  readonly sender: UserId | undefined;
}

/** Who has something done, and in which event. */
export interface By {
  readonly person: UserId;
  readonly cause: EventId;
}

/** What is to be done to a pack. */
export interface Wanted {
  readonly id: string;
  readonly deed: PackDeed;
  /** The pack as it should be, of what it is now; undefined: none. */
  readonly make: (now: Pack | undefined) => Pack | undefined;
  /** The entry of the catalogue that it is made of. */
  readonly entry?: string;
}

/**
 * Makes, changes and removes the sticker packs of rooms. The room's state is the truth, in two copies of which somebody may have changed one; Usher's records say
 * who asked, and what it wrote itself. Whatever changes something is safe to repeat for the same cause.
 */
export class Packs {
  readonly #deps: PacksDeps;

  constructor(deps: PacksDeps) {
    this.#deps = deps;
  }

  /** What the room shows now, and what Usher brought that is gone since. */
  async list(
    room: RoomId,
  ): Promise<{ readonly shown: readonly KnownPack[]; readonly gone: readonly PackRecord[] }> {
    const { matrix, documents } = this.#deps;
    const [state, document] = await Promise.all([
      matrix.allState(room),
      documents.get(roomDocument, room),
    ]);
    const records = packPart.of(document);
    const shown = knownPacks(state, records, matrix.me);
    const there = new Set(shown.map(({ id }) => id));
    return { shown, gone: records.filter(({ id }) => !there.has(id)) };
  }

  /** Rejects with `item-unknown`. */
  async shown(room: RoomId, id: string): Promise<KnownPack> {
    const found = (await this.list(room)).shown.find((one) => one.id === id);
    if (found === undefined) throw new UsherError("item-unknown", { id, advice: undefined });
    return found;
  }

  /** Does something to a pack, in both of its copies; undefined where nothing would differ. Rejects as `make` throws. */
  async change(room: RoomId, wanted: Wanted, by: By): Promise<PackChange | undefined> {
    const { documents, clock } = this.#deps;
    const again = await this.again(room, by.cause, wanted.entry);
    if (again !== undefined) return again;
    const change = await this.#planned(room, wanted, by);
    if (change === undefined) return undefined;
    // Remembered before it is done: a crash in between leaves what is needed to finish it as it was meant.
    await documents.update(roomDocument, room, (document) =>
      withChanges(document, [change], clock.now()),
    );
    await this.#finish(room, change, wanted.entry);
    return change;
  }

  /** What this command has begun before a crash is finished; undefined where that is nothing. */
  async again(room: RoomId, cause: EventId, entry?: string): Promise<PackChange | undefined> {
    const known = packPart.own(changeOf(await this.#deps.documents.get(roomDocument, room), cause));
    if (known !== undefined) await this.#finish(room, known, entry);
    return known;
  }

  /** Makes the pack as it was before the change, but for what others have changed since. Safe to repeat. */
  async takeBack(room: RoomId, { id, edit, recordBefore }: PackChange): Promise<void> {
    const { now, record } = await this.#found(room, id);
    await this.#settle(room, id, edited(now, reversed(edit)), record ?? recordBefore ?? undefined);
  }

  /** Has a pack of another room stand in this one, as brought by the same person. Safe to repeat. */
  carry(room: RoomId, record: PackRecord, pack: Pack): Promise<void> {
    return this.#settle(room, record.id, pack, record);
  }

  /** What Usher remembers of a pack that is gone is forgotten, and what is left of it is emptied. */
  async forget(room: RoomId, id: string): Promise<void> {
    const { record } = await this.#found(room, id);
    await this.#settle(room, id, undefined, record);
  }

  /** Has the copies of these packs say the same, where one of them is Usher's and somebody has written the other. `keys`: of the events that somebody wrote. */
  async mirror(room: RoomId, keys: readonly string[]): Promise<void> {
    const ids = new Set(keys.map((key) => key.replace(/\.\d{3}$/, "")));
    for (const id of new Set([...keys, ...ids])) {
      const { now, record } = await this.#found(room, id);
      if (now !== undefined && record !== undefined) await this.#settle(room, id, now, record);
      if (now === undefined || record === undefined) await this.#emptyOther(room, id, record);
    }
  }

  /** Somebody has emptied one copy of a pack, and the other is as Usher wrote it: whoever sees that alone would see a pack that is gone. */
  async #emptyOther(room: RoomId, id: string, record: PackRecord | undefined): Promise<void> {
    const { matrix } = this.#deps;
    const state = (await matrix.allState(room)).filter(
      ({ type, stateKey }) => stateKey === id && PACK_TYPES.some((one) => one === type),
    );
    const emptied = state.some(
      ({ sender, content }) => sender !== matrix.me && readPack(content) === undefined,
    );
    const left = state.find(({ content }) => readPack(content) !== undefined);
    if (emptied && left?.sender === matrix.me)
      await this.#write(room, id, undefined, record?.keys ?? []);
  }

  /** Has the room's pack be as after this change, but for what others have changed since. */
  async #finish(room: RoomId, change: PackChange, entry: string | undefined): Promise<void> {
    const { id, edit, person, cause, at } = change;
    const { now, record } = await this.#found(room, id);
    const made = entry === undefined ? {} : { entry };
    const fresh =
      edit.about.before === null ? { addedBy: person, addedAt: at, cause, ...made } : undefined;
    await this.#settle(room, id, edited(now, edit), record ?? fresh);
  }

  async #found(
    room: RoomId,
    id: string,
  ): Promise<{ readonly now: Pack | undefined; readonly record: PackRecord | undefined }> {
    const { shown, gone } = await this.list(room);
    const found = shown.find((one) => one.id === id);
    return { now: found?.pack, record: found?.record ?? gone.find((one) => one.id === id) };
  }

  /** Writes both copies, and remembers what was written where the pack is Usher's. */
  async #settle(
    room: RoomId,
    id: string,
    next: Pack | undefined,
    ours: (Partial<PackRecord> & Pick<PackRecord, "addedAt" | "cause">) | undefined,
  ): Promise<void> {
    const keys = await this.#write(room, id, next, ours?.keys ?? []);
    const record =
      next === undefined || ours === undefined
        ? null
        : { ...ours, id, name: nameOfPack(next, id), keys: [...keys], written: writtenOf(next) };
    await this.#deps.documents.update(roomDocument, room, (document) =>
      withPackRecord(document, id, record),
    );
  }

  async #planned(
    room: RoomId,
    { id, deed, make }: Wanted,
    { person, cause }: By,
  ): Promise<PackChange | undefined> {
    const { shown } = await this.list(room);
    const found = shown.find((one) => one.id === id);
    const after = make(found?.pack);
    const edit = editBetween(found?.pack, after);
    if (edit === undefined) return undefined;
    // What cannot be written is not begun.
    if (after !== undefined) packEvents(id, after);
    const name = nameOfPack(after ?? found?.pack ?? { about: {}, images: new Map() }, id);
    const images = edit.images.map((one) => ({ ...one }));
    return {
      ...{ cause, person, at: this.#deps.clock.now(), deed, id, name },
      ...{ edit: { about: edit.about, images }, recordBefore: found?.record ?? null },
    };
  }

  /** Writes both copies, and empties what is left over of them: an app that reads one of them alone shows what the other says. */
  async #write(
    room: RoomId,
    id: string,
    pack: Pack | undefined,
    before: readonly string[],
  ): Promise<readonly string[]> {
    const { matrix } = this.#deps;
    const events = pack === undefined ? [] : packEvents(id, pack);
    const state = await matrix.allState(room);
    for (const type of PACK_TYPES) {
      const there = packsOf(state, type).get(id)?.keys ?? [];
      const over = [...new Set([...there, ...before])].filter((key) =>
        events.every((one) => one.key !== key),
      );
      for (const { key, content } of [
        ...events,
        ...over.map((one) => ({ key: one, content: {} })),
      ]) {
        const now = state.find((one) => one.type === type && one.stateKey === key)?.content ?? {};
        if (!isDeepStrictEqual(now, content)) await matrix.setState(room, type, key, content);
      }
    }
    return events.map(({ key }) => key);
  }
}

/** All packs of a room's state, each of its two copies. Others may have written any number of them: nothing here goes through all state for each. */
function knownPacks(
  state: readonly StateEvent[],
  records: readonly PackRecord[],
  me: UserId,
): readonly KnownPack[] {
  const [stable, old] = [packsOf(state, PACK_TYPE), packsOf(state, OLD_PACK_TYPE)];
  const ids = [...new Set([...stable.keys(), ...old.keys()])].sort();
  const recorded = new Map(records.map((one) => [one.id, one]));
  const senders = othersOf(state, me);
  return ids.flatMap((id) => {
    const record = recorded.get(id);
    const pack = mergedCopies(stable.get(id)?.pack, old.get(id)?.pack, record?.written);
    if (pack === undefined) return [];
    return [{ id, name: nameOfPack(pack, id), pack, record, sender: senders.get(id) }];
  });
}

/** Who wrote each pack beside Usher, by its key. */
function othersOf(state: readonly StateEvent[], me: UserId): ReadonlyMap<string, UserId> {
  const theirs = state.filter(
    ({ type, sender }) => sender !== me && PACK_TYPES.some((one) => one === type),
  );
  // Of two copies, whose is first in the room's state.
  return new Map(theirs.toReversed().map(({ stateKey, sender }) => [stateKey, sender]));
}
