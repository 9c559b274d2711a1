import { describe, expect, it } from "vitest";
import { member, message, rawEvent, stateEvent } from "../../test/harness/rawEvents.ts";
import { actionable } from "../chat/gate.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { readEvent } from "./events.ts";
import { gistOf, isWorthKeeping, sizeOf, withoutRelated } from "./gist.ts";
import type { RoomEvent } from "./port.ts";

const ada = "@ada:example.org";
const long = "x".repeat(60_000);
const read = (raw: object): RoomEvent => readEvent(raw, "!room:example.org" as RoomId) as RoomEvent;

describe("what is kept of a gap", () => {
  it.each([
    ["a short message", message(ada, "!usher list"), true],
    ["a message too long to be a command", message(ada, long), false],
    [
      "a reaction",
      rawEvent("m.reaction", ada, {
        "m.relates_to": { rel_type: "m.annotation", event_id: "$1", key: "✅" },
      }),
      true,
    ],
    [
      "what may be a command and is encrypted",
      rawEvent("m.room.encrypted", ada, { ciphertext: "x".repeat(30_000) }),
      true,
    ],
    ["a step of a verification", rawEvent("m.key.verification.start", ada, {}), true],
    ["what is nobody's command", rawEvent("m.poll", ada, {}), false],
    ["state, however large", stateEvent("m.room.topic", ada, { topic: long }), true],
  ])("%s: %s", (_, event, kept) => {
    expect(isWorthKeeping(event)).toBe(kept);
  });

  it("is not judged by what the homeserver has gathered beside it", () => {
    const edited = {
      ...message(ada, "!usher list"),
      unsigned: { age: 1, "m.relations": { "m.replace": message(ada, long) } },
    };
    expect(isWorthKeeping(edited)).toBe(false);
    expect(withoutRelated(edited)).toEqual({ ...edited, unsigned: { age: 1 } });
    expect(isWorthKeeping(withoutRelated(edited))).toBe(true);
  });
});

describe("the gist of an event", () => {
  it("is all of a small one", () => {
    const event = read(message(ada, "!usher list"));
    expect(gistOf(event)).toBe(event);
  });

  it("of a long message is enough to know to whom it was said, and that it is too long", () => {
    const event = read(
      message(ada, `!usher ${long}`, { "m.mentions": { user_ids: [ada] }, formatted_body: long }),
    );
    const gist = gistOf(event);
    expect(Object.keys(gist.content).sort()).toEqual(["body", "m.mentions", "msgtype"]);
    expect(String(gist.content["body"]).startsWith("!usher xxx")).toBe(true);
    for (const one of [event, gist])
      expect(actionable(one, "@usher:example.org" as UserId)).toMatchObject({
        heard: { kind: "message", tooLong: true },
      });
  });

  it("of a removal still says what was removed", () => {
    const gist = gistOf(
      read(rawEvent("m.room.redaction", ada, { redacts: "$gone", reason: long })),
    );
    expect(gist.content).toEqual({ redacts: "$gone" });
  });

  it("of everything else is small too, whatever is large in it", () => {
    const large = [
      message(ada, "hi", { "m.mentions": { user_ids: [long] } }),
      rawEvent("m.poll", ada, { long }),
      rawEvent("m.reaction", ada, { "m.relates_to": { key: long } }),
      member(ada, "join", { displayname: long }),
    ];
    for (const event of large) expect(sizeOf(gistOf(read(event)).content)).toBeLessThan(40_000);
    expect(gistOf(read(member(ada, "join", { displayname: long }))).content).toEqual({
      membership: "join",
    });
  });
});
