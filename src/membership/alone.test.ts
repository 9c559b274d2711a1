import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { RoomEvent } from "../matrix/port.ts";
import { roomDocument } from "../store/room.ts";
import {
  aloneFromBatch,
  aloneTooLong,
  isAlone,
  isAmongPrograms,
  othersMoved,
  withAloneSince,
} from "./alone.ts";

const ME = "@usher:example.org" as UserId;
const ANN = "@ann:example.org" as UserId;
const BRIDGE = "@bridge:x" as UserId;

function member(stateKey: string, membership: string, type = "m.room.member"): RoomEvent {
  return {
    eventId: "$e" as EventId,
    roomId: "!room:example.org" as RoomId,
    sender: ANN,
    originServerTs: 0,
    redacted: false,
    encryption: "none",
    type,
    stateKey,
    content: { membership },
  };
}

it.each([
  [0, 0, true],
  [1, 0, true],
  [1, 1, false],
  [2, 0, false],
])("with %i joined and %i invited, being alone is %s", (joined, invited, alone) => {
  expect(isAlone({ joined, invited })).toBe(alone);
});

const isProgram = (user: UserId): boolean => user === BRIDGE;

it("nobody but programs is left where no people are, be they only invited", () => {
  const among = (joined: readonly UserId[], invited: readonly UserId[] = []): boolean =>
    isAmongPrograms({ joined: new Set(joined), invited: new Set(invited) }, ME, isProgram);
  expect(among([ME, BRIDGE])).toBe(true);
  expect(among([ME], [BRIDGE])).toBe(true);
  expect(among([ME, BRIDGE, ANN])).toBe(false);
  expect(among([ME, BRIDGE], [ANN])).toBe(false);
});

describe("what was heard of others", () => {
  it("is a membership that is not Usher's own, among whatever else", () => {
    const others = [member(ANN, "topic", "m.room.topic"), member(ME, "join")];
    expect(othersMoved({ events: others }, ME)).toBe(false);
    expect(othersMoved({ events: [...others, member(ANN, "leave")] }, ME)).toBe(true);
    expect(othersMoved({ events: [] }, ME)).toBe(false);
  });

  it.each<[string, readonly RoomEvent[], boolean | undefined]>([
    ["one who comes is company", [member(ANN, "leave"), member(ANN, "join")], false],
    ["so is one who is invited", [member(ANN, "invite")], false],
    ["after one who goes it takes a look", [member(ANN, "join"), member(ANN, "leave")], undefined],
    ["a program that comes may be the only one", [member(BRIDGE, "join")], undefined],
    ["Usher is no company", [member(ME, "join")], undefined],
    ["nor is another event", [member(ANN, "join", "m.room.other")], undefined],
  ])("%s", (_what, events, alone) => {
    expect(aloneFromBatch({ events }, ME, isProgram)).toBe(alone);
  });

  it("counts less than the homeserver's count", () => {
    const events = [member(ANN, "join")];
    expect(aloneFromBatch({ events, people: { joined: 1, invited: 0 } }, ME, isProgram)).toBe(true);
    expect(aloneFromBatch({ events, people: { joined: 2, invited: 0 } }, ME, isProgram)).toBe(
      false,
    );
    const left = [member(ANN, "leave")];
    expect(aloneFromBatch({ events: left, people: { joined: 2, invited: 0 } }, ME, isProgram)).toBe(
      undefined,
    );
    expect(aloneFromBatch({ events: left, people: { joined: 9, invited: 2 } }, ME, isProgram)).toBe(
      false,
    );
  });
});

it("rooms are left when the time is over, to the millisecond", () => {
  const [early, late] = ["!early:x", "!late:x"] as [RoomId, RoomId];
  const since = new Map([
    [early, 1_000],
    [late, 1_001],
  ]);
  expect(aloneTooLong(since, 1_499, 500)).toEqual([]);
  expect(aloneTooLong(since, 1_500, 500)).toEqual([early]);
  expect(aloneTooLong(since, 1_501, 500)).toEqual([early, late]);
});

it("the document tells since when, and no longer when somebody has come", () => {
  const empty = roomDocument.empty("!room:example.org");
  const alone = withAloneSince(empty, 7);
  expect(alone).toEqual({ ...empty, aloneSince: 7 });
  expect(withAloneSince(alone, undefined)).toEqual(empty);
  expect(withAloneSince(alone, undefined)).not.toHaveProperty("aloneSince");
});
