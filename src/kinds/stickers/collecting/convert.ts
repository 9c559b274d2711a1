import { retryTransient } from "../../../chat/retryTransient.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import { isAborted } from "../../../matrix/errors.ts";
import { isContent } from "../../../matrix/events.ts";
import type { Content, Media, OwnAccount, RoomEvent, Timeline } from "../../../matrix/port.ts";
import type { PackFormat } from "../format.ts";
import { imageOf } from "../image.ts";
import { shortLine, whyLeftOut, type Why } from "../imports/found.ts";
import type { PackImage } from "../pack.ts";
import type { Pictures, StickerPicture } from "../pictures/pictures.ts";
import { MOST_SENT, placePicture } from "../placing.ts";
import { saidOf } from "../replied.ts";
import { suggestedShortcode } from "../shortcodes.ts";

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
  readonly out: readonly { readonly name: string; readonly why: Why }[];
}

/**
 * Makes stickers of the pictures in these messages. One that cannot be read is left out by name and with the reason, one that was taken back is nothing. `goesOn`: asked before each.
 * Rejects where nothing can be uploaded.
 */
export async function converted(
  deps: ConvertDeps,
  { room, events, format }: { room: RoomId; events: readonly EventId[]; format: PackFormat },
  goesOn: () => boolean,
): Promise<Converted> {
  const made: MadeSticker[] = [];
  const out: { name: string; why: Why }[] = [];
  for (const [index, id] of events.entries()) {
    if (!goesOn()) break;
    const { clock, matrix } = deps;
    const message = await retryTransient({ clock }, () => matrix.event(room, id));
    if (message === undefined || message.redacted) continue;
    const { fileName, caption } = saidOf(message);
    const name = shortLine(fileName ?? caption, 60) ?? String(index + 1);
    const read = await pictureIn(deps, message, format);
    if ("why" in read) {
      out.push({ name, why: read.why });
      continue;
    }
    const words = suggestedShortcode(caption ?? fileName ?? "") ?? "sticker";
    const url = await retryTransient({ clock }, () => placePicture(matrix, words, read.picture));
    made.push({ words, image: imageOf(url, read.picture, caption) });
  }
  return { made, out };
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
