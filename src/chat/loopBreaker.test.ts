import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { heard, LoopBreaker, type Verdict, type Window } from "./loopBreaker.ts";

const pace = { commands: 3, withinMs: 60_000 };
const room = "!room:example.org" as RoomId;
const bot = "@bot:example.org" as UserId;

describe("LoopBreaker", () => {
  it("hears as many as the pace allows, says one sentence, and is silent", () => {
    const loops = new LoopBreaker(pace);
    const verdicts = [0, 1, 2, 3, 4, 5].map((second) => loops.hear(room, bot, second * 1_000));
    expect(verdicts).toEqual(["hear", "hear", "hear", "say", "silent", "silent"]);
  });

  it("hears again once the sender has been slower than the pace", () => {
    const loops = new LoopBreaker(pace);
    for (let second = 0; second < 10; second += 1) loops.hear(room, bot, second * 1_000);
    expect(loops.hear(room, bot, 65_000)).toBe("silent");
    expect(loops.hear(room, bot, 69_000)).toBe("hear");
  });

  it("says its sentence again for a new flood", () => {
    const loops = new LoopBreaker(pace);
    const flood = (from: number): readonly Verdict[] =>
      [0, 1, 2, 3, 4].map((ms) => loops.hear(room, bot, from + ms));
    expect(flood(0)).toEqual(["hear", "hear", "hear", "say", "silent"]);
    expect(flood(120_000)).toEqual(["hear", "hear", "hear", "say", "silent"]);
  });

  it("never minds a person's pace", () => {
    const loops = new LoopBreaker(pace);
    for (let index = 0; index < 100; index += 1)
      expect(loops.hear(room, bot, index * 20_000)).toBe("hear");
  });

  it("counts each sender in each room for itself", () => {
    const loops = new LoopBreaker(pace);
    for (let index = 0; index < 5; index += 1) loops.hear(room, bot, index);
    expect(loops.hear(room, "@ann:example.org" as UserId, 5)).toBe("hear");
    expect(loops.hear("!other:example.org" as RoomId, bot, 5)).toBe("hear");
  });

  it("forgets those who say nothing more", () => {
    const loops = new LoopBreaker(pace);
    for (let index = 0; index < 1_000; index += 1)
      loops.hear(room, `@u${String(index)}:example.org` as UserId, 0);
    loops.hear(room, bot, 60_000);
    expect(loops.size).toBe(1);
  });

  it("ends a conversation of two bots that answer each other at once", () => {
    const loops = new LoopBreaker(pace);
    let answers = 0;
    // The other bot answers every message of ours with a command; so it goes on for as long as we answer.
    for (let now = 0, answered = true; answered && answers < 1_000; now += 100) {
      answered = loops.hear(room, bot, now) !== "silent";
      if (answered) answers += 1;
    }
    expect(answers).toBe(4);
  });
});

it("in no window are more commands heard than the pace allows, and one sentence is said for each silence", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30_000), { maxLength: 60 }), (pauses) => {
      let window: Window | undefined;
      let now = 0;
      let before: Verdict = "hear";
      const heardAt: number[] = [];
      for (const pause of pauses) {
        now += pause;
        const next = heard(window, now, pace);
        window = next.window;
        if (next.verdict === "hear") heardAt.push(now);
        expect(next.verdict === "say" && before !== "hear").toBe(false);
        expect(next.verdict === "silent" && before === "hear").toBe(false);
        expect(window.times.length).toBeLessThanOrEqual(pace.commands + 1);
        before = next.verdict;
      }
      for (const at of heardAt)
        expect(
          heardAt.filter((other) => other > at - pace.withinMs && other <= at).length,
        ).toBeLessThanOrEqual(pace.commands);
    }),
  );
});
