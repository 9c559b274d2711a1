import type { Content } from "../../../matrix/port.ts";
import { infoOfStored } from "../image.ts";
import { LICENCE, saidIn, type Pack, type PackImage } from "../pack.ts";

/** A sticker as maunium's stickerpicker has it: what it sends, with an id of its own. */
export interface MauniumSticker {
  readonly id: string;
  readonly msgtype: "m.sticker";
  readonly body: string;
  readonly url: string;
  readonly info: Content;
  /** Of a pack that is exported: its file in the ZIP. */
  readonly filename?: string;
}

/** A pack file of maunium's stickerpicker (`web/src/index.js`, `sticker/lib/util.py` there), which other tools read too. `attribution` and `license` are none of its fields. */
export interface MauniumPack {
  readonly title: string;
  readonly id: string;
  readonly attribution?: string;
  readonly license?: string;
  readonly stickers: readonly MauniumSticker[];
}

/** Shown so large where nobody says how large a picture is; pixels. */
const USUAL_SIDE = 256;

/** The pack for maunium's stickerpicker. `files`: the name of each picture's file by its shortcode, where there are such. */
export function mauniumPack(
  { id, name, pack }: { readonly id: string; readonly name: string; readonly pack: Pack },
  files?: ReadonlyMap<string, string>,
): MauniumPack {
  const [attribution, license] = [saidIn(pack, "attribution"), saidIn(pack, LICENCE)];
  return {
    title: name,
    id,
    ...(attribution === undefined ? {} : { attribution }),
    ...(license === undefined ? {} : { license }),
    stickers: [...pack.images].map(([code, image]) => {
      const filename = files?.get(code);
      return {
        id: `${id}/${code}`,
        msgtype: "m.sticker",
        ...{ body: shownWords(code, image), url: image.url, info: infoOf(image) },
        ...(filename === undefined ? {} : { filename }),
      };
    }),
  };
}

/** UTF-16 units: what others wrote may be as long as an event. */
const MOST_WORDS = 500;

/** What a sticker shows, in words; its shortcode where nobody has said. */
export function shownWords(code: string, { body }: PackImage): string {
  return typeof body === "string" && body.trim() !== ""
    ? body.slice(0, MOST_WORDS).toWellFormed()
    : code;
}

/** The picture is its own thumbnail (specification, "Sticker messages"): clients that show no other show it then. */
function infoOf({ url, info }: PackImage): Content {
  const known: Content = infoOfStored(info);
  const side = (key: string): number => {
    const value = known[key];
    return typeof value === "number" ? value : USUAL_SIDE;
  };
  const own = { ...known, w: side("w"), h: side("h") };
  const { w, h, size, mimetype } = own as Content;
  const thumbnail = {
    ...{ w, h },
    ...(size === undefined ? {} : { size }),
    ...(mimetype === undefined ? {} : { mimetype }),
  };
  return { ...own, thumbnail_url: url, thumbnail_info: thumbnail };
}
