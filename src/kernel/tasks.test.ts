import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachInTurn, KeyedQueue, settledWithin } from "./tasks.ts";

describe("KeyedQueue", () => {
  it("runs one after another for each key, in order, and different keys side by side", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean()), { maxLength: 20 }),
        async (scheduler, jobs) => {
          const failed: string[] = [];
          const queue = new KeyedQueue((error, key) =>
            failed.push(`${key}: ${(error as Error).message}`),
          );
          const running = new Map<string, number>();
          const order = new Map<string, number[]>();
          for (const [index, [key, fails]] of jobs.entries()) {
            void queue.run(key, async () => {
              expect(running.get(key) ?? 0).toBe(0);
              running.set(key, 1);
              order.set(key, [...(order.get(key) ?? []), index]);
              await scheduler.schedule(Promise.resolve());
              running.set(key, 0);
              if (fails) throw new Error(String(index));
            });
          }
          const idle = queue.idle();
          await scheduler.waitFor(idle);
          for (const key of ["a", "b", "c"]) {
            expect(order.get(key) ?? []).toEqual(
              [...jobs.entries()].filter(([, job]) => job[0] === key).map(([index]) => index),
            );
          }
          expect(failed).toHaveLength(jobs.filter(([, fails]) => fails).length);
          expect(queue.size).toBe(0);
        },
      ),
    );
  });

  it("does not let a key wait for another", async () => {
    const queue = new KeyedQueue(() => undefined);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const blocked = queue.run("a", () => promise);
    await queue.run("b", () => Promise.resolve());
    expect(queue.size).toBe(1);
    resolve(undefined);
    await blocked;
    expect(queue.size).toBe(0);
  });

  it("lets the key's others go on while a task waits aside, one at a time, and goes on itself after those that came meanwhile", async () => {
    const queue = new KeyedQueue(() => undefined);
    const news = Promise.withResolvers<string>();
    const done: string[] = [];
    const first = queue.run("a", async () => {
      done.push("asked");
      done.push(await queue.aside("a", () => news.promise));
    });
    await queue.run("a", () => {
      done.push("second");
      return Promise.resolve();
    });
    expect(done).toEqual(["asked", "second"]);
    const slow = Promise.withResolvers<undefined>();
    void queue.run("a", async () => {
      news.resolve("news");
      await slow.promise;
      done.push("third");
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(["asked", "second"]);
    slow.resolve(undefined);
    await first;
    expect(done).toEqual(["asked", "second", "third", "news"]);
    expect(queue.size).toBe(0);
  });

  it("goes on aside when the waiting fails too, and is not idle while something waits", async () => {
    const failed: unknown[] = [];
    const queue = new KeyedQueue((error) => failed.push(error));
    const { promise, reject } = Promise.withResolvers<never>();
    void queue.run("a", () => queue.aside("a", () => promise));
    const progress = { idle: false };
    const idle = queue.idle().then(() => {
      progress.idle = true;
    });
    await queue.run("a", () => Promise.resolve());
    await new Promise((resolve) => setImmediate(resolve));
    expect(progress.idle).toBe(false);
    const late = new Error("late");
    reject(late);
    await idle;
    expect(failed).toEqual([late]);
    const after: string[] = [];
    await queue.run("a", () => Promise.resolve(void after.push("free")));
    expect(after).toEqual(["free"]);
  });

  it("is idle only when what a task added is done too", async () => {
    const queue = new KeyedQueue(() => undefined);
    let done = false;
    void queue.run("a", () => {
      void queue.run("a", async () => {
        await new Promise((resolve) => setImmediate(resolve));
        done = true;
      });
      return Promise.resolve();
    });
    await queue.idle();
    expect(done).toBe(true);
  });
});

describe("settledWithin", () => {
  it("says whether the promise came first, well or badly", async () => {
    expect(await settledWithin(Promise.resolve(), 60_000)).toBe(true);
    expect(await settledWithin(Promise.reject(new Error("x")), 60_000)).toBe(true);
    expect(await settledWithin(new Promise(() => undefined), 1)).toBe(false);
  });
});

describe("eachInTurn", () => {
  it("begins each when the one before is done, or has taken too long", async () => {
    const { promise: slow, resolve } = Promise.withResolvers<void>();
    const order: string[] = [];
    await eachInTurn(
      ["slow", "quick", "last"],
      async (name) => {
        order.push(`${name} begins`);
        await (name === "slow" ? slow : undefined);
        order.push(`${name} ends`);
      },
      { heldUpMs: 1 },
    );
    expect(order).toEqual([
      ...["slow begins", "quick begins", "quick ends", "last begins", "last ends"],
    ]);
    resolve();
    await expect.poll(() => order.at(-1)).toBe("slow ends");
  });

  it("leaves out what goes on from before", async () => {
    const { promise: slow, resolve } = Promise.withResolvers<void>();
    const busy = new Set<string>();
    let begun = 0;
    const work = (): Promise<void> => {
      begun += 1;
      return slow;
    };
    for (let round = 0; round < 3; round += 1) await eachInTurn(["a"], work, { busy, heldUpMs: 1 });
    expect(begun).toBe(1);
    resolve();
    await expect.poll(() => busy.size).toBe(0);
    await eachInTurn(["a"], work, { busy });
    expect(begun).toBe(2);
  });
});
