import { describe, expect, it } from "vitest";
import type { RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import { isDirect, isOperatorHere, roomNamed } from "./place.ts";

const [ada, bob, usher] = ["@ada:hs", "@bob:hs", "@usher:hs"] as [UserId, UserId, UserId];
const office = "!office:hs" as RoomId;
const lounge = "!lounge:hs" as RoomId;

describe("isDirect", () => {
  it.each([
    [[ada, usher], [], true],
    [[usher], [ada], true],
    [[ada, bob, usher], [], false],
    [[ada, usher], [bob], false],
    [[usher], [], false],
  ])("with %j in the room and %j invited: %s", (joined, invited, direct) => {
    expect(isDirect({ joined: new Set(joined), invited: new Set<UserId>(invited) })).toBe(direct);
  });
});

describe("isOperatorHere", () => {
  const settings = { operators: [ada], operatorsRoom: office };

  it.each([
    ["an operator in a direct chat", ada, lounge, true, true],
    ["an operator among others", ada, lounge, false, false],
    ["somebody else in a direct chat", bob, lounge, true, false],
    ["anybody in the operators' room", bob, office, false, true],
  ])("%s", (_, person, room, direct, operator) => {
    expect(isOperatorHere(settings, { person, room, direct })).toBe(operator);
  });

  it("makes nobody one by a room where none is named", () => {
    expect(isOperatorHere({ operators: [], operatorsRoom: undefined }, { person: bob, room: lounge, direct: true })).toBe(false);
  });
});

describe("roomNamed", () => {
  const matrix = { resolveAlias: (alias: RoomAlias) => Promise.resolve(alias === "#office:hs" ? office : undefined) };

  it.each([
    [office, office],
    ["#office:hs" as RoomAlias, office],
    ["#nothing:hs" as RoomAlias, undefined],
    [undefined, undefined],
  ])("%s is %s", async (name, room) => {
    expect(await roomNamed(name, matrix)).toBe(room);
  });
});
