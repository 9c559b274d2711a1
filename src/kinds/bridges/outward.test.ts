import { beforeEach, describe, expect, it } from "vitest";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { KeyedQueue } from "../../kernel/tasks.ts";
import { POWER_LEVELS } from "../../matrix/power.ts";
import type { Outward } from "../../rights/holdings/outward.ts";
import type { Bridges } from "./bridges.ts";
import { outwardLinks } from "./outward.ts";

const room = "!r:example.org" as RoomId;
const [ann, bob, bot, ghost] = ["ann", "bob", "bridge", "irc_tina"].map(
  (name) => `@${name}:example.org` as UserId,
) as [UserId, UserId, UserId, UserId];

let server: MemoryHomeserver;
let puppeting: string;
let outward: Outward;
/** Whose the link is, by Usher's record. */
let addedBy: UserId | undefined;
let takenOut: number;
let loggedOut: string[];
/** The log-ins that Ann made through Usher. */
const made = [
  { bridge: "irc", login: "777", at: 0 },
  { bridge: "gone", login: "888", at: 0 },
];

beforeEach(() => {
  server = new MemoryHomeserver();
  server.make(room, { creator: ann, joined: [ann, bob, bot, ghost, server.me] });
  gives({ [ann]: 100, [server.me]: 100, [bot]: 100 });
  puppeting = "none";
  takenOut = 0;
  loggedOut = [];
  const bridges = {
    entryOf: (id: string) => (id === "irc" ? { id, name: "IRC" } : undefined),
    connectorOf: () => ({
      traits: { puppeting, keeps: { template: "bridge-keeps/heisenbridge", view: {} } },
      rule: [{ kind: "state", type: POWER_LEVELS }],
      logins: {
        byUsher: {
          logout: (who: UserId, id: string) => Promise.resolve(loggedOut.push(`${who} ${id}`)),
        },
      },
    }),
    record: () => Promise.resolve({ id: "irc-x", addedBy }),
    erase: () => Promise.resolve((takenOut += 1)),
  } as unknown as Bridges;
  const queue = new KeyedQueue(() => undefined);
  const isBot = (user: UserId): boolean => user === bot;
  const logins = { of: (person: UserId) => Promise.resolve(person === ann ? made : []) };
  outward = outwardLinks({ bridges, matrix: server, queue, isBot, made: logins });
});

function gives(users: Readonly<Record<string, number>>): void {
  server.put(room, POWER_LEVELS, "", { users }, ann);
}

const goes = (entry = "irc", named = false): Promise<boolean> =>
  outward.goes({ id: "irc-x", entry }, { person: ann, room, named });

describe("R24 a link goes at its bridge with its person", () => {
  it("where nobody else in the room may take it away: no bot, nobody of the far side", async () => {
    expect(await goes()).toBe(true);
  });

  it("stays where somebody else may, unless they name it and may themselves", async () => {
    gives({ [ann]: 100, [bob]: 100, [server.me]: 100 });
    expect(await goes()).toBe(false);
    expect(await goes("irc", true)).toBe(true);
    gives({ [bob]: 100, [server.me]: 100 });
    expect(await goes("irc", true)).toBe(false);
  });

  it("goes where nobody is left who may, and where it works by their own log-in", async () => {
    gives({ [server.me]: 100 });
    expect(await goes()).toBe(true);
    gives({ [bob]: 100, [server.me]: 100 });
    puppeting = "own";
    expect(await goes()).toBe(true);
  });

  it("stays where Usher can do nothing: without its bridge in the catalogue", async () => {
    expect(await goes("gone")).toBe(false);
    expect(outward.keeps("gone")).toBeUndefined();
  });

  it("is not taken away where somebody else has linked the same meanwhile", async () => {
    for (const [whose, times] of [
      [bob, 0],
      [ann, 1],
      // Their name may have gone before.
      [undefined, 2],
    ] as const) {
      addedBy = whose;
      await outward.takeAway(room, "irc-x", ann);
      expect(takenOut).toBe(times);
    }
  });
});

describe("R24 a log-in that somebody made through Usher", () => {
  it("is ended at its bridge, where Usher can, in exactly their name", async () => {
    const things = (await outward.ofPeople?.things(ann)) ?? [];
    expect(things).toEqual([
      { entry: "irc", id: "777", goes: true },
      { entry: "gone", id: "888", goes: false },
    ]);
    for (const thing of things) await outward.ofPeople?.takeAway(ann, thing);
    expect(loggedOut).toEqual([`${ann} 777`]);
    expect(await outward.ofPeople?.things(bob)).toEqual([]);
  });
});
