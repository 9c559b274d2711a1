import { aheadOf, systemClock } from "../../src/kernel/clock.ts";
import { OtherClock } from "../../src/kernel/otherClock.ts";
import { Program, sentencesOf } from "../../src/program.ts";
import { END_OF_LIFE, type HostOrder } from "./hostOrder.ts";

/**
 * Runs Usher as `src/main.ts` does, and again once it has stopped in order: to load and compile the program costs more than all else of a start, and
 * the end-to-end tests start it some hundred times. What kills Usher kills this; how its process ends is tried with `src/main.ts` itself.
 */
let program: Program | undefined;
let over: Promise<void> = Promise.resolve();

function fail(error: unknown): never {
  console.error(sentencesOf(error));
  process.exit(1);
}

function setEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env))
    if (!(name in env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

async function stop(): Promise<void> {
  await program?.stop();
  // What has not begun has nothing to stop, and goes on starting.
  const begun = await Promise.race([
    over.then(() => true),
    new Promise((resolve) => setImmediate(resolve)),
  ]);
  if (begun !== true) process.exit(0);
  // What Usher left running would go on beside the next one.
  if (process.getActiveResourcesInfo().includes("Timeout"))
    fail(new Error("Usher has stopped, and left a timer."));
  process.stdout.write(END_OF_LIFE);
  process.stderr.write(END_OF_LIFE);
}

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
process.on("message", (order: HostOrder) => {
  if (order.do === "stop") return void stop().catch(fail);
  process.chdir(order.folder);
  setEnvironment(order.env);
  const other = new OtherClock(order.aheadMs);
  program = new Program(process.env, { ...aheadOf(systemClock, order.aheadMs), other });
  over = program.run();
  over.catch(fail);
});
