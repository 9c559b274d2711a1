import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Content, StateEvent } from "../matrix/port.ts";
import { roomPower } from "../matrix/power.ts";
import {
  successorFrom,
  successorIn,
  verifyUpgrade,
  type Replaced,
  type Successor,
} from "./verifyUpgrade.ts";

const OLD = "!old:example.org" as RoomId;
const alice = "@alice:example.org" as UserId;
const bob = "@bob:example.org" as UserId;
const levels = { users: { [alice]: 100 }, events: { "m.room.tombstone": 100 } };

function old(by: UserId, content: Content | undefined = levels, version = "11"): Replaced {
  return {
    room: OLD,
    by,
    power: roomPower({ sender: alice, content: { room_version: version } }, content),
  };
}

interface New {
  readonly creator?: UserId;
  readonly version?: string;
  readonly predecessor?: unknown;
  readonly levels?: Content;
  readonly joined?: readonly UserId[];
  readonly additional?: readonly string[];
}

function next({
  creator = alice,
  version = "12",
  predecessor = { room_id: OLD },
  joined = [alice],
  additional = [],
  ...rest
}: New = {}): Successor {
  const create = { room_version: version, predecessor, additional_creators: additional };
  return {
    create,
    power: roomPower({ sender: creator, content: create }, rest.levels ?? {}),
    joined: new Set(joined),
  };
}

describe("verifyUpgrade", () => {
  const fine: readonly (readonly [string, Replaced, Successor])[] = [
    ["the creator of a room of version 12", old(alice), next()],
    ["an additional creator of one", old(alice), next({ creator: bob, additional: [alice] })],
    ["a creator of version 12 of an old room of version 12", old(alice, {}, "12"), next()],
    ["an admin of a room of version 11", old(alice), next({ version: "11", levels })],
    [
      "a moderator with a level of their own, where everybody may invite",
      old(alice),
      next({ creator: bob, levels: { users: { [alice]: 50 } } }),
    ],
    [
      "the sender of a room of version 1 without power levels",
      old(alice, undefined, "1"),
      next({ version: "1" }),
    ],
    [
      "a predecessor that also names an event",
      old(alice),
      next({ predecessor: { room_id: OLD, event_id: "$x" } }),
    ],
  ];
  it.each(fine)("follows %s", (_, from, to) => {
    expect(verifyUpgrade(from, to)).toBeUndefined();
  });

  const faults: readonly (readonly [string, string, Replaced, Successor])[] = [
    [
      "tombstone-without-power",
      "somebody below the level of tombstones",
      old(bob),
      next({ creator: bob, joined: [bob] }),
    ],
    [
      "tombstone-without-power",
      "a creator named in the levels of version 11 with too little",
      old(alice, { users: { [alice]: 40 } }),
      next(),
    ],
    [
      "does-not-point-back",
      "a room without a predecessor",
      old(alice),
      next({ predecessor: null }),
    ],
    [
      "does-not-point-back",
      "another room's successor",
      old(alice),
      next({ predecessor: { room_id: "!other:example.org" } }),
    ],
    [
      "does-not-point-back",
      "a predecessor that is no object",
      old(alice),
      next({ predecessor: OLD }),
    ],
    ["does-not-point-back", "a list", old(alice), next({ predecessor: [{ room_id: OLD }] })],
    ["not-a-member-there", "a creator who is not in it any more", old(alice), next({ joined: [] })],
    [
      "without-power-there",
      "a member without power in somebody else's room",
      old(alice),
      next({ creator: bob }),
    ],
    [
      "without-power-there",
      "a named member below the level of invitations",
      old(alice),
      next({ creator: bob, levels: { invite: 50, users: { [alice]: 49 } } }),
    ],
    [
      "without-power-there",
      "an additional creator of a version that knows none",
      old(alice),
      next({ creator: bob, version: "11", additional: [alice] }),
    ],
    [
      "without-power-there",
      "a member of a room where all have the same power",
      old(alice),
      next({ creator: bob, levels: { users_default: 100 } }),
    ],
  ];
  it.each(faults)("%s: %s", (fault, _, from, to) => {
    expect(verifyUpgrade(from, to)).toBe(fault);
  });

  it("never follows into a room that does not name the old one, whatever else it says", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (predecessor, users) => {
        fc.pre(!JSON.stringify(predecessor).includes(OLD));
        expect(verifyUpgrade(old(alice), next({ predecessor, levels: { users } }))).toBe(
          "does-not-point-back",
        );
      }),
    );
  });
});

describe("successorIn", () => {
  it.each([
    [{ replacement_room: "!new:example.org" }, "!new:example.org"],
    [{ replacement_room: OLD }, undefined],
    [{ replacement_room: "#new:example.org" }, undefined],
    [{ replacement_room: 5 }, undefined],
    [{}, undefined],
  ])("in %j: %s", (content, room) => {
    expect(successorIn(content, OLD)).toBe(room);
  });
});

describe("successorFrom", () => {
  const event = (type: string, stateKey: string, content: Content): StateEvent => ({
    eventId: "$e" as EventId,
    roomId: "!new:example.org" as RoomId,
    type,
    stateKey,
    content,
    sender: alice,
    originServerTs: 0,
    redacted: false,
    encryption: "none",
  });

  it("reads the create event, the levels and who is in it", () => {
    const create = { room_version: "12", predecessor: { room_id: OLD } };
    const state = [
      event("m.room.create", "", create),
      event("m.room.create", "other", {}),
      event("m.room.power_levels", "", { invite: 7 }),
      event("m.room.member", alice, { membership: "join" }),
      event("m.room.member", bob, { membership: "invite" }),
    ];
    expect(successorFrom(state)).toEqual({
      create,
      power: { version: "12", creators: new Set([alice]), levels: { invite: 7 } },
      joined: new Set([alice]),
    });
    expect(successorFrom(state.slice(1))).toBeUndefined();
  });
});
