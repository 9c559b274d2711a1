import { setTimeout as wait } from "node:timers/promises";
import { answerTo } from "../harness/expect.ts";
import type { Stage } from "./stage.ts";

/** Times of the two sides, ms. */
export interface Sides {
  readonly usher: number[];
  readonly beside: number[];
}

export const COMMAND = "!usher privacy";
const ECHO = "!echo privacy";
/** What a side still does after its answer must not burden the other's. */
const REST_MS = 40;

/** From the moment of sending until the sender's client has the answer: one of Usher's, one of the echo's, and so on. */
export async function roundTrips(
  stage: Stage,
  rooms: readonly string[],
  rounds: number,
): Promise<Sides> {
  const sides: Sides = { usher: [], beside: [] };
  for (let round = -5; round < rounds; round += 1) {
    const room = rooms[(round + 5) % rooms.length] ?? "";
    const order = [["usher", COMMAND] as const, ["beside", ECHO] as const];
    for (const [side, line] of round % 2 === 0 ? order : order.reverse()) {
      const time = await atOnce(stage, [room], line);
      if (round >= 0) sides[side].push(time);
      await wait(REST_MS);
    }
  }
  return sides;
}

/** The same said in many rooms at once, until the last answer is seen. */
export async function manyAtOnce(
  stage: Stage,
  rooms: readonly string[],
  rounds: number,
): Promise<Sides> {
  const sides: Sides = { usher: [], beside: [] };
  for (let round = -1; round < rounds; round += 1) {
    const order = [["usher", COMMAND] as const, ["beside", ECHO] as const];
    for (const [side, line] of round % 2 === 0 ? order : order.reverse()) {
      const time = await atOnce(stage, rooms, line);
      if (round >= 0) sides[side].push(time);
      await wait(REST_MS * 25);
    }
  }
  return sides;
}

async function atOnce({ person }: Stage, rooms: readonly string[], line: string): Promise<number> {
  const from = person.mark();
  const begin = performance.now();
  await Promise.all(
    rooms.map(async (room) => {
      const asked = await person.say(room, line);
      await person.waitFor(answerTo(asked), { from, stillMs: 120_000 });
    }),
  );
  return performance.now() - begin;
}
