import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { apng, chunk, flat, png, type GivenFrame } from "../../../../test/harness/pictureFiles.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { splitApng } from "./apng.ts";
import { Canvas } from "./canvas.ts";

const SIZE = { width: 6, height: 5 };

/** A frame anywhere on the canvas. */
const frame: fc.Arbitrary<GivenFrame> = fc
  .record({ left: fc.nat(5), top: fc.nat(4) })
  .chain(({ left, top }) =>
    fc.record({
      left: fc.constant(left),
      top: fc.constant(top),
      width: fc.integer({ min: 1, max: 6 - left }),
      height: fc.integer({ min: 1, max: 5 - top }),
    }),
  )
  .chain((place) =>
    fc.record({
      ...{ left: fc.constant(place.left), top: fc.constant(place.top) },
      ...{ width: fc.constant(place.width), height: fc.constant(place.height) },
      dispose: fc.nat(2),
      blend: fc.nat(1),
      delay: fc.integer({ min: 2, max: 500 }),
      rgba: fc
        .uint8Array({
          minLength: place.width * place.height * 4,
          maxLength: place.width * place.height * 4,
        })
        .map((bytes) => Buffer.from(bytes)),
    }),
  );

/** What is seen at each frame's time, as the specification says it, pixel by pixel. */
function seen(frames: readonly GivenFrame[]): readonly Buffer[] {
  let canvas = Buffer.alloc(6 * 5 * 4);
  return frames.map(({ left, top, width, height, dispose, blend, rgba }) => {
    const before = Buffer.from(canvas);
    const cleared = Buffer.from(canvas);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const at = ((top + y) * 6 + left + x) * 4;
        const [r = 0, g = 0, b = 0, a = 0] = rgba.subarray((y * width + x) * 4);
        const under = [...canvas.subarray(at, at + 4)];
        const rest = ((under[3] ?? 0) / 255) * (1 - a / 255);
        const alpha = a / 255 + rest;
        const mixed = [r, g, b].map((part, index) =>
          alpha === 0 ? 0 : Math.round((part * (a / 255) + (under[index] ?? 0) * rest) / alpha),
        );
        const over = a === 0 ? under : [...mixed, Math.round(alpha * 255)];
        canvas.set(blend === 1 ? over : [r, g, b, a], at);
        cleared.fill(0, at, at + 4);
      }
    const shown = Buffer.from(canvas);
    canvas = [shown, cleared, before][dispose] ?? shown;
    return Buffer.from(shown);
  });
}

/** What the splitter and the canvas make of it; each frame is decoded by another library than Usher's. */
function drawnFrom(file: Buffer): readonly Buffer[] {
  const { frames } = splitApng(file);
  const canvas = new Canvas(6, 5);
  return frames.map((one) => {
    const { data } = decode(one.png);
    const end = canvas.draw(one, Buffer.from(data as Uint8Array));
    const shown = Buffer.from(canvas.pixels);
    end();
    return shown;
  });
}

/** The code of the refusal. */
function refused(file: Uint8Array): string {
  try {
    splitApng(file);
    return "taken";
  } catch (error) {
    if (error instanceof UsherError) return error.code;
    throw error;
  }
}

const whole: GivenFrame = {
  ...{ left: 0, top: 0, width: 6, height: 5 },
  ...{ dispose: 0, blend: 0, rgba: flat(6, 5) },
};

describe("an APNG", () => {
  it("is seen as the specification says, whatever its frames are", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (frames, still) => {
          // The first frame takes the whole canvas, where it is the picture itself.
          const given = still ? frames : [whole, ...frames];
          const file = apng(SIZE, given, still ? flat(6, 5) : undefined);
          const close = drawnFrom(file).map((drawn, index) => {
            const expected = seen(given)[index] ?? Buffer.alloc(0);
            return drawn.every((part, at) => Math.abs(part - (expected[at] ?? -9)) <= 1);
          });
          expect(close).toEqual(given.map(() => true));
        },
      ),
    );
  });

  it("says how long each frame is shown, and how often all", () => {
    const { loop, frames } = splitApng(
      apng({ ...SIZE, loop: 3 }, [
        { ...whole, delay: 7 },
        { ...whole, delay: 0 },
      ]),
    );
    expect([loop, ...frames.map(({ delay }) => delay)]).toEqual([3, 70, 100]);
  });

  it("that is damaged anywhere is refused, or read as another", () => {
    const file = apng(SIZE, [whole, whole]);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const damaged = Buffer.from(file);
        damaged[at] = (damaged[at] ?? 0) ^ by;
        // Each byte behind the signature counts for a sum, or for where a chunk ends.
        if (at >= 8) expect(refused(damaged)).toBe("picture-broken");
      }),
    );
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(refused(file.subarray(0, length))).toBe("picture-broken");
      }),
    );
  });

  it.each([
    ["a frame beyond the canvas", apng(SIZE, [whole, { ...whole, left: 1 }])],
    ["a frame of nothing", apng(SIZE, [whole, { ...whole, width: 0, rgba: Buffer.alloc(0) }])],
    ["a way to end that there is not", apng(SIZE, [{ ...whole, dispose: 3 }])],
    ["no frame", apng(SIZE, [])],
    ["none of its chunks", png(6, 5)],
    [
      "frames out of their order",
      png(6, 5, {
        before: [chunk("acTL", Buffer.alloc(8)), chunk("fcTL", Buffer.alloc(26, 1))],
      }),
    ],
  ])("with %s is refused", (_, file) => {
    expect(refused(file)).toBe("picture-broken");
  });

  it("of more frames than are taken is too large", () => {
    const many = Array.from({ length: 601 }, () => whole);
    expect(refused(apng(SIZE, many))).toBe("picture-too-large");
  });
});
