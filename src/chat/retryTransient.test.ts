import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { retryTransient } from "./retryTransient.ts";

const down = new UsherError("room-unreachable", { status: 502, code: "answered", action: "send" });
const refused = new UsherError("room-unreachable", {
  status: 403,
  code: "M_FORBIDDEN",
  action: "send",
});

/** Lets everything that was promised happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

describe("retrying what may pass", () => {
  it("tries again, with longer and longer pauses, and says that it does", async () => {
    const clock = new ManualClock();
    const tries: boolean[] = [];
    const done = retryTransient({ clock }, (again) => {
      tries.push(again);
      return tries.length < 3 ? Promise.reject(down) : Promise.resolve("sent");
    });
    await settle();
    clock.advance(5_000);
    await settle();
    clock.advance(9_999);
    await settle();
    expect(tries).toEqual([false, true]);
    clock.advance(1);
    await expect(done).resolves.toBe("sent");
    expect(tries).toEqual([false, true, true]);
  });

  it.each([refused, new UsherError("unexpected"), new Error("a mistake of ours")])(
    "gives up at once where it will not pass: %s",
    async (error) => {
      await expect(
        retryTransient({ clock: new ManualClock() }, () => Promise.reject(error)),
      ).rejects.toBe(error);
    },
  );

  it("gives up in the end", async () => {
    const clock = new ManualClock();
    let tries = 0;
    const done = retryTransient({ clock }, () => {
      tries += 1;
      return Promise.reject(down);
    });
    const failed = expect(done).rejects.toBe(down);
    for (let pause = 0; pause < 40; pause += 1) {
      await settle();
      clock.advance(60_000);
    }
    await failed;
    expect(tries).toBe(30);
  });

  it("ends with the signal, in the middle of a pause", async () => {
    const stop = new AbortController();
    const done = retryTransient({ clock: new ManualClock(), signal: stop.signal }, () =>
      Promise.reject(down),
    );
    const failed = expect(done).rejects.toThrow("stopping");
    await settle();
    stop.abort(new Error("stopping"));
    await failed;
  });
});
