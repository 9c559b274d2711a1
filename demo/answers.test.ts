import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Observed, type Sighting } from "../test/harness/observed.ts";
import { wholeAnswer } from "./answers.ts";

const room = "!room";
const usherId = "@usher:home.test";
const base: Sighting = {
  roomId: room,
  eventId: "$e",
  type: "m.room.message",
  sender: usherId,
  content: { body: "…" },
  stateKey: undefined,
  previous: undefined,
  ts: 0,
  encryption: "none",
  past: false,
};

describe("waiting for Usher's whole answer", () => {
  let feed: Observed;
  beforeEach(() => {
    vi.useFakeTimers();
    feed = new Observed();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const say = (): void => {
    feed.add(base);
  };
  const typing = (...user_ids: string[]): void => {
    feed.add({ ...base, type: "m.typing", sender: "", content: { user_ids } });
  };
  /** Whether it has ended, and how. */
  const waiting = (owed: boolean): { state: () => boolean | "waiting" } => {
    let state: boolean | "waiting" = "waiting";
    void wholeAnswer(feed, { usherId, room, from: 0, owed }).then((result) => (state = result));
    return { state: () => state };
  };

  it("ends a moment after the last of several messages", async () => {
    const { state } = waiting(true);
    await vi.advanceTimersByTimeAsync(20_000);
    say();
    await vi.advanceTimersByTimeAsync(500);
    say();
    await vi.advanceTimersByTimeAsync(500);
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(101);
    expect(state()).toBe(true);
  });

  it("goes on while Usher is shown as writing", async () => {
    const { state } = waiting(true);
    typing(usherId);
    say();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state()).toBe("waiting");
    typing();
    await vi.advanceTimersByTimeAsync(601);
    expect(state()).toBe(true);
  });

  it("gives an owed answer thirty seconds, and says when none came", async () => {
    const { state } = waiting(true);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(state()).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(state()).toBe(false);
  });

  it("does not hang on a line that nobody answers, nor takes others' words for Usher's", async () => {
    const { state } = waiting(false);
    feed.add({ ...base, sender: "@bob:home.test" });
    feed.add({ ...base, roomId: "!elsewhere" });
    await vi.advanceTimersByTimeAsync(1_100);
    expect(state()).toBe(true);
  });
});
