import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import { NativeMachine } from "./nativeMachine.ts";
import type { NativeModule } from "./nativeValues.ts";

const LIMIT_MS = 1_000;

/** As much of the package as a machine needs; it counts what is opened and closed. */
function fakePackage() {
  const seen = { opened: 0, closed: 0 };
  const native = {
    UserId: String,
    DeviceId: String,
    OlmMachine: {
      initialize: () => {
        seen.opened += 1;
        return Promise.resolve({ close: () => (seen.closed += 1) });
      },
    },
  };
  return { seen, native: native as unknown as NativeModule };
}

describe("the machine of the native package", () => {
  const clock = new ManualClock();
  let folder: string;
  let broken: number;
  let fake: ReturnType<typeof fakePackage>;
  let machine: NativeMachine;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "usher-native-"));
    broken = 0;
    fake = fakePackage();
    machine = await NativeMachine.open(fake.native, {
      me: "@a:example.org" as UserId,
      deviceId: "DEVICE",
      folder: join(folder, "native"),
      storeKey: new Uint8Array(32),
      clock,
      limitMs: LIMIT_MS,
      onBroken: () => (broken += 1),
    });
  });
  afterEach(async () => {
    await machine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is closed only when the call under way has ended, and asked nothing afterwards", async () => {
    const call = Promise.withResolvers<string>();
    const answer = machine.run(() => call.promise);
    const closing = machine.close();
    await expect(machine.run(() => Promise.resolve())).rejects.toMatchObject({
      code: "crypto-engine-broken",
    });
    expect(fake.seen.closed).toBe(0);
    call.resolve("done");
    expect(await answer).toBe("done");
    await closing;
    expect(fake.seen.closed).toBe(1);
    await machine.close();
    expect(fake.seen.closed).toBe(1);
  });

  it("leaves no time limit behind of a call that throws before it gives a promise", async () => {
    const bug = new Error("a bug");
    const thrower = (): never => {
      throw bug;
    };
    await expect(machine.run(thrower)).rejects.toBe(bug);
    expect(clock.waiting).toBe(0);
  });

  it("is not closed by the end of the process under a call, and is where none is", async () => {
    const listeners = process.listeners("exit");
    const onExit = listeners.at(-1) as () => void;
    const call = Promise.withResolvers<undefined>();
    const answer = machine.run(() => call.promise);
    onExit();
    expect(fake.seen.closed).toBe(0);
    call.resolve(undefined);
    await answer;
    onExit();
    expect(fake.seen.closed).toBe(1);
    await machine.close();
    expect(process.listeners("exit")).not.toContain(onExit);
  });

  it("a call that takes too long breaks it, and it is opened again when that call has ended", async () => {
    const call = Promise.withResolvers<undefined>();
    const answer = machine.run(() => call.promise);
    clock.advance(LIMIT_MS);
    await expect(answer).rejects.toMatchObject({ code: "crypto-engine-broken" });
    expect([broken, machine.healthy]).toEqual([1, false]);
    const reopening = machine.reopen();
    expect(fake.seen).toEqual({ opened: 1, closed: 0 });
    call.resolve(undefined);
    await reopening;
    expect(fake.seen).toEqual({ opened: 2, closed: 1 });
    expect(await machine.run(() => Promise.resolve("well"))).toBe("well");
    expect(clock.waiting).toBe(0);
  });

  it("a panic breaks it, and another error does not", async () => {
    await expect(machine.run(() => Promise.reject(new Error("of another kind")))).rejects.toThrow(
      "of another kind",
    );
    expect(machine.healthy).toBe(true);
    const panic = machine.run(() => Promise.reject(new Error("Panic in async function")));
    await expect(panic).rejects.toMatchObject({ code: "crypto-engine-broken" });
    expect([broken, machine.healthy]).toEqual([1, false]);
  });

  it("keeps its store for the owner alone", () => {
    expect(statSync(join(folder, "native")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "native", "matrix-sdk-crypto.sqlite3")).mode & 0o777).toBe(0o600);
  });
});
