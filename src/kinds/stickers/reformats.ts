import type { Speaker } from "../../chat/speaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Media } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import { reformatted, type PackFormat, type Reformatted } from "./format.ts";
import { imageOf } from "./image.ts";
import { keyOf } from "./imports/found.ts";
import { inMedia } from "./imports/outcome.ts";
import { goingFor, importPart, withGoing, withoutOver, type Going } from "./imports/records.ts";
import type { PackImage } from "./pack.ts";
import type { Pictures, StickerPicture } from "./pictures/pictures.ts";
import { placePicture } from "./placing.ts";

interface ReformatsDeps {
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: Pick<Media, "download" | "upload">;
  readonly documents: Documents;
  readonly clock: Clock;
  /** The room's other commands go on while pictures are made. */
  readonly queue: Pick<KeyedQueue, "aside">;
  readonly speaker: Pick<Speaker, "progress">;
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
}

/** Who has a pack's pictures made anew, where, and in which event. */
interface Asked {
  readonly room: RoomId;
  readonly person: UserId;
  readonly event: EventId;
}

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly images: ReadonlyMap<string, PackImage>;
  readonly format: PackFormat;
}

/** How often it is said how far it is; ms. */
const PROGRESS_MS = 5_000;

/** Makes the pictures of packs anew, as imports bring them: each upload is noted beside theirs, so that a crash has nothing uploaded twice, and the room's other commands go on. */
export class Reformats {
  readonly #deps: ReformatsDeps;
  /** By their commands, those that go on. */
  readonly #going = new Map<EventId, Asked & { readonly cancel: AbortController }>();

  constructor(deps: ReformatsDeps) {
    this.#deps = deps;
  }

  /** To be called in the room's turn. Safe to repeat. Where it was cancelled, how many pictures lie in the media repository for nothing. Rejects as `reformatted`. */
  async run(asked: Asked, wanted: Wanted): Promise<Reformatted | { readonly cancelled: number }> {
    const { room, person, event } = asked;
    const cancel = new AbortController();
    this.#going.set(event, { ...asked, cancel });
    const goesOn = (): boolean => !cancel.signal.aborted && this.#deps.mayActFor(person, room);
    try {
      let going = await this.#begin(asked, wanted);
      if (going.cancelled === true) return { cancelled: inMedia(going) };
      const placed = async (code: string, old: PackImage, picture: StickerPicture) => {
        const url = await placePicture(this.#deps.matrix, code, picture);
        const image = imageOf(url, picture, undefined);
        const one = { version: keyOf(old.url), image };
        going = { ...going, placed: { ...going.placed, [keyOf(code)]: one } };
        await this.#note(room, going);
        return image;
      };
      const known = (code: string, { url }: PackImage): PackImage | undefined => {
        const one = going.placed[keyOf(code)];
        return one?.version === keyOf(url) ? one.image : undefined;
      };
      const next = this.#progress(event, wanted);
      const done = await this.#deps.queue.aside(room, () =>
        reformatted({ ...this.#deps, placed, known, next, goesOn }, wanted.images, wanted.format),
      );
      if (goesOn()) return done;
      await this.#note(room, { ...going, cancelled: true });
      return { cancelled: inMedia(going) };
    } finally {
      this.#going.delete(event);
    }
  }

  /** Ends what this person has made anew there, or what anybody has; whether there was something. */
  cancel(room: RoomId, person?: UserId): boolean {
    const ended = this.#of(room, person);
    for (const one of ended) one.cancel.abort();
    return ended.length > 0;
  }

  goesOn(room: RoomId, person?: UserId): boolean {
    return this.#of(room, person).length > 0;
  }

  #of(room: RoomId, person: UserId | undefined) {
    return [...this.#going.values()].filter(
      (one) => one.room === room && (person === undefined || one.person === person),
    );
  }

  /** What is known of it. What was uploaded in vain for the same before is taken along. */
  async #begin({ room, event: cause }: Asked, { id, format }: Wanted): Promise<Going> {
    const source = keyOf("format", id, format);
    const next = (document: RoomDocument): Going => {
      const same = importPart.of(document).going.filter((one) => one.source === source);
      const placed = Object.fromEntries(same.flatMap((one) => Object.entries(one.placed)));
      return goingFor(document, cause) ?? { cause, source, pack: id, placed };
    };
    const document = await this.#deps.documents.update(roomDocument, room, (now) =>
      withGoing(withoutOver(now), next(now)),
    );
    return goingFor(document, cause) ?? next(document);
  }

  async #note(room: RoomId, going: Going): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (now) => withGoing(now, going));
  }

  /** Says how far it is, in the message that becomes the answer. */
  #progress(event: EventId, { name, images }: Wanted): (index: number) => void {
    const { clock, speaker } = this.#deps;
    let told = -Infinity;
    return (index) => {
      if (clock.now() - told < PROGRESS_MS) return;
      told = clock.now();
      const view = { name, number: index + 1, count: images.size };
      speaker.progress(event, `format ${String(index)}`, { template: "sticker/importing", view });
    };
  }
}
