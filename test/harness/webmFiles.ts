import library, { type Frame } from "@libav.js/variant-webm-vp9";

// WebM videos, encoded by libvpx and put together byte by byte, for what is beside a frame (transparency) few programs write.

/** A picture of a video: brightness and transparency of its left and its right half, each 0 to 255; without colour. */
export interface Halves {
  readonly left: readonly [brightness: number, alpha: number];
  readonly right: readonly [brightness: number, alpha: number];
}

interface Options {
  readonly codec: "libvpx" | "libvpx-vp9";
  readonly width: number;
  readonly height: number;
  /** Ms between frames. */
  readonly ms: number;
  readonly transparent: boolean;
}

/** A WebM of these pictures. */
export async function webm(
  pictures: readonly Halves[],
  { codec, width, height, ms, transparent }: Options,
): Promise<Buffer> {
  const encoded = (part: 0 | 1): Promise<readonly Uint8Array[]> =>
    packetsOf(
      codec,
      pictures.map(({ left, right }) => halves(width, height, left[part], right[part])),
      { width, height, ms },
    );
  const colours = await encoded(0);
  const alphas = transparent ? await encoded(1) : [];
  const blocks = colours.map((colour, index) => {
    const block = Buffer.concat([Buffer.from([0x81, 0, 0, 0]), colour]);
    block.writeInt16BE(index * ms, 1);
    const alpha = alphas[index];
    const beside =
      alpha === undefined
        ? []
        : [element(0x75a1, element(0xa6, number(0xee, 1), element(0xa5, alpha)))];
    return element(
      0xa0,
      element(0xa1, block),
      ...beside,
      ...(index === 0 ? [] : [signed(0xfb, -ms)]),
    );
  });
  const named = codec === "libvpx" ? "V_VP8" : "V_VP9";
  return file(named, { width, height, transparent, milliseconds: pictures.length * ms }, blocks);
}

/** A WebM of blocks as they are given. */
export function file(
  codec: string,
  head: { width: number; height: number; transparent: boolean; milliseconds: number },
  blocks: readonly Buffer[],
): Buffer {
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(head.milliseconds);
  return Buffer.concat([
    element(
      0x1a45dfa3,
      ...[number(0x4286, 1), number(0x42f7, 1), number(0x42f2, 4), number(0x42f3, 8)],
      ...[element(0x4282, Buffer.from("webm")), number(0x4287, 4), number(0x4285, 2)],
    ),
    element(
      0x18538067,
      element(0x1549a966, number(0x2ad7b1, 1_000_000), element(0x4489, duration)),
      element(
        0x1654ae6b,
        element(
          0xae,
          ...[number(0xd7, 1), number(0x73c5, 1), number(0x83, 1)],
          element(0x86, Buffer.from(codec)),
          element(
            0xe0,
            ...[number(0xb0, head.width), number(0xba, head.height)],
            ...(head.transparent ? [number(0x53c0, 1)] : []),
          ),
        ),
      ),
      element(0x1f43b675, number(0xe7, 0), ...blocks),
    ),
  ]);
}

/** An EBML element: its id, the length of what it holds, and that (RFC 8794). */
function element(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const data = Buffer.concat(parts);
  const length = Buffer.alloc(8);
  length.writeUInt32BE(data.length, 4);
  length[0] = 1;
  return Buffer.concat([Buffer.from(hex(id), "hex"), length, data]);
}

function number(id: number, value: number): Buffer {
  return element(id, Buffer.from(hex(value), "hex"));
}

function signed(id: number, value: number): Buffer {
  const data = Buffer.alloc(2);
  data.writeInt16BE(value);
  return element(id, data);
}

function hex(value: number): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** Brightness in halves, without colour. */
function halves(width: number, height: number, left: number, right: number): Buffer {
  const row = Buffer.concat([Buffer.alloc(width / 2, left), Buffer.alloc(width / 2, right)]);
  return Buffer.concat([
    ...Array.from({ length: height }, () => row),
    Buffer.alloc((width * height) / 2, 128),
  ]);
}

async function packetsOf(
  codec: string,
  pictures: readonly Buffer[],
  { width, height, ms }: { width: number; height: number; ms: number },
): Promise<readonly Uint8Array[]> {
  const libav = await library.LibAV({ noworker: true, nothreads: true });
  await libav.av_log_set_level(libav.AV_LOG_QUIET);
  const [, context, frame, packet] = await libav.ff_init_encoder(codec, {
    ctx: { bit_rate: 2_000_000, pix_fmt: libav.AV_PIX_FMT_YUV420P, width, height },
    time_base: [ms, 1000],
    options: { "auto-alt-ref": "0", "lag-in-frames": "0" },
  });
  const all: readonly Frame[] = pictures.map((data, pts) => ({
    ...{ data, format: libav.AV_PIX_FMT_YUV420P, width, height, pts, ptshi: 0 },
    layout: [
      { offset: 0, stride: width },
      { offset: width * height, stride: width / 2 },
      { offset: (width * height * 5) / 4, stride: width / 2 },
    ],
  }));
  const packets = await libav.ff_encode_multi(context, frame, packet, [...all], true);
  libav.terminate();
  return packets.map(({ data }) => data);
}
