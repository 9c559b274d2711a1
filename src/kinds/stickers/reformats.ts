import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Media } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import { GoingOn, type Asked } from "./cancelling.ts";
import { reformatted, type PackFormat, type Reformatted } from "./format.ts";
import { imageOf } from "./image.ts";
import { keyOf } from "./imports/found.ts";
import { inMedia } from "./imports/outcome.ts";
import { goingFor, importPart, withGoing, withoutOver, type Going } from "./imports/records.ts";
import type { PackImage } from "./pack.ts";
import type { Pictures, StickerPicture } from "./pictures/pictures.ts";
import { placePicture } from "./placing.ts";
import { progressOf, type ProgressDeps } from "./progress.ts";

interface ReformatsDeps extends ProgressDeps {
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: Pick<Media, "download" | "upload">;
  readonly documents: Documents;
  /** The room's other commands go on while pictures are made. */
  readonly queue: Pick<KeyedQueue, "aside">;
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
}

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly images: ReadonlyMap<string, PackImage>;
  readonly format: PackFormat;
}

/** Makes the pictures of packs anew, as imports bring them: each upload is noted beside theirs, so that a crash has nothing uploaded twice, and the room's other commands go on. */
export class Reformats {
  readonly #deps: ReformatsDeps;
  /** Those that go on. */
  readonly going = new GoingOn();

  constructor(deps: ReformatsDeps) {
    this.#deps = deps;
  }

  /** To be called in the room's turn. Safe to repeat. Where it was cancelled, how many pictures lie in the media repository for nothing. Rejects as `reformatted`. */
  async run(asked: Asked, wanted: Wanted): Promise<Reformatted | { readonly cancelled: number }> {
    const { room, person, event } = asked;
    const signal = this.going.begin(asked);
    const goesOn = (): boolean => !signal.aborted && this.#deps.mayActFor(person, room);
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
      const { name, images } = wanted;
      const doing = { doing: "format", name, count: images.size };
      const next = progressOf(this.#deps, event, doing);
      const done = await this.#deps.queue.aside(room, () =>
        reformatted({ ...this.#deps, placed, known, next, goesOn }, images, wanted.format),
      );
      if (goesOn()) return done;
      await this.#note(room, { ...going, cancelled: true });
      return { cancelled: inMedia(going) };
    } finally {
      this.going.end(asked);
    }
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
}
