import library, { type Frame, type LibAV, type Stream } from "@libav.js/variant-webm-vp9";
import { UsherError } from "../../../kernel/errors.ts";
import { drawnSize, type Animation } from "./animation.ts";
import { drawn } from "./encode.ts";
import { LIMITS, withinLimits, withinSeconds } from "./limits.ts";
import { sharp } from "./loadSharp.ts";
import { rgbaOf } from "./yuv.ts";

/** Frames that come sooner after another are left out, ms: of 50 a second each second one, of 30 none. */
const EVERY_MS = 30;
/** How much of the file is decoded at once, bytes: its frames are in memory together. */
const AT_ONCE = 4096;
/** By what FFmpeg calls a codec, its decoder that also reads transparency. */
const DECODERS: Readonly<Record<string, string>> = { vp8: "libvpx", vp9: "libvpx-vp9" };
const FILE = "sticker.webm";

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A WebM video of VP8 or VP9, with its transparency (RFC 9559, 5.1.3.5.1: it lies beside each frame). It is decoded a little at a time. Throws
 * `picture-too-large` or `picture-broken`, and what the library throws.
 */
export async function drawnWebm(bytes: Uint8Array): Promise<Animation> {
  const libav = await library.LibAV({ noworker: true, nothreads: true });
  await libav.av_log_set_level(libav.AV_LOG_QUIET);
  await libav.mkreadaheadfile(FILE, new Blob([Uint8Array.from(bytes)]));
  const [file, streams] = await libav.ff_init_demuxer_file(FILE);
  const stream = streams.find(({ codec_type: type }) => type === libav.AVMEDIA_TYPE_VIDEO);
  if (stream === undefined) throw new UsherError("picture-broken");
  const [width, height] = await Promise.all([
    libav.AVCodecParameters_width(stream.codecpar),
    libav.AVCodecParameters_height(stream.codecpar),
  ]);
  // What it says of its length, if anything, in microseconds.
  const low = (await libav.AVFormatContext_duration(file)) >>> 0;
  const seconds = (low + (await libav.AVFormatContext_durationhi(file)) * 2 ** 32) / 1e6;
  withinSeconds(seconds);
  const taking = new Taking(libav, { width, height }, seconds);
  for await (const frame of decoded(libav, file, stream)) await taking.take(frame, stream);
  libav.terminate();
  return taking.taken();
}

/** Frame by frame. */
async function* decoded(libav: LibAV, file: number, stream: Stream): AsyncGenerator<Frame> {
  const decoder = DECODERS[await libav.avcodec_get_name(stream.codec_id)];
  if (decoder === undefined) throw new UsherError("picture-broken");
  const [, context, packet, frame] = await libav.ff_init_decoder(decoder, stream.codecpar);
  for (;;) {
    const [result, packets] = await libav.ff_read_frame_multi(file, packet, { limit: AT_ONCE });
    const isEnd = result !== -libav.EAGAIN;
    yield* await libav.ff_decode_multi(context, packet, frame, packets[stream.index] ?? [], isEnd);
    if (isEnd) return;
  }
}

/** What is taken of a video, in the size of a sticker. */
class Taking {
  readonly #libav: LibAV;
  readonly #size: Size;
  readonly #seconds: number;
  readonly #frames: Buffer[] = [];
  readonly #times: number[] = [];
  #seen = 0;

  constructor(libav: LibAV, size: Size, seconds: number) {
    if (size.width < 1 || size.height < 1) throw new UsherError("picture-broken");
    withinLimits({ ...size, frames: 1 });
    this.#libav = libav;
    this.#size = drawnSize(
      size,
      Math.ceil(((seconds > 0 ? seconds : LIMITS.seconds) * 1000) / EVERY_MS),
    );
    this.#seconds = seconds;
  }

  async take(frame: Frame, stream: Stream): Promise<void> {
    const { width = 0, height = 0, format, layout = [], pts = 0 } = frame;
    this.#seen += 1;
    withinLimits({ width, height, frames: this.#seen });
    const ms = (pts * 1000 * stream.time_base_num) / stream.time_base_den;
    withinSeconds(ms / 1000);
    if (ms - (this.#times.at(-1) ?? -EVERY_MS) < EVERY_MS) return;
    const { AV_PIX_FMT_YUV420P: opaque, AV_PIX_FMT_YUVA420P: transparent } = this.#libav;
    if (format !== opaque && format !== transparent) throw new UsherError("picture-broken");
    const rgba = rgbaOf({ width, height, data: frame.data as Uint8Array, layout });
    const picture = sharp(rgba, { raw: { width, height, channels: 4 } });
    this.#frames.push(await drawn(picture, this.#size));
    this.#times.push(ms);
  }

  /** All of it. The last is shown until the end, where the file says when that is. */
  taken(): Animation {
    const [first] = this.#times;
    if (first === undefined) throw new UsherError("picture-broken");
    const last = Math.max(EVERY_MS, this.#seconds * 1000 - (this.#times.at(-1) ?? 0));
    const delays = this.#times.map((ms, index) =>
      Math.round((this.#times[index + 1] ?? ms + last) - ms),
    );
    return { ...this.#size, frames: Buffer.concat(this.#frames), delays, loop: 0 };
  }
}
