import type { JobTile } from "./jobs.ts";
import { lettered, linesOf } from "./lettering.ts";
import { sharp } from "./loadSharp.ts";
import type { Sheet } from "./picture.ts";

/** The layout, pixels: four columns, readable also where the sheet is shown 412 wide. */
const WIDTH = 1080;
const COLUMNS = 4;
const GAP = 16;
const SIDE = (WIDTH - (COLUMNS + 1) * GAP) / COLUMNS;
const TEXT_SIZE = 30;
const LINE_HEIGHT = 36;
const ROW = SIDE + 8 + 2 * LINE_HEIGHT + GAP;
const BADGE = { size: 30, height: 44, at: 6 };

const PAPER = 0xf4f5f7;
const LIGHT = 0xffffff;
const DARK = 0x23262e;
const INK = "#14161b";
const BADGE_INK = "#ffffff";
const BADGE_GROUND = 0x1f55c4;

interface Overlay {
  readonly input: Buffer;
  readonly raw?: { readonly width: number; readonly height: number; readonly channels: 4 };
  readonly left: number;
  readonly top: number;
}

/**
 * A contact sheet of tiles whose pictures (`drawTile`) lie in a row in `pictures`. Each lies on light and dark, split from corner to corner, so that a picture
 * that is all white or all black is seen.
 */
export async function drawSheet(tiles: readonly JobTile[], pictures: Buffer): Promise<Sheet> {
  const height = GAP + ROW * Math.max(1, Math.ceil(tiles.length / COLUMNS));
  const ground = new Ground(WIDTH, height);
  const overlays: Overlay[] = [];
  let from = 0;
  for (const [index, tile] of tiles.entries()) {
    const left = GAP + (index % COLUMNS) * (SIDE + GAP);
    const top = GAP + Math.floor(index / COLUMNS) * ROW;
    ground.split(left, top);
    const picture = pictures.subarray(from, from + tile.bytes);
    from += tile.bytes;
    if (picture.length > 0) overlays.push(await centred(picture, left, top));
    overlays.push(...(await words(tile, left, top)));
  }
  const bytes = await sharp(ground.pixels, { raw: { width: WIDTH, height, channels: 3 } })
    .composite(overlays)
    .jpeg({ quality: 88, chromaSubsampling: "4:4:4" })
    .toBuffer();
  return { bytes, mimetype: "image/jpeg", width: WIDTH, height };
}

async function centred(picture: Buffer, left: number, top: number): Promise<Overlay> {
  const { width, height } = await sharp(picture).metadata();
  return {
    input: picture,
    left: left + Math.round((SIDE - width) / 2),
    top: top + Math.round((SIDE - height) / 2),
  };
}

/** The number in its badge, and the shortcode. */
async function words(
  { number, shortcode }: JobTile,
  left: number,
  top: number,
): Promise<readonly Overlay[]> {
  const badge = await lettered(String(number), { size: BADGE.size, colour: BADGE_INK, most: SIDE });
  const at = { left: left + BADGE.at, top: top + BADGE.at };
  const width = Math.max(BADGE.height, badge.width + 12);
  const lines = await Promise.all(
    linesOf(shortcode).map((line) => lettered(line, { size: TEXT_SIZE, colour: INK, most: SIDE })),
  );
  return [
    { ...pill(width, BADGE.height), ...at },
    {
      input: badge.picture,
      left: at.left + Math.round((width - badge.width) / 2),
      top: at.top + Math.round((BADGE.height - badge.height) / 2),
    },
    ...lines.map(({ picture, width, height }, index) => ({
      input: picture,
      left: left + Math.round((SIDE - width) / 2),
      top: top + SIDE + 8 + index * LINE_HEIGHT + Math.round((LINE_HEIGHT - height) / 2),
    })),
  ];
}

/** A box with round ends, whose edges are soft. */
function pill(width: number, height: number): Pick<Overlay, "input" | "raw"> {
  const input = Buffer.alloc(width * height * 4, Buffer.from([...bytesOf(BADGE_GROUND), 0]));
  const radius = height / 2;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const middle = Math.min(Math.max(x + 0.5, radius), width - radius);
      const inside = radius + 0.5 - Math.hypot(x + 0.5 - middle, y + 0.5 - radius);
      input[(y * width + x) * 4 + 3] = 255 * Math.min(1, Math.max(0, inside));
    }
  return { input, raw: { width, height, channels: 4 } };
}

/** What lies beneath pictures and words, as raw pixels (RGB). */
class Ground {
  readonly pixels: Buffer;
  readonly #width: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.pixels = Buffer.alloc(width * height * 3, Buffer.from(bytesOf(PAPER)));
  }

  /** Light above the diagonal and dark below it. */
  split(left: number, top: number): void {
    for (let y = 0; y < SIDE; y += 1)
      for (let x = 0; x < SIDE; x += 1) this.#set(left + x, top + y, x + y < SIDE ? LIGHT : DARK);
  }

  #set(x: number, y: number, colour: number): void {
    this.pixels.writeUIntBE(colour, (y * this.#width + x) * 3, 3);
  }
}

function bytesOf(colour: number): readonly number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}
