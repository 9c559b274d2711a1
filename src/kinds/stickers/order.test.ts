import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MxcUri } from "../../kernel/ids.ts";
import { packOf } from "../../../test/harness/packs.ts";
import { movedTo } from "./order.ts";
import { ordered, type PackImage } from "./pack.ts";

type Images = ReadonlyMap<string, PackImage>;
const codes = (images: Images): string => [...images.keys()].join(" ");
/** As another reads them from a homeserver, which keeps no order. */
const read = (images: Images): Images => ordered([...images].reverse());
const moved = (images: Images, code: string, place: number): Images =>
  read(movedTo(images, code, place));
const LETTERS = packOf({ a: "1", b: "2", c: "3", d: "4" }).images;
const changed = (before: Images, after: Images): readonly string[] =>
  [...after].flatMap(([code, image]) => (image === before.get(code) ? [] : [code]));

describe("the order of pictures", () => {
  it("is that of their shortcodes until somebody moves one", () => {
    expect(codes(read(LETTERS))).toBe("a b c d");
    expect(movedTo(LETTERS, "b", 2)).toBe(LETTERS);
    expect(movedTo(LETTERS, "d", 99)).toBe(LETTERS);
    expect(movedTo(LETTERS, "x", 2)).toBe(LETTERS);
    expect(codes(moved(LETTERS, "d", 1))).toBe("d a b c");
    expect(codes(moved(LETTERS, "a", 99))).toBe("b c d a");
  });

  it("is kept by as few pictures as possible: by the moved one alone where those before it have places", () => {
    const first = moved(LETTERS, "d", 1);
    expect(changed(LETTERS, first)).toEqual(["d"]);
    const second = moved(first, "c", 1);
    expect(codes(second)).toBe("c d a b");
    expect(changed(first, second)).toEqual(["c"]);
    const third = moved(second, "b", 2);
    expect(codes(third)).toBe("c b d a");
    expect(changed(second, third)).toEqual(["b"]);
    expect(changed(LETTERS, moved(LETTERS, "d", 3))).toEqual(["a", "b", "d"]);
  });

  it("has no place that is no whole number, whatever others have written as one", () => {
    const far = Number.MAX_SAFE_INTEGER;
    const written = [far, -far, 1e300, "1"].flatMap((place) => {
      const images = new Map(
        [...LETTERS].map(([code, image]) => [
          code,
          code === "a" ? { ...image, "usher.order": place } : image,
        ]),
      );
      return [1, 2, 3, 4].flatMap((to) => {
        const next = moved(read(images), "d", to);
        return changed(images, next).map((code) => next.get(code)?.["usher.order"]);
      });
    });
    expect(written.filter((place) => !Number.isSafeInteger(place))).toEqual([]);
  });

  it("has those that come later behind those that were moved", () => {
    const images = ordered([...moved(LETTERS, "d", 1), ...packOf({ aa: "5" }).images]);
    expect(codes(images)).toBe("d a aa b c");
  });

  it.each([
    ["too close to each other", 1, 2],
    ["the same", 5, 5],
    ["too large", Number.MAX_SAFE_INTEGER, "x"],
    ["no numbers", 1.5, null],
  ])("is right again where places are %s", (_, one, other) => {
    const image = (place: unknown): PackImage => ({
      url: "mxc://example.org/x" as MxcUri,
      "usher.order": place,
    });
    const images = ordered([
      ["a", image(one)],
      ["b", image(other)],
      ["c", image(undefined)],
    ]);
    expect(codes(moved(images, "c", 2))).toBe("a c b");
  });

  it("is what was asked for, however often pictures are moved", () => {
    const move = fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 8 }));
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        const names = [..."abcdefgh"];
        let images: Images = ordered(
          names.map((name) => [name, { url: "mxc://example.org/x" as MxcUri }]),
        );
        const expected = [...names];
        for (const [index, place] of moves) {
          const name = names[index] ?? "a";
          expected.splice(expected.indexOf(name), 1);
          expected.splice(place - 1, 0, name);
          images = moved(images, name, place);
          expect([...images.keys()]).toEqual(expected);
        }
      }),
    );
  });
});
