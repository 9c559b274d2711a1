import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunk, gif, ihdr, png, pngOf } from "../../../../test/harness/pictureFiles.ts";
import type { UsherError } from "../../../kernel/errors.ts";
import { kindOf } from "./kinds.ts";

/** The kind, or the code of the refusal. */
function sniffed(bytes: Uint8Array): string {
  try {
    return kindOf(bytes);
  } catch (error) {
    return (error as UsherError).code;
  }
}

const text = (words: string): Buffer => Buffer.from(words, "utf8");
const bytes = (words: string): Buffer => Buffer.from(words, "latin1");

describe("what a file is", () => {
  it.each([
    ["PNG", png(2, 2), "png"],
    ["APNG", png(2, 2, { before: [chunk("acTL", Buffer.alloc(8))] }), "apng"],
    [
      "a PNG with acTL behind its picture",
      pngOf(ihdr(1, 1), chunk("IDAT"), chunk("acTL", Buffer.alloc(8))),
      "png",
    ],
    ["a PNG that ends in its head", pngOf(ihdr(1, 1)).subarray(0, 20), "png"],
    ["JPEG", bytes("\xff\xd8\xff\xe0"), "jpeg"],
    ["GIF", gif(1), "gif"],
    ["WebP", bytes("RIFF\x04\0\0\0WEBP"), "webp"],
    ["WAV", bytes("RIFF\x04\0\0\0WAVE"), "picture-unknown"],
    ["gzip", bytes("\x1f\x8b\x08\0"), "gzip"],
    ["WebM", bytes("\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"), "webm"],
    ["Matroska", bytes("\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska"), "picture-unknown"],
    ["Lottie", text(' {"v":"5.5","layers":[]}'), "lottie"],
    ["Lottie with a mark", text('\ufeff{"layers":[]}'), "lottie"],
    ["JSON of another kind", text('{"images":{}}'), "picture-unknown"],
    ["SVG", text("<svg xmlns='…'/>"), "picture-svg"],
    ["SVG behind a comment", text('<?xml version="1.0"?><!-- a\n--><svg>'), "picture-svg"],
    ["SVG with a prefix", text("<s:svg xmlns:s='…'/>"), "picture-svg"],
    ["SVG by its type alone", text("<!DOCTYPE svg PUBLIC>"), "picture-svg"],
    ["a page with an SVG", text("<!DOCTYPE html><svg>"), "picture-unknown"],
    ["XML", text("<rss></rss>"), "picture-unknown"],
    ["ZIP", bytes("PK\x03\x04"), "picture-unknown"],
    ["MP4", bytes("\0\0\0\x18ftypmp42"), "picture-unknown"],
    ["nothing", bytes(""), "picture-unknown"],
  ])("%s", (_, file, kind) => {
    expect(sniffed(file)).toBe(kind);
  });

  it("whatever comes is a kind or refused, also behind the first bytes of each", () => {
    const heads = [png(1, 1).subarray(0, 12), bytes("\x1a\x45\xdf\xa3"), text("<svg"), text("{")];
    fc.assert(
      fc.property(
        fc.constantFrom(bytes(""), ...heads),
        fc.uint8Array({ maxLength: 300 }),
        (head, rest) => {
          expect(typeof sniffed(Buffer.concat([head, rest]))).toBe("string");
        },
      ),
    );
  });

  it("does not hang on a chunk of no length", () => {
    const empty = pngOf(...Array.from({ length: 99 }, () => chunk("tEXt")));
    expect(sniffed(empty)).toBe("png");
  });
});
