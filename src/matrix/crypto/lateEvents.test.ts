import { describe, expect, it } from "vitest";
import type { RoomId } from "../../kernel/ids.ts";
import { LateEvents, type LateEvent } from "./lateEvents.ts";

const ROOM = "!a:x" as RoomId;
const OTHER = "!b:x" as RoomId;
const DAY = 24 * 3_600_000;

function late(eventId: string, more: Partial<LateEvent> & { session?: string } = {}): LateEvent {
  return {
    room: ROOM,
    eventId,
    at: 0,
    event: { event_id: eventId, content: { session_id: more.session ?? "s" } },
    ...more,
  };
}

describe("events that wait for their key", () => {
  it("are given by room and session, in the order in which they came", () => {
    const events = new LateEvents();
    for (const one of [
      late("$1"),
      late("$2", { session: "t" }),
      late("$3"),
      late("$4", { room: OTHER }),
    ])
      events.add(one);
    const ids = (session: string, room = ROOM): string[] =>
      events.of([{ room, session }]).map(({ eventId }) => eventId);
    expect(ids("s")).toEqual(["$1", "$3"]);
    expect(ids("t")).toEqual(["$2"]);
    expect(ids("s", OTHER)).toEqual(["$4"]);
    expect(ids("u")).toEqual([]);
    expect(events.remove("$1")).toBe(true);
    expect(events.remove("$1")).toBe(false);
    expect(ids("s")).toEqual(["$3"]);
  });

  it("keep their place and their age when they come again", () => {
    const events = new LateEvents();
    events.add(late("$1"));
    events.add(late("$2"));
    events.add(late("$1", { at: DAY - 1 }));
    expect(events.all.map(({ eventId, at }) => [eventId, at])).toEqual([
      ["$1", 0],
      ["$2", 0],
    ]);
  });

  it("are at most 500, and none is older than a day", () => {
    const events = new LateEvents();
    for (let number = 0; number < 600; number += 1)
      events.add(late(`$${String(number)}`, { at: number }));
    expect(events.size).toBe(500);
    expect(events.all[0]?.eventId).toBe("$100");
    events.add(late("$last", { at: DAY + 300 }));
    expect(events.all[0]?.eventId).toBe("$300");
    events.prune(2 * DAY + 301);
    expect(events.size).toBe(0);
  });

  it("leave on disk where they are, and nothing of who wrote what", () => {
    const events = new LateEvents();
    events.add(
      late("$1", {
        at: 5,
        event: { sender: "@ann:x", content: { ciphertext: "secret", session_id: "s" } },
      }),
    );
    expect(events.toJson()).not.toMatch(/ann|secret/);
    const again = new LateEvents();
    again.load(events.toJson(), 6);
    expect(again.all).toEqual([{ room: ROOM, eventId: "$1", at: 5, event: undefined }]);
    const tooLate = new LateEvents();
    tooLate.load(events.toJson(), DAY + 6);
    expect(tooLate.size).toBe(0);
  });

  it.each(["", "{", "null", "[1]", '[{"room":"x"}]'])(
    "read nothing from a damaged file: %j",
    (json) => {
      const events = new LateEvents();
      events.load(json, 0);
      expect(events.size).toBe(0);
    },
  );
});
