import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { UsherProcess } from "../harness/usherProcess.ts";
import { EchoProcess } from "./echoProcess.ts";
import type { Sides } from "./rounds.ts";
import type { Stage } from "./stage.ts";

/** From the start of the program until it has taken in its first sync, without a place in the stream kept from before. */
export async function starts(
  { synapse, echo }: Stage,
  program: UsherProcess,
  rounds: number,
): Promise<Sides> {
  const sides: Sides = { usher: [], beside: [] };
  for (let round = -1; round < rounds; round += 1) {
    const one = async (): Promise<void> => {
      await rm(join(program.dataDir, "documents"), { recursive: true, force: true });
      const time = await timed(() => program.start());
      if (round >= 0) sides.usher.push(time);
      await program.stop({ keep: true });
    };
    const other = async (): Promise<void> => {
      let bot: EchoProcess | undefined;
      const time = await timed(async () => (bot = await EchoProcess.start(synapse.url, echo)));
      if (round >= 0) sides.beside.push(time);
      await bot?.stop();
    };
    for (const start of round % 2 === 0 ? [one, other] : [other, one]) await start();
  }
  return sides;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await action();
  return performance.now() - begin;
}
