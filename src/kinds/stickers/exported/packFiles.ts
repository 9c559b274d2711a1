import type { Media } from "../../../matrix/port.ts";
import { SHORTCODE, type Pack, type PackImage } from "../pack.ts";
import { kindOf } from "../pictures/kinds.ts";
import { suggestedShortcode, unused } from "../shortcodes.ts";
import { piecesOf, storedPicture } from "../stored.ts";
import { mauniumPack } from "./maunium.ts";
import type { ZipMember } from "./storedZip.ts";

/** A picture that can be had, and how it is called in a ZIP. */
export interface PictureFile {
  readonly code: string;
  readonly image: PackImage;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What a ZIP takes for each file beside its bytes and its name twice; bytes. */
const HEADERS = 200;
/** What `pack.json` says of a picture, at most; bytes. */
const SAID = 2_000;

/** The pictures of a pack that can be had, and the shortcodes of the others. Each is looked at, for nobody else knows how large it is and of which kind. */
export async function pictureFiles(
  matrix: Pick<Media, "download">,
  { images }: Pack,
): Promise<{ readonly files: readonly PictureFile[]; readonly lost: readonly string[] }> {
  const files: PictureFile[] = [];
  const lost: string[] = [];
  const taken = new Set<string>();
  const silent = new Set<string>();
  for (const [code, image] of images) {
    const bytes = await storedPicture(matrix, image, silent);
    if (bytes === undefined) {
      lost.push(code);
      continue;
    }
    // What others wrote as a shortcode may be anything, and is no path.
    const base = unused(
      SHORTCODE.test(code) ? code : (suggestedShortcode(code) ?? "sticker"),
      taken,
    );
    taken.add(base);
    files.push({ code, image, name: `${base}.${endingOf(bytes)}`, size: bytes.length });
  }
  return { files, lost };
}

function endingOf(bytes: Buffer): string {
  try {
    const kind = kindOf(bytes);
    return { apng: "png", jpeg: "jpg", gzip: "tgs", lottie: "json" }[kind as string] ?? kind;
  } catch {
    return "bin";
  }
}

/** The files in as few ZIPs as it takes for each to be of at most so many bytes. */
export function inParts(
  files: readonly PictureFile[],
  most: number,
): readonly (readonly PictureFile[])[] {
  const parts: PictureFile[][] = [];
  let left = 0;
  for (const file of files) {
    const bytes = file.size + 2 * file.name.length + HEADERS + SAID;
    if (bytes > left || parts.length === 0) {
      parts.push([]);
      left = most - HEADERS;
    }
    parts.at(-1)?.push(file);
    left -= bytes;
  }
  return parts;
}

/** What is in the ZIP of these pictures: `pack.json`, as maunium's stickerpicker reads it, and each picture as it lies in the media repository. */
export function membersOf(
  matrix: Pick<Media, "download">,
  {
    id,
    name,
    about,
  }: { readonly id: string; readonly name: string; readonly about: Pack["about"] },
  files: readonly PictureFile[],
): readonly ZipMember[] {
  const images = new Map(files.map(({ code, image }) => [code, image]));
  const names = new Map(files.map(({ code, name: file }) => [code, file]));
  const pack = mauniumPack({ id, name, pack: { about, images } }, names);
  const json = Buffer.from(`${JSON.stringify(pack, null, 2)}\n`);
  return [
    { name: "pack.json", size: json.length, open: () => pieces(json) },
    ...files.map(({ name: file, size, image }) => ({
      ...{ name: file, size },
      open: () => piecesOf(matrix, image),
    })),
  ];
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(bytes);
}
