import { gzipSync } from "node:zlib";

// Lottie animations, as programs that draw them write them: small ones, and hostile ones.

interface Lottie {
  readonly [name: string]: unknown;
}

const fixed = (value: unknown): Lottie => ({ a: 0, k: value });
const ALL = 1e9;

/** A layer that is a circle in red of this opacity (of 100), which goes from left to right. */
function circle(opacity: number, frames: number, modifiers: readonly Lottie[] = []): Lottie {
  const ease = { o: { x: [0], y: [0] }, i: { x: [1], y: [1] } };
  const way = [
    { t: 0, s: [100, 128], ...ease },
    { t: frames, s: [400, 128] },
  ];
  const still = { o: fixed(100), r: fixed(0), a: fixed([0, 0]), s: fixed([100, 100]) };
  return {
    ...{ ty: 4, ind: 1, ip: 0, op: ALL, st: 0 },
    ks: { ...still, p: { a: 1, k: way } },
    shapes: [
      { ty: "el", p: fixed([0, 0]), s: fixed([100, 100]) },
      { ty: "fl", c: fixed([1, 0, 0, 1]), o: fixed(opacity) },
      ...modifiers,
    ],
  };
}

/** A Lottie of 512 × 256 in which a half transparent circle goes from left to right; the parts that are named are others. */
export function lottie(other: Lottie = {}): Buffer {
  const frames = 60;
  return Buffer.from(
    JSON.stringify({
      ...{ v: "5.5.2", fr: 60, ip: 0, op: frames, w: 512, h: 256 },
      layers: [circle(50, frames)],
      ...other,
    }),
  );
}

/** As Telegram has them. */
export function tgs(json: Buffer): Buffer {
  return gzipSync(json);
}

/** One that draws its circle so many times, and all of these as often again, and so on. */
export function repeating(times: number, deep: number): Buffer {
  const again = {
    ...{ ty: "rp", c: fixed(times), o: fixed(0), m: 1 },
    tr: {
      ...{ p: fixed([1, 0]), a: fixed([0, 0]), s: fixed([100, 100]), r: fixed(0) },
      ...{ so: fixed(100), eo: fixed(100) },
    },
  };
  return lottie({
    layers: [
      circle(
        50,
        60,
        Array.from({ length: deep }, () => again),
      ),
    ],
  });
}

const inside = (refId: string, ind = 1): Lottie => ({
  ...{ ty: 0, refId, ind, w: 512, h: 256, ip: 0, op: ALL, st: 0 },
  ks: {
    ...{ o: fixed(100), r: fixed(0), p: fixed([0, 0]), a: fixed([0, 0]) },
    s: fixed([100, 100]),
  },
});

/** One whose part is in itself. */
export function inItself(): Buffer {
  const assets = [{ id: "a", layers: [inside("a")] }];
  return lottie({ assets, layers: [inside("a")] });
}

/** One whose parts each hold the next ten times, so many parts deep. */
export function tenfold(deep: number): Buffer {
  const assets = Array.from({ length: deep }, (_, index) => ({
    id: String(index),
    layers: Array.from({ length: 10 }, (__, place) => inside(String(index + 1), place + 1)),
  }));
  const last = { id: String(deep), layers: [circle(50, 60)] };
  return lottie({ assets: [...assets, last], layers: [inside("0")] });
}
