import { retryTransient } from "../../../chat/retryTransient.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import { isAborted } from "../../../matrix/errors.ts";
import { isContent } from "../../../matrix/events.ts";
import type { Content, Media, OwnAccount, RoomEvent, Timeline } from "../../../matrix/port.ts";
import type { PackFormat } from "../format.ts";
import { imageOf } from "../image.ts";
import { shortLine, whyLeftOut, type LeftOutFlag, type Why } from "../imports/found.ts";
import type { PackImage } from "../pack.ts";
import type { Pictures, StickerPicture } from "../pictures/pictures.ts";
import { MOST_SENT, placePicture } from "../placing.ts";
import { saidOf } from "../replied.ts";
import { suggestedShortcode } from "../shortcodes.ts";
import type { Collection, Making } from "./document.ts";

export interface ConvertDeps {
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: OwnAccount & Timeline & Pick<Media, "attachment" | "upload">;
  readonly clock: Clock;
}

/** A picture that lies in the media repository, and what its shortcode is made of. */
export interface MadeSticker {
  readonly words: string;
  readonly image: PackImage;
}

export interface Converted {
  readonly made: readonly MadeSticker[];
  readonly out: readonly { readonly name: string; readonly why: LeftOutFlag }[];
}

/** What is asked and told while pictures become stickers. */
export interface Converting {
  /** Asked before each. */
  readonly goesOn: () => boolean;
  /** Which of them comes next, from 0. */
  readonly next: (index: number) => void;
  /** This one lies in the media repository. */
  readonly uploaded: (event: Making["events"][number], image: PackImage) => Promise<void>;
}

/** Which pictures, with what replaced their messages. */
interface Wanted {
  readonly room: RoomId;
  readonly format: PackFormat;
  readonly taken: Making;
  readonly edits: Collection["edits"];
}

/**
 * Makes stickers of the pictures in these messages. One that cannot be read, or is there no more, is left out by name or number and with the reason; what was uploaded before a crash is taken as
 * it is. Rejects where nothing can be uploaded.
 */
export async function converted(
  deps: ConvertDeps,
  { room, format, taken, edits }: Wanted,
  { goesOn, next, uploaded }: Converting,
): Promise<Converted> {
  const made: MadeSticker[] = [];
  const out: { name: string; why: LeftOutFlag }[] = [];
  for (const [index, id] of taken.events.entries()) {
    if (!goesOn()) break;
    next(index);
    const { clock, matrix } = deps;
    const number = `#${String(index + 1)}`;
    const event = (one: EventId) => retryTransient({ clock }, () => matrix.event(room, one));
    const first = await event(id);
    const edit = edits[id];
    const message = edit === undefined ? first : edited(first, await event(edit));
    if (message === undefined || message.redacted) {
      out.push({ name: number, why: "deleted" });
      continue;
    }
    const { fileName, caption } = saidOf(message);
    const name = shortLine(fileName ?? caption, 60) ?? number;
    const words = suggestedShortcode(caption ?? fileName ?? "") ?? "sticker";
    const before = taken.uploaded[id];
    if (before !== undefined) {
      made.push({ words, image: described(before, caption) });
      continue;
    }
    const read = await pictureIn(deps, message, format);
    if ("why" in read) {
      out.push({ name, why: read.why });
      continue;
    }
    const url = await retryTransient({ clock }, () => placePicture(matrix, words, read.picture));
    const image = imageOf(url, read.picture, undefined);
    await uploaded(id, image);
    made.push({ words, image: described(image, caption) });
  }
  return { made, out };
}

/** A message as an edit has it; as it was where the edit is there no more, or holds no file. */
function edited(first: RoomEvent | undefined, edit: RoomEvent | undefined): RoomEvent | undefined {
  const content = edit?.content["m.new_content"];
  if (first === undefined || edit?.sender !== first.sender || !isContent(content)) return first;
  return "url" in content || "file" in content ? { ...first, content } : first;
}

function described({ url, ...image }: PackImage, caption: string | undefined): PackImage {
  return { url, ...(caption === undefined ? {} : { body: caption }), ...image };
}

/** Whether the file lies on the homeserver that Usher itself is at. */
function isNear({ url, file }: Content, me: UserId): boolean {
  const address = isContent(file) ? file["url"] : url;
  const server = me.slice(me.indexOf(":") + 1);
  return typeof address === "string" && address.startsWith(`mxc://${server}/`);
}

async function pictureIn(
  { matrix, pictures, clock }: ConvertDeps,
  { content }: RoomEvent,
  format: PackFormat,
): Promise<{ readonly picture: StickerPicture } | { readonly why: Why }> {
  const load = (): Promise<Uint8Array> => matrix.attachment(content, MOST_SENT);
  try {
    // What does not answer for half an hour is waited for only where nothing else would be left to do.
    const bytes = await (isNear(content, matrix.me) ? retryTransient({ clock }, load) : load());
    return { picture: await pictures.sticker(bytes, format) };
  } catch (error) {
    // What is cut off by a stop says nothing of the picture.
    if (error instanceof UsherError && isAborted(error)) throw error;
    return { why: whyLeftOut(error) };
  }
}
