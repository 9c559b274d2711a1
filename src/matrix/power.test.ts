import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import type { Content, RoomPower } from "./port.ts";
import {
  allowed,
  levelNeeded,
  levelOf,
  reaches,
  roomPower,
  withLevel,
  type Need,
} from "./power.ts";

const alice = "@alice:x" as UserId;
const bob = "@bob:x" as UserId;
const carol = "@carol:y" as UserId;
const room = (
  version: string,
  levels: Content | undefined,
  creators: readonly UserId[] = [alice],
): RoomPower => ({
  version,
  creators: new Set(creators),
  levels,
});

describe("row 16: levelOf", () => {
  it.each<[string, RoomPower, UserId, number]>([
    ["a level that is given", room("11", { users: { [bob]: 50 } }), bob, 50],
    ["a negative one", room("11", { users: { [bob]: -1 } }), bob, -1],
    ["the room's default", room("11", { users: { [bob]: 50 }, users_default: 10 }), carol, 10],
    ["the specification's default", room("11", {}), carol, 0],
    ["the creator before version 12 has what the levels say", room("11", { users: {} }), alice, 0],
    ["the creator where there are no levels", room("11", undefined), alice, 100],
    ["others where there are no levels", room("11", undefined), bob, 0],
    ["a creator of version 12", room("12", { users: { [alice]: 5 } }, [alice, bob]), bob, Infinity],
    ["a creator of version 12 without levels", room("12", undefined), alice, Infinity],
    ["others of version 12 without levels", room("12", undefined), bob, 0],
    ["a creator of a later version", room("13", {}), alice, Infinity],
    ["a creator of the version that became 12", room("org.matrix.hydra.11", {}), alice, Infinity],
    ["a creator of an unknown version", room("org.example.1", {}), alice, 0],
    ["a string in an old version", room("9", { users: { [bob]: " 50 " } }), bob, 50],
    ["a string default in an old version", room("1", { users_default: "25" }), bob, 25],
    ["a string in a version that knows none", room("10", { users: { [bob]: "50" } }), bob, 0],
    ["what is no number", room("9", { users: { [bob]: "lots" } }), bob, 0],
    ["what is no whole number", room("11", { users: { [bob]: 99.5 } }), bob, 0],
    ["null", room("11", { users: { [bob]: null } }), bob, 0],
    [
      "no level, where the default is lower",
      room("11", { users: { [bob]: {} }, users_default: -5 }),
      bob,
      -5,
    ],
    [
      "no level, where the default is higher",
      room("11", { users: { [bob]: {} }, users_default: 50 }),
      bob,
      0,
    ],
    ["users that are no object", room("11", { users: "everyone", users_default: 3 }), bob, 3],
  ])("%s", (_name, power, user, level) => {
    expect(levelOf(power, user)).toBe(level);
  });
});

describe("row 16: levelNeeded", () => {
  const widget: Need = { kind: "state", type: "im.vector.modular.widgets" };
  const message: Need = { kind: "message", type: "m.room.message" };
  it.each<[string, RoomPower, Need, number]>([
    [
      "state: the type's own",
      room("11", { events: { "im.vector.modular.widgets": 25 }, state_default: 75 }),
      widget,
      25,
    ],
    ["state: the room's default", room("11", { state_default: 75 }), widget, 75],
    ["state: the specification's default", room("11", {}), widget, 50],
    ["state: without levels", room("11", undefined), widget, 0],
    ["messages: the type's own", room("11", { events: { "m.room.message": 1 } }), message, 1],
    [
      "messages: the room's default",
      room("11", { events_default: 5, state_default: 75 }),
      message,
      5,
    ],
    ["messages: the specification's default", room("11", {}), message, 0],
    ["messages: without levels", room("11", undefined), message, 0],
    ["invite", room("11", {}), { kind: "invite" }, 0],
    ["invite: given", room("11", { invite: 60 }), { kind: "invite" }, 60],
    ["kick", room("11", {}), { kind: "kick" }, 50],
    ["kick: without levels", room("11", undefined), { kind: "kick" }, 50],
    ["kick: somebody below", room("11", { users: { [bob]: 10 } }), { kind: "kick", user: bob }, 50],
    [
      "kick: somebody of the same level",
      room("11", { users: { [bob]: 50 } }),
      { kind: "kick", user: bob },
      51,
    ],
    [
      "kick: somebody who will stand higher",
      room("11", { users: { [bob]: 10 } }),
      { kind: "kick", user: bob, level: 60 },
      61,
    ],
    ["kick: a creator of version 12", room("12", {}), { kind: "kick", user: alice }, Infinity],
    [
      "level: what the event needs",
      room("11", { events: { "m.room.power_levels": 100 } }),
      { kind: "level", user: bob, level: 50 },
      100,
    ],
    [
      "level: the room's default for state",
      room("11", {}),
      { kind: "level", user: bob, level: 0 },
      50,
    ],
    [
      "level: nobody gives more than they have",
      room("11", {}),
      { kind: "level", user: bob, level: 75 },
      75,
    ],
    [
      "level: of somebody who has one",
      room("11", { users: { [bob]: 60 } }),
      { kind: "level", user: bob, level: 0 },
      61,
    ],
    [
      "level: the room's default is nobody's own",
      room("11", { users_default: 60 }),
      { kind: "level", user: bob, level: 0 },
      50,
    ],
    [
      "level: a creator of version 12",
      room("12", {}),
      { kind: "level", user: alice, level: 0 },
      Infinity,
    ],
    ["state of one's own key", room("11", {}), { ...widget, key: carol }, 50],
    ["state of somebody else's key", room("11", {}), { ...widget, key: bob }, Infinity],
    [
      "state of somebody else's key in version 12",
      room("12", {}),
      { ...widget, key: bob },
      Infinity,
    ],
    [
      "state of a key that no user can have",
      room("11", {}),
      { ...widget, key: `${carol}_pad` },
      Infinity,
    ],
    ["state of a key with an @ further on", room("11", {}), { ...widget, key: "pad@bob:x" }, 50],
    [
      "MSC3757: one's own key and more",
      room("org.matrix.msc3757.10", {}),
      { ...widget, key: `${carol}_pad` },
      50,
    ],
    [
      "MSC3757: of somebody below",
      room("org.matrix.msc3757.11", {}),
      { ...widget, key: `${bob}_pad` },
      50,
    ],
    [
      "MSC3757: of somebody who stands high",
      room("org.matrix.msc3757.11", { users: { [bob]: 60 } }),
      { ...widget, key: bob },
      61,
    ],
    ["ban", room("11", { ban: 100 }), { kind: "ban" }, 100],
    ["redact", room("11", { redact: 0 }), { kind: "redact" }, 0],
    ["a string in an old version", room("6", { events: { "m.room.message": "30" } }), message, 30],
    ["a string in a version that knows none", room("11", { state_default: "0" }), widget, 100],
    ["what is no level", room("11", { events: { "m.room.message": {} } }), message, 100],
    [
      "a type with the name of something every object has",
      room("11", { events: {} }),
      { kind: "state", type: "constructor" },
      50,
    ],
    ["events that are no object", room("11", { events: [1] }), widget, 50],
  ])("%s", (_name, power, need, level) => {
    expect(levelNeeded(power, need, carol)).toBe(level);
  });
});

describe("what needs power without limit", () => {
  it("nobody may do, not even those who have it", () => {
    expect(reaches(Infinity, Infinity)).toBe(false);
    expect(reaches(Infinity, 100)).toBe(true);
    expect(allowed(room("12", {}, [alice, bob]), alice, { kind: "kick", user: bob })).toBe(false);
    expect(
      allowed(room("12", {}), alice, {
        kind: "state",
        type: "im.vector.modular.widgets",
        key: bob,
      }),
    ).toBe(false);
  });
});

describe("withLevel", () => {
  const levels = { ban: 60, users: { [alice]: 100, [carol]: 5 } };

  it("changes that user's entry and nothing else", () => {
    expect(withLevel(room("11", levels), bob, 50)).toEqual({
      ban: 60,
      users: { [alice]: 100, [carol]: 5, [bob]: 50 },
    });
    expect(withLevel(room("11", levels), carol, 0)).toEqual({
      ban: 60,
      users: { [alice]: 100, [carol]: 0 },
    });
    expect(withLevel(room("11", levels), carol, undefined)).toEqual({
      ban: 60,
      users: { [alice]: 100 },
    });
    expect(levels).toEqual({ ban: 60, users: { [alice]: 100, [carol]: 5 } });
  });

  it("has nothing to write where nothing changes, and never names a creator of version 12", () => {
    expect(withLevel(room("11", levels), carol, 5)).toBeUndefined();
    expect(withLevel(room("11", levels), bob, undefined)).toBeUndefined();
    expect(withLevel(room("12", {}), alice, 50)).toBeUndefined();
  });

  it("writes whole numbers only, in old rooms whose levels are text too", () => {
    const text = {
      ban: "60",
      users_default: " 0",
      users: { [alice]: "100" },
      events: { "m.room.name": "+50" },
      notifications: { room: "20" },
      odd: "x",
    };
    expect(withLevel(room("9", text), bob, 50)).toEqual({
      ban: 60,
      users_default: 0,
      users: { [alice]: 100, [bob]: 50 },
      events: { "m.room.name": 50 },
      notifications: { room: 20 },
      odd: "x",
    });
    expect(withLevel(room("9", text), alice, undefined)).toMatchObject({ ban: 60, users: {} });
    expect(withLevel(room("9", text), alice, 100)).toBeUndefined();
  });

  it("begins where there is nothing, and keeps the creator's power", () => {
    expect(withLevel(room("11", undefined), bob, 50)).toEqual({
      users: { [alice]: 100, [bob]: 50 },
    });
    expect(withLevel(room("12", undefined), bob, 50)).toEqual({ users: { [bob]: 50 } });
  });
});

describe("roomPower", () => {
  it.each<[string, Content, readonly UserId[], string]>([
    ["no version is version 1", { creator: bob }, [bob], "1"],
    ["version 10 names its creator", { room_version: "10", creator: bob }, [bob], "10"],
    ["version 10 without one", { room_version: "10" }, [alice], "10"],
    ["version 11 goes by the sender", { room_version: "11", creator: bob }, [alice], "11"],
    [
      "version 11 has no additional creators",
      { room_version: "11", additional_creators: [bob] },
      [alice],
      "11",
    ],
    [
      "version 12 has",
      { room_version: "12", additional_creators: [bob, 5, "no one", null] },
      [alice, bob],
      "12",
    ],
    [
      "version 12 with something else there",
      { room_version: "12", additional_creators: bob },
      [alice],
      "12",
    ],
    ["a version that is no text", { room_version: 12 }, [alice], "1"],
  ])("%s", (_name, content, creators, version) => {
    expect(roomPower({ sender: alice, content }, undefined)).toEqual({
      version,
      creators: new Set(creators),
      levels: undefined,
    });
  });
});

describe("row 16: properties", () => {
  const anyLevel = fc.oneof(
    fc.integer({ min: -100, max: 200 }),
    fc.string(),
    fc.double(),
    fc.constant(null),
    fc.object(),
  );
  const levels = fc.option(
    fc.record(
      {
        users: fc.oneof(fc.dictionary(fc.constantFrom(alice, bob, carol), anyLevel), anyLevel),
        events: fc.oneof(
          fc.dictionary(fc.constantFrom("m.room.message", "m.room.topic", "__proto__"), anyLevel),
          anyLevel,
        ),
        users_default: anyLevel,
        events_default: anyLevel,
        state_default: anyLevel,
        invite: anyLevel,
        kick: anyLevel,
      },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  );
  const version = fc.constantFrom("1", "9", "10", "11", "12", "13", "org.example", "");
  const need = fc.oneof(
    fc.constantFrom<Need>(
      { kind: "invite" },
      { kind: "kick" },
      { kind: "ban" },
      { kind: "redact" },
    ),
    fc
      .tuple(
        fc.constantFrom<"state" | "message">("state", "message"),
        fc.constantFrom("m.room.message", "m.room.topic", "__proto__", "toString"),
      )
      .map(([kind, type]): Need => ({ kind, type })),
  );

  it("every room, however malformed, has an answer, and it is a whole number but for creators", () => {
    fc.assert(
      fc.property(version, levels, need, (v, l, n) => {
        const power = room(v, l);
        expect(Number.isSafeInteger(levelNeeded(power, n, bob))).toBe(true);
        expect(Number.isSafeInteger(levelOf(power, bob))).toBe(true);
        const creator = levelOf(power, alice);
        expect(Number.isSafeInteger(creator) || creator === Infinity).toBe(true);
      }),
    );
  });

  it("creators of version 12 are allowed everything, whatever the levels say", () => {
    fc.assert(
      fc.property(fc.constantFrom("12", "13"), levels, need, (v, l, n) =>
        allowed(room(v, l), alice, n),
      ),
    );
  });

  it("more power never allows less", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 150 }),
        fc.nat(100),
        levels,
        need,
        (low, more, l, n) => {
          const withLevel = (level: number): RoomPower =>
            room("11", { ...l, users: { [bob]: level } });
          expect(!allowed(withLevel(low), bob, n) || allowed(withLevel(low + more), bob, n)).toBe(
            true,
          );
        },
      ),
    );
  });
});
