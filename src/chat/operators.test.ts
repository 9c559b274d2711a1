import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { StateEvent } from "../matrix/port.ts";
import { privacyFault } from "../matrix/privateRoom.ts";
import { operatorStanding } from "./operators.ts";

const [ada, bob, eve, usher] = ["@ada:hs", "@bob:hs", "@eve:hs", "@usher:hs"] as [
  UserId,
  UserId,
  UserId,
  UserId,
];
const [office, lounge] = ["!office:hs", "!lounge:hs"] as [RoomId, RoomId];

/** The whole state of a chat of Ada and Usher. */
const chat = (...more: readonly object[]): StateEvent[] =>
  [
    { type: "m.room.create", stateKey: "", content: {} },
    ...[ada, usher].map((person) => ({
      type: "m.room.member",
      stateKey: person,
      content: { membership: "join" },
    })),
    ...more,
  ] as unknown as StateEvent[];

const faultIn = (events: StateEvent[], person: UserId) =>
  Promise.resolve(privacyFault({ events, complete: true }, usher, person));

/** In the office are Ada, whom the configuration names, Bob, who may change its state, and Eve, who just got in. */
const matrix = {
  privacyFault: (_: RoomId, person: UserId) => faultIn(chat(), person),
  power: () =>
    Promise.resolve({
      version: "11",
      creators: new Set<UserId>(),
      levels: { users: { [bob]: 50 }, state_default: 50 },
    }),
  members: () => Promise.resolve({ joined: new Set([ada, bob, eve]), invited: new Set<UserId>() }),
};
const rules = { operators: [ada], room: { room: office } };
const at = (person: UserId, room: RoomId, alone = false) =>
  operatorStanding(rules, { person, room, alone }, matrix);

describe("who is an operator where", () => {
  it.each([
    ["one whom the configuration names, in the operators' room", ada, office, false, "here"],
    ["the same in a chat of the two", ada, lounge, true, "here"],
    ["the same among others", ada, lounge, false, "elsewhere"],
    ["whoever may change the state of the operators' room, there", bob, office, false, "here"],
    [
      "the same in a chat of the two, for the configuration does not name them",
      bob,
      lounge,
      true,
      "elsewhere",
    ],
    ["whoever merely got into the operators' room", eve, office, false, undefined],
    ["the same elsewhere", eve, lounge, true, undefined],
    ["a stranger", "@stranger:hs" as UserId, lounge, false, undefined],
  ])("%s", async (_, person, room, alone, standing) => {
    expect(await at(person, room, alone)).toBe(standing);
  });

  it("nobody by a room where none is known", async () => {
    const none = { operators: [ada], room: { room: undefined } };
    expect(
      await operatorStanding(none, { person: bob, room: lounge, alone: true }, matrix),
    ).toBeUndefined();
    expect(await operatorStanding(none, { person: ada, room: lounge, alone: true }, matrix)).toBe(
      "here",
    );
  });

  it.each([
    ["join_rules", { join_rule: "public" }],
    ["history_visibility", { history_visibility: "world_readable" }],
  ])("not in a room of the two that others can read: %s", async (rule, content) => {
    const open = {
      ...matrix,
      privacyFault: (_: RoomId, person: UserId) =>
        faultIn(chat({ type: `m.room.${rule}`, stateKey: "", content }), person),
    };
    expect(await operatorStanding(rules, { person: ada, room: lounge, alone: true }, open)).toBe(
      "elsewhere",
    );
  });

  it("nobody new while the homeserver cannot say", async () => {
    const silent = {
      ...matrix,
      power: () => Promise.reject(new Error("502")),
      members: () => Promise.reject(new Error("502")),
    };
    expect(
      await operatorStanding(rules, { person: bob, room: lounge, alone: false }, silent),
    ).toBeUndefined();
    expect(await operatorStanding(rules, { person: ada, room: office, alone: false }, silent)).toBe(
      "here",
    );
  });
});
