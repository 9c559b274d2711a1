import { expect, it } from "vitest";
import { message, type RawEvent } from "../../test/harness/rawEvents.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { HomeserverCall } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { Gaps } from "./gaps.ts";
import { FILLING_BYTES } from "./limits.ts";
import type { Content } from "./port.ts";
import { readSyncAnswer, type SyncAnswer } from "./syncAnswer.ts";

const ada = "@ada:example.org";
const signal = new AbortController().signal;

function scene(page: (room: string) => Promise<unknown>) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const call: HomeserverCall = (_method, where) => {
    const room = decodeURIComponent(where.split("/")[5] ?? "");
    asked.push(room);
    return page(room);
  };
  const gaps = new Gaps({ me: "@usher:example.org" as UserId, call, clock, log: silentLog });
  return { gaps, clock, asked };
}

function answer(...rooms: string[]): SyncAnswer {
  const join = Object.fromEntries(
    rooms.map((room) => [room, { timeline: { events: [], limited: true, prev_batch: "p" } }]),
  );
  return readSyncAnswer({ next_batch: "s2", rooms: { join } }) as SyncAnswer;
}

const size = (events: readonly Content[]): number => JSON.stringify(events).length;

it("share one measure of memory, each its own part: a room that is full of text leaves the others theirs, and is told of", async () => {
  const rooms = Array.from({ length: 8 }, (_, n) => `!${String(n)}:example.org`);
  const { gaps } = scene((room) => {
    const chunk: RawEvent[] = Array.from({ length: 100 }, () =>
      message(ada, room === rooms[0] ? "x".repeat(30_000) : "hi"),
    );
    return Promise.resolve({ chunk, end: room === rooms[0] ? "on" : undefined });
  });
  const found = await gaps.fill(answer(...rooms), { since: "s1", signal });
  const full = found.get(rooms[0] as RoomId);
  expect(full?.complete).toBe(false);
  expect(full?.events.length).toBeGreaterThan(10);
  expect(size(full?.events ?? [])).toBeLessThan(FILLING_BYTES / 8 + 1_000);
  for (const room of rooms.slice(1))
    expect(found.get(room as RoomId)).toMatchObject({ complete: true, events: { length: 100 } });
});

it("of a room whose pages do not come in time are told of, at once for a while, and those of other rooms are filled", async () => {
  const { gaps, clock, asked } = scene((room) =>
    room === "!slow:example.org"
      ? Promise.reject(new HomeserverError({ kind: "timeout" }))
      : Promise.resolve({ chunk: [message(ada, "hi")] }),
  );
  const both = answer("!slow:example.org", "!good:example.org");
  for (let turn = 0; turn < 3; turn += 1) {
    const found = await gaps.fill(both, { since: "s1", signal });
    expect(
      ["!good:example.org", "!slow:example.org"].map((room) => found.get(room as RoomId)?.complete),
    ).toEqual([true, false]);
  }
  expect(asked.filter((room) => room === "!slow:example.org")).toHaveLength(1);
  clock.advance(600_000);
  await gaps.fill(both, { since: "s1", signal });
  expect(asked.filter((room) => room === "!slow:example.org")).toHaveLength(2);
});

it("are left as they are by one that must be careful", async () => {
  const { gaps, asked } = scene(() => Promise.resolve({ chunk: [] }));
  const found = await gaps.fill(answer("!a:example.org"), { since: "s1", signal, careful: true });
  expect([...found.values()]).toEqual([{ events: [], complete: false }]);
  expect(asked).toEqual([]);
});
