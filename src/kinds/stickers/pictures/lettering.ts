import { fileURLToPath } from "node:url";
import { sharp } from "./loadSharp.ts";

/** The font comes with Usher: a machine without fonts draws boxes in place of letters. */
const FONT = fileURLToPath(new URL("../../../../assets/fonts/Inter-SemiBold.ttf", import.meta.url));
/** How many characters a line of a shortcode has, at most. */
const LINE = 14;

/**
 * The one or two lines in which a shortcode stands beneath its picture. It is broken where its words are, if that fits, and shortened in its middle: its end
 * often tells it from its neighbours.
 */
export function linesOf(shortcode: string): readonly string[] {
  // By what people take for one character; and those of others may hold anything.
  const letters = Array.from(shortcode, drawable);
  if (letters.length <= LINE) return [letters.join("")];
  if (letters.length > 2 * LINE)
    return [`${letters.slice(0, LINE - 1).join("")}…`, letters.slice(-LINE).join("")];
  const places = Array.from({ length: LINE }, (_, index) => LINE - index);
  const fits = places.filter((place) => letters.length - place <= LINE);
  const breakAt = fits.find((place) => /[_-]/.test(letters[place - 1] ?? "")) ?? LINE;
  return [letters.slice(0, breakAt).join(""), letters.slice(breakAt).join("")];
}

/** What the font has no letter for is a question mark. */
function drawable(letter: string): string {
  return /^[\x20-\x7e\u00a1-\u017f\u0391-\u03c9\u0410-\u044f…]$/.test(letter) ? letter : "?";
}

interface Lettering {
  /** PNG. */
  readonly picture: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A line of text of this size (pixels) and colour (`#rrggbb`), no wider than `most`. All lines of a size are equally high, so that they share their base line. */
export async function lettered(
  text: string,
  { size, colour, most }: { readonly size: number; readonly colour: string; readonly most: number },
): Promise<Lettering> {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // A picture of text is cut to what is seen; the bars are not seen, and higher than any letter.
  const bar = '<span alpha="1">|</span>';
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${colour}">${bar}${escaped}${bar}</span>`,
      font: `Inter SemiBold ${String(size)}px`,
      fontfile: FONT,
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  if (info.width <= most) return { picture: data, width: info.width, height: info.height };
  const narrow = await sharp(data)
    .resize({ width: most })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { picture: narrow.data, width: narrow.info.width, height: narrow.info.height };
}
