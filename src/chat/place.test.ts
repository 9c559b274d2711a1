import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import type { RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import { Learning } from "../kernel/learning.ts";
import { silentLog } from "../kernel/log.ts";
import type { Content } from "../matrix/port.ts";
import { findOperatorsRoom, isDirectChat, isPair } from "./place.ts";

const [ada, bob, usher] = ["@ada:hs", "@bob:hs", "@usher:hs"] as [UserId, UserId, UserId];
const office = "!office:hs" as RoomId;
const lounge = "!lounge:hs" as RoomId;

describe("isPair", () => {
  it.each([
    [[ada, usher], [], true],
    [[usher], [ada], true],
    [[ada, bob, usher], [], false],
    [[ada, usher], [bob], false],
    [[usher], [], false],
  ])("with %j in the room and %j invited: %s", (joined, invited, direct) => {
    expect(isPair({ joined: new Set(joined), invited: new Set<UserId>(invited) })).toBe(direct);
  });
});

describe("isDirectChat", () => {
  const two = { joined: new Set([ada, usher]), invited: new Set<UserId>() };
  const three = { joined: new Set([ada, bob, usher]), invited: new Set<UserId>() };
  const having = (state: Readonly<Record<string, Content>>) => ({
    state: (_: RoomId, type: string) => Promise.resolve(state[type]),
  });

  it.each<[string, typeof two, boolean, Readonly<Record<string, Content>>, boolean]>([
    ["two in a room without a name", two, false, {}, true],
    ["two in a room whose name was taken away", two, false, { "m.room.name": { name: " " } }, true],
    ["two in a room with a name", two, false, { "m.room.name": { name: "Gardens" } }, false],
    [
      "two in a room with an alias",
      two,
      false,
      { "m.room.canonical_alias": { alias: "#gardens:hs" } },
      false,
    ],
    ["two in a room with a topic", two, false, { "m.room.topic": { topic: "Plants" } }, false],
    [
      "two in a named room that was meant for the two",
      two,
      true,
      { "m.room.name": { name: "Ada and Usher" } },
      true,
    ],
    ["three, whatever it was meant for", three, true, {}, false],
  ])("%s: %s", async (_what, members, meant, state, direct) => {
    expect(await isDirectChat(lounge, { members, meant }, having(state))).toBe(direct);
  });
});

describe("the operators' room", () => {
  const matrix = {
    resolveAlias: (alias: RoomAlias) =>
      Promise.resolve(alias === "#office:hs" ? office : undefined),
  };
  const learning = () => new Learning({ clock: new ManualClock(), log: silentLog });

  it.each([
    [office, office],
    ["#office:hs" as RoomAlias, office],
    ["#nothing:hs" as RoomAlias, undefined],
    [undefined, undefined],
  ])("%s is %s", async (operatorsRoom, room) => {
    const known = learning();
    expect(
      (
        await findOperatorsRoom(
          { operatorsRoom },
          { matrix, documents: memoryDocuments(), learning: known },
        )
      ).room,
    ).toBe(room);
    expect(known.missing).toEqual([]);
  });

  it("is not known yet where its server does not say, and is asked for again", async () => {
    const clock = new ManualClock();
    const known = new Learning({ clock, log: silentLog });
    const answers = [Promise.reject(new Error("502")), Promise.resolve(office)];
    const away = { resolveAlias: () => answers.shift() as Promise<RoomId> };
    const operators = await findOperatorsRoom(
      { operatorsRoom: "#office:hs" as RoomAlias },
      { matrix: away, documents: memoryDocuments(), learning: known },
    );
    expect([operators.room, known.missing]).toEqual([undefined, ["operators-room"]]);
    clock.advance(60_000);
    await new Promise(setImmediate);
    expect([operators.room, known.missing]).toEqual([office, []]);
  });

  it("is not sought by its alias where what is stored cannot be read: nobody knows where that led first", async () => {
    const parts = { matrix, documents: undefined, learning: learning() };
    expect(
      (await findOperatorsRoom({ operatorsRoom: "#office:hs" as RoomAlias }, parts)).room,
    ).toBeUndefined();
    expect((await findOperatorsRoom({ operatorsRoom: office }, parts)).room).toBe(office);
  });

  it("stays the one that its alias led to first, whoever holds the alias later", async () => {
    const documents = memoryDocuments();
    const leadingTo = (room: RoomId) =>
      findOperatorsRoom(
        { operatorsRoom: "#office:hs" as RoomAlias },
        { matrix: { resolveAlias: () => Promise.resolve(room) }, documents, learning: learning() },
      );
    expect(await leadingTo(office)).toEqual({ room: office, movedTo: undefined });
    expect(await leadingTo(lounge)).toEqual({ room: office, movedTo: lounge });
    expect(await leadingTo(office)).toEqual({ room: office, movedTo: undefined });
    // Another alias is the operator's own doing.
    const other = await findOperatorsRoom(
      { operatorsRoom: "#other:hs" as RoomAlias },
      { matrix: { resolveAlias: () => Promise.resolve(lounge) }, documents, learning: learning() },
    );
    expect(other.room).toBe(lounge);
  });
});
