import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { UnreadEvents } from "./unreadable.ts";

const unread = (room: string, event: string, at: number): Parameters<UnreadEvents["note"]>[0] => ({
  room: room as RoomId,
  event: event as EventId,
  sender: "@a:hs" as UserId,
  why: "missing-key",
  at,
});

describe("UnreadEvents", () => {
  it("are told after half a minute, once, the latest of each room", () => {
    const events = new UnreadEvents();
    events.note(unread("!a", "$1", 0));
    events.note(unread("!a", "$2", 10));
    events.note(unread("!b", "$3", 20_000));
    expect(events.overdue(29_999)).toEqual([]);
    expect(events.overdue(30_010)).toEqual([unread("!a", "$2", 10)]);
    expect(events.overdue(50_000)).toEqual([unread("!b", "$3", 20_000)]);
    expect(events.overdue(90_000)).toEqual([]);
  });

  it("are not told when the key came in time", () => {
    const events = new UnreadEvents();
    events.note(unread("!a", "$1", 0));
    events.readable("$1" as EventId);
    expect(events.overdue(60_000)).toEqual([]);
  });

  it("are remembered to a bounded number", () => {
    const events = new UnreadEvents();
    for (let count = 0; count < 3_000; count += 1)
      events.note(unread(`!${String(count)}`, `$${String(count)}`, 0));
    expect(events.overdue(60_000)).toHaveLength(1_000);
  });
});
