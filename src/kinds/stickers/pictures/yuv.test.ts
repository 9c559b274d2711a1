import { describe, expect, it } from "vitest";
import { rgbaOf } from "./yuv.ts";

/** Two by two pixels of one colour, with rows that are longer than the picture. */
function plane(y: number, u: number, v: number, alpha?: number): Buffer {
  const data = Buffer.from([
    y,
    y,
    0,
    y,
    y,
    0,
    u,
    v,
    ...Array.from({ length: 4 }, () => alpha ?? 0),
  ]);
  const layout = [
    { offset: 0, stride: 3 },
    { offset: 6, stride: 1 },
    { offset: 7, stride: 1 },
    ...(alpha === undefined ? [] : [{ offset: 8, stride: 2 }]),
  ];
  return rgbaOf({ width: 2, height: 2, data, layout });
}

describe("colours of a video", () => {
  it.each([
    ["black", [16, 128, 128], [0, 0, 0, 255]],
    ["white", [235, 128, 128], [255, 255, 255, 255]],
    ["red", [81, 90, 240], [255, 0, 0, 255]],
    ["green", [145, 54, 34], [0, 255, 1, 255]],
    ["blue", [41, 240, 110], [0, 0, 255, 255]],
  ] as const)("%s", (_, [y, u, v], rgba) => {
    const all = plane(y, u, v);
    for (let at = 0; at < 16; at += 4)
      for (const [part, value] of rgba.entries())
        expect(Math.abs((all[at + part] ?? -9) - value)).toBeLessThanOrEqual(2);
  });

  it("transparency is as it is given", () => {
    expect([...plane(16, 128, 128, 77)].filter((_, at) => at % 4 === 3)).toEqual([77, 77, 77, 77]);
  });

  it("a picture without its colours is none", () => {
    const layout = [{ offset: 0, stride: 1 }];
    expect(() => rgbaOf({ width: 1, height: 1, data: Buffer.alloc(1), layout })).toThrow(
      RangeError,
    );
  });
});
