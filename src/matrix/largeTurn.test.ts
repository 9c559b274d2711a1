import { expect, it } from "vitest";
import { LargeTurn } from "./largeTurn.ts";

const never = new AbortController().signal;

it("large answers are read two at a time, in the order in which they came; who gives up, or need not wait, holds up nobody", async () => {
  const turns = Array.from({ length: 4 }, () => new LargeTurn(false, never));
  const taken: number[] = [];
  const takes = turns.map((turn, n) => turn.take().then(() => taken.push(n)));
  const stop = new AbortController();
  const leaving = new LargeTurn(false, stop.signal).take();
  await new LargeTurn(true, never).take();
  stop.abort(new Error("stopped"));
  await expect(leaving).rejects.toThrow("stopped");
  expect(taken).toEqual([0, 1]);
  for (const turn of turns) {
    await turn.take();
    turn[Symbol.dispose]();
    turn[Symbol.dispose]();
  }
  await Promise.all(takes);
  expect(taken).toEqual([0, 1, 2, 3]);
  await expect(
    new LargeTurn(false, AbortSignal.abort(new Error("stopped"))).take(),
  ).resolves.toBeUndefined();
});
