import { crc32 } from "node:zlib";
import { UsherError } from "../../../kernel/errors.ts";
import { shownDelay } from "./animation.ts";
import { withinLimits } from "./limits.ts";

/** A frame of an APNG: a part of its canvas, as a PNG of its own. */
export interface ApngFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How long it is shown, ms. */
  readonly delay: number;
  /** What becomes of its part of the canvas when its time is over. */
  readonly dispose: "keep" | "clear" | "restore";
  /** Whether it is laid over what is there, or takes its place. */
  readonly blend: "replace" | "over";
  readonly png: Buffer;
}

export interface Apng {
  readonly width: number;
  readonly height: number;
  /** How often all is shown; 0 is without end. */
  readonly loop: number;
  readonly frames: readonly ApngFrame[];
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const DISPOSE = ["keep", "clear", "restore"] as const;
const BLEND = ["replace", "over"] as const;
/** What belongs to each frame as to the whole, and its largest size, bytes. */
const SHARED: Readonly<Record<string, number>> = { PLTE: 768, tRNS: 256 };

/**
 * Takes an APNG apart (PNG, third edition, 11.3.6 and 4.9): libvips reads its first frame alone. A picture that is none of the frames, for those who cannot
 * read more, is left out. Throws `picture-broken` for what is not as the specification has it, and `picture-too-large`.
 */
export function splitApng(given: Uint8Array): Apng {
  const chunks = chunksOf(Buffer.from(given.buffer, given.byteOffset, given.length));
  const head = dataOf(chunks, "IHDR", 13);
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const frames = chunks.filter(({ type }) => type === "fcTL").length;
  withinLimits({ width, height, frames });
  const shared = chunks.filter(
    ({ type, data }) => data.length <= (SHARED[type] ?? -1) && type in SHARED,
  );
  return {
    width,
    height,
    loop: dataOf(chunks, "acTL", 8).readUInt32BE(4),
    frames: pieces(chunks).map(({ control, data }) => {
      const frame = frameOf(control, { width, height });
      const size = Buffer.from(head);
      size.writeUInt32BE(frame.width, 0);
      size.writeUInt32BE(frame.height, 4);
      const png = [{ type: "IHDR", data: size }, ...shared, { type: "IDAT", data: data }];
      return { ...frame, png: pngOf(png) };
    }),
  };
}

/** The chunks up to the end, each as it says it is (CRC). */
function chunksOf(bytes: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) break;
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "IEND") return chunks;
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  // It is cut off or damaged.
  throw new UsherError("picture-broken");
}

function dataOf(chunks: readonly Chunk[], wanted: string, length: number): Buffer {
  const data = chunks.find(({ type }) => type === wanted)?.data;
  if (data?.length !== length) throw new UsherError("picture-broken");
  return data;
}

/** What controls each frame (`fcTL`), and its packed pixels. */
function pieces(
  chunks: readonly Chunk[],
): readonly { readonly control: Buffer; readonly data: Buffer }[] {
  const found: { control: Buffer; parts: Buffer[] }[] = [];
  let sequence = 0;
  for (const { type, data } of chunks) {
    const last = found.at(-1);
    if (type === "IDAT") last?.parts.push(data);
    if (type !== "fcTL" && type !== "fdAT") continue;
    // Frames and their parts are counted in one row.
    if (data.length < 4 || data.readUInt32BE(0) !== sequence)
      throw new UsherError("picture-broken");
    sequence += 1;
    if (type === "fcTL") found.push({ control: data, parts: [] });
    else if (last === undefined) throw new UsherError("picture-broken");
    else last.parts.push(data.subarray(4));
  }
  const isWhole = ({ control, parts }: (typeof found)[number]): boolean =>
    control.length === 26 && parts.length > 0;
  if (found.length === 0 || !found.every(isWhole)) throw new UsherError("picture-broken");
  return found.map(({ control, parts }) => ({ control, data: Buffer.concat(parts) }));
}

function frameOf(
  control: Buffer,
  canvas: { readonly width: number; readonly height: number },
): Omit<ApngFrame, "png"> {
  const [width = 0, height = 0, left = 0, top = 0] = [4, 8, 12, 16].map((at) =>
    control.readUInt32BE(at),
  );
  const dispose = DISPOSE[control.readUInt8(24)];
  const blend = BLEND[control.readUInt8(25)];
  const isInside = left + width <= canvas.width && top + height <= canvas.height;
  if (!isInside || width * height === 0 || dispose === undefined || blend === undefined)
    throw new UsherError("picture-broken");
  const parts = control.readUInt16BE(22) || 100;
  const delay = shownDelay(Math.round((control.readUInt16BE(20) * 1000) / parts));
  return { left, top, width, height, delay, dispose, blend };
}

function pngOf(chunks: readonly Chunk[]): Buffer {
  const all = [...chunks, { type: "IEND", data: Buffer.alloc(0) }];
  return Buffer.concat([
    SIGNATURE,
    ...all.flatMap(({ type, data }) => {
      const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
      const around = Buffer.alloc(8);
      around.writeUInt32BE(data.length, 0);
      around.writeUInt32BE(crc32(named), 4);
      return [around.subarray(0, 4), named, around.subarray(4)];
    }),
  ]);
}
