import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { openNativeEngine } from "../../src/matrix/crypto/nativeEngine.ts";
import type { FilePath } from "../../src/privacy/declared.ts";
import { openWasmStore } from "../../src/matrix/crypto/wasmStore.ts";

/**
 * A program for `enginePanic.test.ts`: makes an engine's library panic by encrypting without a shared key, and prints what follows.
 * Its arguments are the engine's name and a folder; a third one makes it end with an error of another kind.
 */
const [name, folder = "", other] = process.argv.slice(2);
const told: string[] = [];
const room = "!room:example.org" as RoomId;
const me = "@a:example.org" as UserId;
const options = {
  storeKey: new Uint8Array(32),
  me,
  deviceId: "DEVICE",
  clock: systemClock,
  shareWith: "all-devices" as const,
  events: { keys: () => undefined, broken: () => told.push("broken") },
};
const engine = await (name === "native"
  ? openNativeEngine({ ...options, folder })
  : openWasmStore({ ...options, file: join(folder, "store.sqlite") as FilePath }));
const codeOf = (error: unknown): string => String((error as { code?: unknown }).code);
const before = engine.fingerprint;
// The second is under way when the first breaks the engine.
const outcomes = await Promise.allSettled([
  engine.encrypt(room, "m.room.message", {}),
  engine.encrypt(room, "m.room.message", {}),
]);
for (const outcome of outcomes)
  told.push(outcome.status === "rejected" ? codeOf(outcome.reason) : "encrypted");
told.push(engine.healthy ? "healthy" : "unhealthy");
told.push(await engine.outgoing().then(() => "answered", codeOf));
await engine.restart();
told.push(
  engine.healthy ? "healthy" : "unhealthy",
  engine.fingerprint === before ? "same device" : "another device",
);
await engine.track([me]);
told.push(String((await engine.outgoing()).length));
console.log(told.join("\n"));
if (other !== undefined) {
  setImmediate(() => {
    throw new Error("of another kind");
  });
  await new Promise((resolve) => setTimeout(resolve, 10_000));
}
await engine.close();
