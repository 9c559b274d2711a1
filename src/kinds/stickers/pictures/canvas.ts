import type { ApngFrame } from "./apng.ts";

/** Where a frame lies, and what becomes of it. */
type Placed = Omit<ApngFrame, "png" | "delay">;

/** The canvas on which the frames of an APNG are drawn, each upon what the ones before it left: RGBA, alpha not multiplied in, clear at first. */
export class Canvas {
  readonly pixels: Buffer;
  readonly #width: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.pixels = Buffer.alloc(width * height * 4);
  }

  /** Draws the frame, whose pixels are these. What is returned ends its time. */
  draw(frame: Placed, rgba: Buffer): () => void {
    const before = frame.dispose === "restore" ? this.#copyOf(frame) : undefined;
    this.#rows(frame, (from, to, row) => {
      const drawn = rgba.subarray(row * frame.width * 4, (row + 1) * frame.width * 4);
      if (frame.blend === "replace") drawn.copy(this.pixels, from);
      else layOver(this.pixels.subarray(from, to), drawn);
    });
    return () => {
      if (frame.dispose === "keep") return;
      this.#rows(frame, (from, to, row) => {
        if (before === undefined) this.pixels.fill(0, from, to);
        else before.copy(this.pixels, from, row * (to - from), (row + 1) * (to - from));
      });
    };
  }

  #copyOf(frame: Placed): Buffer {
    const rows: Buffer[] = [];
    this.#rows(frame, (from, to) => rows.push(this.pixels.subarray(from, to)));
    return Buffer.concat(rows);
  }

  #rows(
    { left, top, width, height }: Placed,
    each: (from: number, to: number, row: number) => void,
  ): void {
    for (let row = 0; row < height; row += 1) {
      const from = ((top + row) * this.#width + left) * 4;
      each(from, from + width * 4, row);
    }
  }
}

/** Pixels over others (PNG, third edition, 13.16): what shows through is what lies beneath. */
function layOver(beneath: Buffer, above: Buffer): void {
  for (let at = 0; at < above.length; at += 4) {
    const alpha = above[at + 3] ?? 0;
    if (alpha === 0) continue;
    const through = ((beneath[at + 3] ?? 0) * (255 - alpha)) / 255;
    const whole = alpha + through;
    for (let part = at; part < at + 3; part += 1)
      beneath[part] = Math.round(
        ((above[part] ?? 0) * alpha + (beneath[part] ?? 0) * through) / whole,
      );
    beneath[at + 3] = Math.round(whole);
  }
}
