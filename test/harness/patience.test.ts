import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventually, patiently, progress, whenStill } from "./patience.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("patience", () => {
  it("ends when nothing has happened for as long as it may, and once", () => {
    const given: string[] = [];
    whenStill((why) => given.push(why), 1000);
    vi.advanceTimersByTime(999);
    expect(given).toEqual([]);
    vi.advanceTimersByTime(5000);
    expect(given).toEqual(["nothing has happened for 1 s"]);
  });

  it("begins anew whenever something happens", () => {
    const given: string[] = [];
    whenStill((why) => given.push(why), 1000);
    for (let second = 0; second < 5; second += 1) {
      vi.advanceTimersByTime(900);
      progress();
    }
    expect(given).toEqual([]);
    vi.advanceTimersByTime(1100);
    expect(given).toEqual(["nothing has happened for 1 s"]);
  });

  it("is as much greater as more want each core", () => {
    const given: string[] = [];
    let load = 4;
    whenStill(
      (why) => given.push(why),
      1000,
      () => load,
    );
    vi.advanceTimersByTime(3000);
    load = 1;
    vi.advanceTimersByTime(200);
    expect(given).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(given).toEqual(["nothing has happened for 1 s"]);
  });

  it("has an end also where something happens all the time", () => {
    const given: string[] = [];
    whenStill((why) => given.push(why), 1000);
    for (let part = 0; part < 100; part += 1) {
      vi.advanceTimersByTime(100);
      progress();
    }
    expect(given).toEqual(["there was no end to it in 10 s"]);
  });

  it("is no longer needed when what was waited for is there", () => {
    const given: string[] = [];
    whenStill((why) => given.push(why), 1000)();
    vi.advanceTimersByTime(2000);
    expect(given).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says what was waited for", async () => {
    const lost = patiently(new Promise(() => undefined), () => "a wonder", 1000);
    const told = expect(lost).rejects.toThrow("a wonder: nothing has happened for 1 s");
    await vi.advanceTimersByTimeAsync(1000);
    await told;
    expect(await patiently(Promise.resolve(7), () => "seven")).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what holds eventually", () => {
  it("is looked at until it does", async () => {
    let count = 0;
    const done = eventually(() => {
      count += 1;
      expect(count).toBe(3);
    });
    await vi.advanceTimersByTimeAsync(100);
    await done;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails as the last look did", async () => {
    const lost = expect(eventually(() => expect("this").toBe("that"), 1000)).rejects.toThrow(
      /that/,
    );
    await vi.advanceTimersByTimeAsync(1100);
    await lost;
    expect(vi.getTimerCount()).toBe(0);
  });
});
