import { permit } from "../../../chat/permit.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { KeyedQueue } from "../../../kernel/tasks.ts";
import { unreachable } from "../../../matrix/errors.ts";
import type { Media, OwnAccount, PowerLevels, RoomMembers } from "../../../matrix/port.ts";
import type { Documents } from "../../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../../store/room.ts";
import { GoingOn, type Asked } from "../cancelling.ts";
import { formatOf } from "../format.ts";
import { packNeeds } from "../needs.ts";
import type { Pack } from "../pack.ts";
import type { Packs } from "../packs.ts";
import type { Pictures } from "../pictures/pictures.ts";
import { progressOf, type ProgressDeps } from "../progress.ts";
import type { PackChange } from "../records.ts";
import { packKey } from "../shortcodes.ts";
import { AtOnce } from "./atOnce.ts";
import { codesFor } from "./codes.ts";
import type { FoundPack } from "./found.ts";
import {
  formerCodes,
  imagesOf,
  inMedia,
  merged,
  originOf,
  origins,
  type Imported,
} from "./outcome.ts";
import { placedPicture } from "./placing.ts";
import {
  goingFor,
  importPart,
  withGoing,
  withImported,
  withoutOver,
  type Going,
  type Placed,
} from "./records.ts";

interface ImportsDeps extends ProgressDeps {
  readonly packs: Packs;
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: OwnAccount & PowerLevels & RoomMembers & Pick<Media, "upload">;
  readonly documents: Documents;
  /** The room's other commands go on while pictures are made. */
  readonly queue: Pick<KeyedQueue, "aside">;
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
}

/** How many are imported at once: a zip lies in memory as long as that takes. */
const AT_ONCE = 2;

/**
 * Brings packs from elsewhere into rooms. What was uploaded is noted at once, so that a crash has nothing uploaded twice; the pack is written once, at the end.
 */
export class Imports {
  readonly #deps: ImportsDeps;
  readonly #atOnce = new AtOnce(AT_ONCE);
  readonly #stop = new AbortController();
  /** Those that go on. */
  readonly going = new GoingOn();

  constructor(deps: ImportsDeps) {
    this.#deps = deps;
  }

  /**
   * `load`: gives the pack as it is there now; asked anew after a crash. To be called in the room's turn. Safe to repeat. Rejects as `load`, and where nothing can be
   * uploaded or written.
   */
  async run(asked: Asked, load: () => Promise<FoundPack>): Promise<Imported> {
    const { room, event } = asked;
    const { packs, queue } = this.#deps;
    const signal = this.going.begin(asked);
    try {
      const change = await packs.again(room, event);
      const known = goingFor(await this.#document(room), event);
      if (known?.cancelled === true) return { is: "cancelled", placed: inMedia(known) };
      await queue.aside(room, () => this.#atOnce.enter());
      try {
        const found = await queue.aside(room, load);
        if (change !== undefined) return await this.#in(asked, found, known, change);
        const going = await this.#begin(asked, found);
        const placed = await queue.aside(room, () => this.#place(asked, { found, going, signal }));
        return await this.#finish(asked, found, { ...going, placed }, signal);
      } finally {
        this.#atOnce.leave();
      }
    } finally {
      this.going.end(asked);
    }
  }

  /** What the pack is called in the room that came of the same before; undefined where none did, or it is gone. */
  async known(room: RoomId, source: string): Promise<string | undefined> {
    const { done } = importPart.of(await this.#document(room));
    const before = done.find((one) => one.source === source);
    const { shown } = await this.#deps.packs.list(room);
    return shown.find(({ id }) => id === before?.pack)?.name;
  }

  /** Forgets what imports have come to that are over. */
  async sweepRoom(room: RoomDocument): Promise<void> {
    if (withoutOver(room) !== room)
      await this.#deps.documents.update(roomDocument, room.id, withoutOver);
  }

  /** Ends when Usher stops. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort(unreachable("import", "aborted"));
  }

  async #document(room: RoomId): Promise<RoomDocument | undefined> {
    return this.#deps.documents.get(roomDocument, room);
  }

  /** Notes what is to come of it, before anything is uploaded. What an earlier import of the same has uploaded in vain is taken along. */
  async #begin({ room, event: cause }: Asked, found: FoundPack): Promise<Going> {
    const { packs, documents } = this.#deps;
    const { source } = found;
    const { shown, gone } = await packs.list(room);
    const next = (document: RoomDocument | undefined): Going => {
      const { going: all, done } = importPart.of(document);
      const known = all.find((one) => one.cause === cause);
      if (known !== undefined) return known;
      const same = all.filter((one) => one.source === source);
      const before = done.find((one) => one.source === source);
      const taken = [...shown, ...gone].map(({ id }) => id).concat(all.map(({ pack }) => pack));
      const pack = before?.pack ?? same[0]?.pack ?? packKey(found.name, new Set(taken));
      const uploaded = same.flatMap(({ placed }) =>
        Object.entries(placed).filter(([, { image }]) => image !== undefined),
      );
      return { cause, source, pack, placed: Object.fromEntries(uploaded) };
    };
    const document = await documents.update(roomDocument, room, (now) =>
      withGoing(withoutOver(now), next(now)),
    );
    return goingFor(document, cause) ?? next(document);
  }

  /** Has the pictures lie in the media repository, as far as nobody cancels it. */
  async #place(
    asked: Asked,
    { found, going, signal }: { found: FoundPack; going: Going; signal: AbortSignal },
  ): Promise<Going["placed"]> {
    const { room, person } = asked;
    const { packs, mayActFor } = this.#deps;
    const pack = (await packs.list(room)).shown.find(({ id }) => id === going.pack)?.pack;
    const before = originOf(await this.#document(room), going);
    const codes = formerCodes(before, pack);
    const placed: Record<string, Placed> = {};
    const versions = new Set<string>();
    const { name, pictures } = found;
    const doing = { doing: "import", name, count: pictures.length };
    const next = progressOf(this.#deps, asked.event, doing);
    for (const [index, picture] of pictures.entries()) {
      if (signal.aborted || !mayActFor(person, room)) return { ...going.placed, ...placed };
      this.#stop.signal.throwIfAborted();
      next(index);
      const known = going.placed[picture.key];
      const there = pack?.images.get(codes.get(picture.key) ?? "");
      const one = await placedPicture({ ...this.#deps, signal: this.#stop.signal }, picture, {
        ...{ placed: known, before: before[picture.key], there, versions },
        format: formatOf(pack?.about ?? {}),
      });
      placed[picture.key] = one;
      if (one.image !== undefined) versions.add(one.version);
      const isNew = one !== known && one.image?.url !== before[picture.key]?.url;
      if (isNew) await this.#note(asked, { ...going, placed: { ...going.placed, ...placed } });
    }
    return placed;
  }

  async #note({ room }: Asked, going: Going): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (now) => withGoing(now, going));
  }

  /** Writes the pack, once. */
  async #finish(
    asked: Asked,
    found: FoundPack,
    going: Going,
    signal: AbortSignal,
  ): Promise<Imported> {
    const { packs, matrix, mayActFor } = this.#deps;
    const { room, person, event: cause } = asked;
    // Whoever was put out of the room may still have the power there that they had.
    const isGone = !(await matrix.members(room)).joined.has(person);
    if (signal.aborted || isGone || !mayActFor(person, room)) {
      await this.#note(asked, { ...going, cancelled: true });
      return { is: "cancelled", placed: inMedia(going) };
    }
    // It may have taken long, and who may do what may have changed.
    const needs = packNeeds(going.pack);
    const denied = permit({ deed: "add-pack", needs }, await matrix.power(room), person, matrix.me);
    if (denied !== undefined) throw denied;
    const now = (await packs.list(room)).shown.find(({ id }) => id === going.pack)?.pack;
    const coded = await this.#coded(asked, found, going, now);
    const images = imagesOf(found, coded);
    if (images.length === 0) return { is: "nothing", found, going: coded };
    const change = await packs.change(
      room,
      { id: going.pack, deed: "add-pack", make: (pack) => merged(found, pack, images) },
      { person, cause },
    );
    return this.#in(asked, found, coded, change);
  }

  /** With the shortcodes that are to be: noted, so that they are the same where this is done again. */
  async #coded(
    asked: Asked,
    found: FoundPack,
    going: Going,
    now: Pack | undefined,
  ): Promise<Going> {
    if (going.codes !== undefined) return going;
    const before = formerCodes(originOf(await this.#document(asked.room), going), now);
    const pictures = found.pictures.filter(({ key }) => going.placed[key]?.image !== undefined);
    const taken = new Set(now?.images.keys());
    const codes = codesFor(pictures, { taken, before, base: going.pack });
    const coded = { ...going, codes: Object.fromEntries(codes) };
    await this.#note(asked, coded);
    return coded;
  }

  /** It is in the room: where it came from is remembered. */
  async #in(
    { room }: Asked,
    found: FoundPack,
    going: Going | undefined,
    change: PackChange | undefined,
  ): Promise<Imported> {
    const { packs, documents } = this.#deps;
    const { pack } = await packs.shown(room, going?.pack ?? change?.id ?? "");
    if (going !== undefined)
      await documents.update(roomDocument, room, (now) =>
        withImported(now, {
          ...{ pack: going.pack, source: going.source },
          pictures: { ...originOf(now, going), ...origins(going, pack) },
        }),
      );
    return { is: "in", found, going, change, pack };
  }
}
