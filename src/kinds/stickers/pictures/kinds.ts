import { UsherError } from "../../../kernel/errors.ts";

/** What a file is, by its first bytes; `gzip` may hold a Lottie, which Telegram calls TGS. */
export type PictureKind = "png" | "apng" | "jpeg" | "gif" | "webp" | "gzip" | "lottie" | "webm";

/** How far into a text the element of an SVG is looked for, bytes. */
const SVG_WITHIN = 65_536;
/** The head of a WebM, in which its type is named, is about 40 bytes long; by some it is filled up. */
const WEBM_WITHIN = 128;

/**
 * Says what a file is by its bytes alone: neither its name nor its type, which somebody else gave it, counts. Throws `picture-svg` or `picture-unknown`.
 */
export function kindOf(given: Uint8Array): PictureKind {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.length);
  const begins = (with_: string, at = 0): boolean =>
    bytes.subarray(at, at + with_.length).equals(Buffer.from(with_, "latin1"));
  if (begins("\x89PNG\r\n\x1a\n")) return isAnimated(bytes) ? "apng" : "png";
  if (begins("\xff\xd8\xff")) return "jpeg";
  if (begins("GIF87a") || begins("GIF89a")) return "gif";
  if (begins("RIFF") && begins("WEBP", 8)) return "webp";
  if (begins("\x1f\x8b\x08")) return "gzip";
  if (begins("\x1a\x45\xdf\xa3") && bytes.subarray(0, WEBM_WITHIN).includes("webm")) return "webm";
  return kindOfText(bytes);
}

/** An APNG says so in a chunk (`acTL`) before the first of its picture (PNG, third edition, 11.3.6.1). */
function isAnimated(bytes: Buffer): boolean {
  let at = 8;
  while (at + 8 <= bytes.length) {
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "acTL") return true;
    if (type === "IDAT") return false;
    at += 12 + bytes.readUInt32BE(at);
  }
  return false;
}

function kindOfText(bytes: Buffer): PictureKind {
  const head = textOf(bytes.subarray(0, SVG_WITHIN)).trimStart();
  if (head.startsWith("{") && bytes.includes('"layers"')) return "lottie";
  const isPage = /^<(?:!doctype\s+)?html[\s>]/i.test(head);
  if (head.startsWith("<") && !isPage && /<(?:\w+:)?svg[\s>]|<!doctype\s+svg/i.test(head))
    throw new UsherError("picture-svg");
  throw new UsherError("picture-unknown");
}

/** UTF-8, or UTF-16 where its mark says so; without the mark. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
