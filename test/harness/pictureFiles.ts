import { crc32, deflateSync } from "node:zlib";

// Picture files made byte by byte: small ones, broken ones and hostile ones. No library makes the latter.

const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** A chunk of a PNG. */
export function chunk(type: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A PNG of these chunks. */
export function pngOf(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([PNG, ...chunks]);
}

/** Its head: RGBA of 8 bits unless said otherwise. */
export function ihdr(width: number, height: number, depth = 8, colour = 6): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = depth;
  data[9] = colour;
  return chunk("IHDR", data);
}

/** RGBA pixels as the data of an IDAT or, behind its number, an fdAT. */
function pixelData(rgba: Uint8Array, width: number): Buffer {
  const rows = Array.from({ length: rgba.length / (width * 4) }, (_, y) =>
    Buffer.concat([Buffer.alloc(1), rgba.subarray(y * width * 4, (y + 1) * width * 4)]),
  );
  return deflateSync(Buffer.concat(rows));
}

/** A PNG of these pixels (RGBA), with chunks before and behind its picture. */
export function png(
  width: number,
  height: number,
  { rgba = flat(width, height), before = [] as readonly Buffer[], after = Buffer.alloc(0) } = {},
): Buffer {
  return Buffer.concat([
    pngOf(ihdr(width, height), ...before, chunk("IDAT", pixelData(rgba, width)), chunk("IEND")),
    after,
  ]);
}

/** One colour, RGBA. */
export function flat(
  width: number,
  height: number,
  colour: readonly number[] = [200, 30, 60, 255],
): Buffer {
  return Buffer.alloc(width * height * 4, Buffer.from(colour));
}

/** A chunk that unpacks to so many zeros: a text (`zTXt`) or a colour profile (`iCCP`). */
export function packedZeros(type: "zTXt" | "iCCP", bytes: number): Buffer {
  return chunk(type, Buffer.concat([Buffer.from("name\0\0", "latin1"), zeros(bytes)]));
}

/** So many zeros as a zlib stream. */
export function zeros(bytes: number): Buffer {
  return deflateSync(Buffer.alloc(bytes), { level: 9 });
}

/** A GIF of so many frames of 1 × 1, whose screen is of this size. */
export function gif(
  frames: number,
  { width = 1, height = 1, frameWidth = 1, frameHeight = 1, delay = 4 } = {},
): Buffer {
  const head = Buffer.from("GIF89a\0\0\0\0\x80\0\0\xff\0\0\0\0\xff", "latin1");
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const loop = Buffer.from("\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", "latin1");
  const one = (index: number): Buffer => {
    const bytes = Buffer.from("\x21\xf9\x04\x04\0\0\0\0\x2c\0\0\0\0\0\0\0\0\0\x02\x02", "latin1");
    bytes.writeUInt16LE(delay, 4);
    bytes.writeUInt16LE(frameWidth, 13);
    bytes.writeUInt16LE(frameHeight, 15);
    // One pixel of the first or the second colour, then the end.
    return Buffer.concat([
      bytes,
      Buffer.from(index % 2 === 0 ? "\x44\x01\0" : "\x4c\x01\0", "latin1"),
    ]);
  };
  return Buffer.concat([
    head,
    loop,
    ...Array.from({ length: frames }, (_, index) => one(index)),
    Buffer.from(";"),
  ]);
}

function riff(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type, "latin1"), length, data, Buffer.alloc(data.length % 2)]);
}

/** An animated WebP that says it is of this size; each of its frames is the given lossless picture (`VP8L`). */
export function webp(frames: number, width: number, height: number, picture: Uint8Array): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0b10010;
  head.writeUIntLE(width - 1, 4, 3);
  head.writeUIntLE(height - 1, 7, 3);
  const frame = Buffer.alloc(16);
  frame.writeUIntLE(40, 12, 3);
  const whole = riff("ANMF", Buffer.concat([frame, riff("VP8L", picture)]));
  const all = Buffer.concat([
    Buffer.from("WEBP"),
    riff("VP8X", head),
    riff("ANIM", Buffer.alloc(6)),
    ...Array.from({ length: frames }, () => whole),
  ]);
  return riff("RIFF", all);
}

/** The data of the only chunk of a simple lossless WebP. */
export function vp8l(simple: Buffer): Buffer {
  return simple.subarray(20, 20 + simple.readUInt32LE(16));
}

/** The head of a JPEG that says it is of this size, and nothing else. */
export function jpegHead(width: number, height: number): Buffer {
  const frame = Buffer.from("\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\0\x01\x01\x11\0", "latin1");
  frame.writeUInt16BE(height, 7);
  frame.writeUInt16BE(width, 9);
  return Buffer.concat([
    frame,
    Buffer.from("\xff\xda\0\x08\x01\x01\0\0\x3f\0\0\xff\xd9", "latin1"),
  ]);
}

/** A progressive JPEG whose scans come so many times more. */
export function manyScans(progressive: Buffer, times: number): Buffer {
  const first = progressive.indexOf(Buffer.from([0xff, 0xda]));
  const scans = progressive.subarray(first, -2);
  return Buffer.concat([
    progressive.subarray(0, -2),
    ...Array.from({ length: times }, () => scans),
    progressive.subarray(-2),
  ]);
}

/** A frame of an APNG, as its chunk `fcTL` says it; delay in hundredths of a second. */
export interface GivenFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly dispose: number;
  readonly blend: number;
  readonly delay?: number;
  readonly rgba: Buffer;
}

/** An APNG of these frames; `still` is the picture of those who read no more, where it is none of the frames. */
export function apng(
  { width, height, loop = 0 }: { width: number; height: number; loop?: number },
  frames: readonly GivenFrame[],
  still?: Buffer,
): Buffer {
  let sequence = 0;
  const numbered = (data: Buffer): Buffer => {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(sequence);
    sequence += 1;
    return Buffer.concat([number, data]);
  };
  const count = Buffer.alloc(8);
  count.writeUInt32BE(frames.length, 0);
  count.writeUInt32BE(loop, 4);
  return pngOf(
    ihdr(width, height),
    chunk("acTL", count),
    ...(still === undefined ? [] : [chunk("IDAT", pixelData(still, width))]),
    ...frames.flatMap((frame, index) => {
      const control = chunk("fcTL", numbered(controlOf(frame)));
      const data = pixelData(frame.rgba, frame.width);
      return index === 0 && still === undefined
        ? [control, chunk("IDAT", data)]
        : [control, chunk("fdAT", numbered(data))];
    }),
    chunk("IEND"),
  );
}

function controlOf({ left, top, width, height, delay = 10, dispose, blend }: GivenFrame): Buffer {
  const control = Buffer.alloc(22);
  for (const [index, part] of [width, height, left, top].entries())
    control.writeUInt32BE(part, index * 4);
  control.writeUInt16BE(delay, 16);
  control[20] = dispose;
  control[21] = blend;
  return control;
}

/** Pixels (RGBA) that do not pack. */
export function noise(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(width * height * 4);
  let state = 1;
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes.writeInt32LE(state, at);
  }
  return bytes;
}
