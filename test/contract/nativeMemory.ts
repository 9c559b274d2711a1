import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import type { CryptoEngine } from "../../src/matrix/crypto/engine.ts";
import { openNativeEngine } from "../../src/matrix/crypto/nativeEngine.ts";

/**
 * A program for `nativeMemory.test.ts`: gives the native engine lists of people while its threads are busy with other things, and has
 * the memory of all that nobody holds freed and used again before it comes to read them. Its argument is a folder; run with `--expose-gc`.
 */
const folder = process.argv[2] ?? "";
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const open = (name: string): Promise<CryptoEngine> =>
  openNativeEngine({
    me: "@a:example.org" as UserId,
    deviceId: "DEVICE",
    folder: join(folder, name),
    storeKey: new Uint8Array(32),
    clock: systemClock,
    shareWith: "all-devices",
    events: { keys: () => undefined, broken: () => undefined },
  });
const people = (name: string, count: number): UserId[] =>
  Array.from({ length: count }, (_, at) => `@${name}${String(at)}:example.org` as UserId);

const engine = await open("engine");
for (let round = 0; round < 5; round += 1) {
  // Opening a store is hard work: it keeps every thread of the package busy for a while.
  const opening = Array.from({ length: 6 }, (_, at) => open(`busy-${String(round)}-${String(at)}`));
  const calls = Array.from({ length: 200 }, () => engine.track(people("asked", 20)));
  for (let time = 0; time < 2; time += 1) {
    globalThis.gc?.();
    await turn();
  }
  const afterwards = engine.track(people("somebody-else-with-a-long-name-", 4_000));
  await Promise.all([...calls, afterwards]);
  for (const one of await Promise.all(opening)) await one.close();
}
console.log(
  `asked for ${String((await engine.outgoing()).filter(({ body }) => body.includes("@asked19:example.org")).length)}`,
);
await engine.close();
