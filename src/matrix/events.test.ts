import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asRoomId, type RoomId } from "../kernel/ids.ts";
import { decrypted, isContent, isEncrypted, membershipBefore, readEvent } from "./events.ts";
import { readSyncAnswer } from "./syncAnswer.ts";
import type { Content, RoomEvent } from "./port.ts";

const room = asRoomId("!room:example.org") as RoomId;
const good = {
  event_id: "$event",
  type: "m.room.message",
  sender: "@ada:example.org",
  origin_server_ts: 1_767_225_600_000,
  content: { msgtype: "m.text", body: "hello" },
};

function read(raw: unknown): RoomEvent {
  const event = readEvent(raw, room);
  if (event === undefined) throw new Error("the event was refused");
  return event;
}

describe("readEvent", () => {
  it("takes a message and a state event", () => {
    expect(readEvent(good, room)).toEqual({
      eventId: "$event",
      roomId: room,
      type: "m.room.message",
      sender: "@ada:example.org",
      originServerTs: 1_767_225_600_000,
      content: { msgtype: "m.text", body: "hello" },
      redacted: false,
      encryption: "none",
    });
    expect(readEvent({ ...good, state_key: "" }, room)).toHaveProperty("stateKey", "");
  });

  it("knows what a redaction takes away, in every room version", () => {
    const redaction = { ...good, type: "m.room.redaction", content: {} };
    expect(read({ ...redaction, redacts: "$gone" })).toHaveProperty("redacts", "$gone");
    expect(read({ ...redaction, content: { redacts: "$gone" } })).toHaveProperty(
      "redacts",
      "$gone",
    );
    expect(read({ ...redaction, redacts: "$other", content: { redacts: "$gone" } })).toHaveProperty(
      "redacts",
      "$gone",
    );
    for (const odd of [{}, { redacts: 5 }, { redacts: "gone" }])
      expect(read({ ...redaction, ...odd })).not.toHaveProperty("redacts");
    expect(read({ ...good, redacts: "$gone" })).not.toHaveProperty("redacts");
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a list", []],
    ["text", "event"],
    ["no content", { ...good, content: undefined }],
    ["content that is a list", { ...good, content: [] }],
    ["content that is text", { ...good, content: "hello" }],
    ["content that is null", { ...good, content: null }],
    [
      "content with a prototype",
      { ...good, content: JSON.parse('{"__proto__":{"body":"x"}}') as unknown },
    ],
    [
      "an envelope with a prototype",
      JSON.parse(`{"__proto__":{"admin":true},${JSON.stringify(good).slice(1)}`),
    ],
    ["an event id without a dollar", { ...good, event_id: "event" }],
    ["an event id with a line break", { ...good, event_id: "$a\nb" }],
    ["an event id that is a number", { ...good, event_id: 1 }],
    ["no sender", { ...good, sender: undefined }],
    ["a sender that is no MXID", { ...good, sender: "ada" }],
    ["a sender that is a list", { ...good, sender: ["@ada:example.org"] }],
    ["an empty type", { ...good, type: "" }],
    ["a state key that is a number", { ...good, state_key: 0 }],
    ["a time before 1970", { ...good, origin_server_ts: -1 }],
    ["a time with a fraction", { ...good, origin_server_ts: 1.5 }],
    ["a time beyond every integer", { ...good, origin_server_ts: 1e300 }],
    ["a time that is text", { ...good, origin_server_ts: "1767225600000" }],
    ["a time that is no number", { ...good, origin_server_ts: Number.NaN }],
  ])("refuses %s", (_name, raw) => {
    expect(readEvent(raw, room)).toBeUndefined();
  });

  it("sees that an event was redacted, and ignores odd shapes of that", () => {
    expect(
      read({ ...good, content: {}, unsigned: { redacted_because: { type: "m.room.redaction" } } })
        .redacted,
    ).toBe(true);
    expect(read({ ...good, content: {}, unsigned: { redacted_by: "$redaction" } }).redacted).toBe(
      true,
    );
    expect(read({ ...good, unsigned: [] }).redacted).toBe(false);
    expect(read({ ...good, unsigned: { redacted_because: 1 } }).redacted).toBe(false);
  });

  it("takes content of any depth", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`) as Content;
    expect(read({ ...good, content: deep }).content).toBe(deep);
  });

  it("never throws, and what it gives is of the right shape, whatever it is given", () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("$a", "@a:b", "m.room.message", 0, -1, 2 ** 53, {}, { __proto__: null }),
    );
    const nearly = fc.record(
      {
        event_id: odd,
        type: odd,
        sender: odd,
        origin_server_ts: odd,
        content: odd,
        state_key: odd,
        unsigned: odd,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), (raw) => {
        const event = readEvent(raw, room);
        if (event === undefined) return;
        expect(
          event.eventId.startsWith("$") && event.sender.startsWith("@") && isContent(event.content),
        ).toBe(true);
        expect(Number.isSafeInteger(event.originServerTs)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("readSyncAnswer", () => {
  it.each([
    ["null", null],
    ["a page", "<html>"],
    ["no token", {}],
    ["an empty token", { next_batch: "" }],
    ["a list", []],
  ])("refuses %s", (_name, raw) => {
    expect(readSyncAnswer(raw)).toBeUndefined();
  });

  it("never throws, and one odd room costs the others nothing", () => {
    const roomLike = fc.oneof(
      fc.jsonValue(),
      fc.record({
        timeline: fc.oneof(
          fc.jsonValue(),
          fc.record({
            events: fc.jsonValue(),
            limited: fc.jsonValue(),
            prev_batch: fc.jsonValue(),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), roomLike, roomLike, (top, one, other) => {
        const answer = readSyncAnswer({
          next_batch: "s1",
          to_device: top,
          device_lists: top,
          device_one_time_keys_count: top,
          device_unused_fallback_key_types: top,
          rooms: {
            join: { "!odd:x": one, "!good:x": { timeline: { events: [good] } } },
            invite: { "!odd:x": other },
            leave: { "!odd:x": other },
          },
        });
        expect(answer?.joined.get("!good:x" as RoomId)?.timeline).toEqual([good]);
      }),
    );
  });

  it("keeps the part that concerns keys, and says when the homeserver did not speak of fallback keys", () => {
    const answer = readSyncAnswer({
      next_batch: "s1",
      to_device: { events: [{ type: "m.room_key" }, "odd"] },
      device_lists: { changed: ["@a:x", "odd", 1], left: ["@b:x"] },
      device_one_time_keys_count: { signed_curve25519: 20, odd: "many" },
    });
    expect(answer?.crypto).toEqual({
      toDevice: [{ type: "m.room_key" }],
      changedUsers: ["@a:x"],
      leftUsers: ["@b:x"],
      oneTimeKeyCounts: { signed_curve25519: 20 },
      unusedFallbackKeys: undefined,
    });
    expect(
      readSyncAnswer({ next_batch: "s1", device_unused_fallback_key_types: ["signed_curve25519"] })
        ?.crypto.unusedFallbackKeys,
    ).toEqual(["signed_curve25519"]);
  });
});

describe("decryption", () => {
  const outer = read({
    ...good,
    type: "m.room.encrypted",
    content: { ciphertext: "…", "m.relates_to": { rel_type: "m.thread", event_id: "$root" } },
  });
  const inner = {
    type: "m.room.message",
    content: { body: "secret", "m.relates_to": { rel_type: "m.replace", event_id: "$other" } },
  };

  it("puts what was inside in place of the outer, with the outer's relation", () => {
    const event = decrypted(outer, { kind: "decrypted", ...inner, signedDevice: true });
    expect(event).toMatchObject({
      eventId: "$event",
      type: "m.room.message",
      encryption: "decrypted",
      signedDevice: true,
    });
    expect(event.content).toEqual({
      body: "secret",
      "m.relates_to": { rel_type: "m.thread", event_id: "$root" },
    });
  });

  it("ignores an inner relation where there is no outer one", () => {
    const event = decrypted(
      { ...outer, content: {} },
      { kind: "decrypted", ...inner, signedDevice: false },
    );
    expect(event.content).toEqual({ body: "secret" });
  });

  it.each([
    ["missing-key", "missing-key"],
    ["unknown-index", "missing-key"],
    ["withheld m.unverified", "unverified"],
    ["withheld m.blacklisted", "blocked"],
    ["withheld m.unauthorised", "unauthorised"],
    ["withheld m.unavailable", "unavailable"],
    ["withheld m.no_olm", "no-channel"],
    ["withheld org.example.new", "missing-key"],
    ["withheld constructor", "missing-key"],
    ["sender-mismatch", "other"],
    ["replayed", "other"],
  ])("shows what it cannot read for %s as unreadable, and why", (reason, unread) => {
    const event = decrypted(outer, { kind: "unreadable", late: true, reason });
    expect(event).toMatchObject({ type: "m.room.encrypted", encryption: "unreadable", unread });
    expect(event).not.toHaveProperty("signedDevice");
  });

  it("concerns neither state nor redacted events", () => {
    expect(isEncrypted(outer)).toBe(true);
    expect(isEncrypted({ ...outer, stateKey: "" })).toBe(false);
    expect(isEncrypted({ ...outer, redacted: true })).toBe(false);
  });
});

it("membershipBefore reads what the homeserver tells, of the right shape only", () => {
  expect(membershipBefore({ unsigned: { prev_content: { membership: "invite" } } })).toBe("invite");
  expect(membershipBefore({ unsigned: { prev_content: { membership: 1 } } })).toBeUndefined();
  expect(membershipBefore({ unsigned: "odd" })).toBeUndefined();
  expect(membershipBefore({})).toBeUndefined();
});
