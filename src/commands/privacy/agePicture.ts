/** How much of the time that is promised has passed for the oldest thing: 1 is all of it. */
export interface AgeBar {
  readonly part: number;
}

type Colour = readonly [red: number, green: number, blue: number];

const WIDTH = 480;
const ROW = 24;
const BAR = 16;
const MARGIN = 8;
const GROUND: Colour = [255, 255, 255];
const PROMISE: Colour = [221, 221, 221];
/** Both can be told apart by whoever sees no red, and from their brightness alone. */
const HELD: Colour = [0, 90, 181];
const OVERDUE: Colour = [220, 50, 32];

/**
 * A PNG with a bar for each, from the top down: grey is the time that is promised, blue how much of it the oldest has been held, red where it is held too
 * long. Without words: those stand in the message, in the same order.
 */
export async function agePicture(bars: readonly AgeBar[]): Promise<Uint8Array> {
  // Few ever ask for it, and a start is to load little.
  const { encode } = await import("fast-png");
  const height = 2 * MARGIN + bars.length * ROW;
  const data = new Uint8Array(WIDTH * height * 3);
  const fill = (from: number, to: number, top: number, bottom: number, colour: Colour): void => {
    for (let y = top; y < bottom; y++)
      for (let x = from; x < to; x++) data.set(colour, (y * WIDTH + x) * 3);
  };
  fill(0, WIDTH, 0, height, GROUND);
  for (const [index, { part }] of bars.entries()) {
    const top = MARGIN + index * ROW + (ROW - BAR) / 2;
    const right = WIDTH - MARGIN;
    fill(MARGIN, right, top, top + BAR, PROMISE);
    const held = Math.round((right - MARGIN) * Math.min(1, part));
    fill(MARGIN, MARGIN + held, top, top + BAR, part > 1 ? OVERDUE : HELD);
  }
  return encode({ width: WIDTH, height, data, channels: 3, depth: 8 });
}
