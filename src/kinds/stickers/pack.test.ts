import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MxcUri } from "../../kernel/ids.ts";
import { nameOfPack, readPack, shortHash, type Pack } from "./pack.ts";

const CAT = "mxc://example.org/cat" as MxcUri;
const DOG = "mxc://example.org/dog" as MxcUri;
const imagesOf = (content: Record<string, unknown>): unknown =>
  Object.fromEntries(readPack(content)?.images ?? []);

describe("one event of a pack", () => {
  it("is read as the specification has it, with what others wrote beside", () => {
    const content = {
      images: { cat: { url: CAT, body: "A cat", info: { w: 1 }, "org.example.more": true } },
      pack: { display_name: " Cats ", attribution: "Ada", "org.example.more": [1] },
    };
    const pack = readPack(content);
    expect(pack?.about).toEqual(content.pack);
    expect(imagesOf(content)).toEqual(content.images);
    expect(nameOfPack(pack as Pack, "key")).toBe("Cats");
  });

  it.each([
    ["`emoticons`, with colons", { emoticons: { ":cat:": { url: CAT } } }, { cat: { url: CAT } }],
    ["`short`", { short: { ":cat:": CAT } }, { cat: { url: CAT } }],
    [
      "both, of which the newer counts",
      { short: { cat: DOG }, images: { cat: { url: CAT } } },
      { cat: { url: CAT } },
    ],
  ])("is read as older apps wrote it: %s", (_, content, images) => {
    expect(imagesOf(content)).toEqual(images);
  });

  it("is passed over as far as it is malformed, and is none where it is emptied or something else", () => {
    const images = {
      cat: { url: CAT },
      "": 1,
      web: { url: "https://example.org/a" },
      none: {},
      héé: { url: DOG },
    };
    expect(imagesOf({ images, pack: "x" })).toEqual({ cat: { url: CAT }, héé: { url: DOG } });
    for (const content of [{}, { pack: { display_name: "x" } }, { images: [] }, { images: null }])
      expect(readPack(content)).toBeUndefined();
    expect(readPack({ images: {} })?.images.size).toBe(0);
  });

  it("never throws, whatever somebody writes", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("images", "emoticons", "short", "pack", "x"), fc.jsonValue()),
        (content) => {
          const pack = readPack(content);
          if (pack !== undefined) expect(nameOfPack(pack, "key").length).toBeLessThanOrEqual(60);
        },
      ),
    );
  });
});

it("a short hash does not depend on the order of fields, and on everything else", () => {
  expect(shortHash({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(
    shortHash({ b: { d: 2, c: [1, 2] }, a: 1 }),
  );
  expect(shortHash({ a: [1, 2] })).not.toBe(shortHash({ a: [2, 1] }));
});
