import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content, RoomPower } from "../../matrix/port.ts";
import { levelNeeded, levelOf, POWER_LEVELS } from "../../matrix/power.ts";
import { Alterations } from "./alterations.ts";
import { BridgeBook } from "./book.ts";
import { BridgeBotLevels } from "./botLevels.ts";
import type { BotPowers, Connector } from "./connector.ts";
import { Departure } from "./departure.ts";
import type { BridgeRecord } from "./records.ts";

const room = "!r:example.org" as RoomId;
const ann = "@ann:example.org" as UserId;
const TYPES = ["m.bridge", "uk.half-shot.bridge"];
const LEVELS: Content = {
  users: { [ann]: 100, "@usher:example.org": 100 },
  events: { "m.bridge": 60 },
  invite: 50,
};

/** Bots that need the level of their events and of inviting, as bridgev2's do; `loud` has a level of its own. */
const BOTS: Readonly<Record<string, { readonly bot: UserId; readonly own: number }>> = {
  telegram: { bot: "@telegram:example.org" as UserId, own: 0 },
  signal: { bot: "@signal:example.org" as UserId, own: 0 },
  loud: { bot: "@loud:example.org" as UserId, own: 10 },
};

function powersOf(bot: UserId): (power: RoomPower) => BotPowers {
  return (power) => {
    const level = levelOf(power, bot);
    const lacks = (need: Parameters<typeof levelNeeded>[1]): boolean =>
      levelNeeded(power, need, bot) > level;
    const lacking = TYPES.filter((type) => lacks({ kind: "state", type }));
    return {
      level,
      events: Object.fromEntries(lacking.map((type) => [type, level])),
      invite: lacks({ kind: "invite" }) ? level : undefined,
    };
  };
}

let server: MemoryHomeserver;
let book: BridgeBook;
let levels: BridgeBotLevels;
let departure: Departure;
let added: number;

beforeEach(() => {
  server = new MemoryHomeserver();
  server.make(room, {
    creator: ann,
    joined: [ann, server.me],
    levels: { ...LEVELS, users: { ...(LEVELS["users"] as object), "@loud:example.org": 10 } },
  });
  book = new BridgeBook({ documents: memoryDocuments(), clock: new ManualClock() });
  levels = new BridgeBotLevels(server);
  added = 0;
  departure = new Departure({
    ...{ book, levels, alterations: new Alterations(server) },
    matrix: {
      me: server.me,
      state: (where, type, key) => server.state(where, type, key),
      invite: () => Promise.reject(new Error("nobody is to be invited")),
      kick: (_, user) => {
        server.put(room, "m.room.member", user, { membership: "leave" }, server.me);
        return Promise.resolve();
      },
    },
    knownConnector: (entry) => {
      const known = BOTS[entry];
      return known && ({ powers: powersOf(known.bot) } as Connector);
    },
  });
});

/** A room gets another link by this bridge. */
async function comes(entry: string, id = entry): Promise<BridgeRecord> {
  const bot = BOTS[entry]?.bot ?? ann;
  const { power, lowered } = await levels.wanted(room, bot, powersOf(bot));
  const record: BridgeRecord = {
    ...{ id, entry, bot, channel: id, name: id, cause: "$c" as EventId, addedAt: (added += 1) },
    ...{ power, lowered: [...lowered] },
  };
  await book.remember(room, record);
  await levels.give(room, bot, { power, lowered });
  server.put(room, "m.room.member", bot, { membership: "join" }, bot);
  return record;
}

async function goes(id: string): Promise<void> {
  const record = await book.record(room, id);
  if (record === undefined) throw new Error(`no ${id}`);
  await departure.putOut(room, record);
  await departure.putBack(room, record);
  await book.forget(room, id);
}

const now = (): Promise<Content | undefined> => server.state(room, POWER_LEVELS, "");
async function lacks(entry: string): Promise<BotPowers> {
  const bot = BOTS[entry]?.bot ?? ann;
  return powersOf(bot)(await server.power(room));
}

it("a bot that Usher may not put out is named with what that takes, and stays", async () => {
  const levels = { ...LEVELS, users: { [ann]: 100, [server.me]: 40 } };
  server.put(room, POWER_LEVELS, "", levels, ann);
  server.put(room, "m.room.member", BOTS["telegram"]?.bot ?? ann, { membership: "join" }, ann);
  const record = { id: "x", bot: BOTS["telegram"]?.bot } as BridgeRecord;
  const refused = await departure.putOut(room, record).catch((error: unknown) => error);
  expect(sentenceOf(refused as UsherError)).toContain(
    "I may not remove (kick) `@telegram:example.org`, the bot of the bridge: that takes power 50, and I have 40.",
  );
  const above = { bot: record.bot, has: 100, needed: undefined };
  expect(sentenceOf(new UsherError("bridge-kick-power", above))).toContain(
    "it has power without limit here",
  );
});

describe("what a link leaves behind that others of the room need", () => {
  it("stays as long as another bridge needs it, and is put back by the last", async () => {
    const before = await now();
    await comes("telegram");
    const lowered = await now();
    const second = await comes("signal");
    expect(second.lowered).toEqual([]);
    await goes("telegram");
    expect(await now()).toEqual(lowered);
    expect(await lacks("signal")).toEqual({ level: 0, events: {}, invite: undefined });
    await goes("signal");
    expect(await now()).toEqual(before);
  });

  it("is done once where a crash has it repeated", async () => {
    const before = await now();
    const first = await comes("telegram");
    await comes("signal");
    await departure.putBack(room, first);
    await departure.putBack(room, first);
    await book.forget(room, "telegram");
    await goes("signal");
    expect(await now()).toEqual(before);
  });

  it("is the bot itself, where it serves another link of the room", async () => {
    const before = await now();
    await comes("telegram", "one");
    await comes("telegram", "two");
    await goes("one");
    const bot = BOTS["telegram"]?.bot ?? ann;
    expect(await server.state(room, "m.room.member", bot)).toEqual({ membership: "join" });
    expect(await lacks("telegram")).toEqual({ level: 0, events: {}, invite: undefined });
    await goes("two");
    expect(await server.state(room, "m.room.member", bot)).toEqual({ membership: "leave" });
    expect(await now()).toEqual(before);
  });

  it("is nothing that a bridge needs of which the catalogue knows no more", async () => {
    const before = await now();
    await comes("telegram");
    const unknown = { entry: "gone", bot: "@gone:example.org" as UserId };
    await book.remember(room, { ...(await comes("signal")), ...unknown });
    await goes("telegram");
    expect(await now()).toEqual(before);
  });

  it("is never too little, and nothing at the end, whatever comes and goes in which order", async () => {
    const links = ["telegram", "signal", "loud"].flatMap((entry) =>
      [1, 2].map((n) => [entry, `${entry}${String(n)}`] as const),
    );
    const before = await now();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...links), { maxLength: 12 }), async (moves) => {
        const here = new Set<string>();
        for (const [entry, id] of moves) {
          if (here.delete(id)) await goes(id);
          else {
            await comes(entry, id);
            here.add(id);
          }
          for (const { entry: one } of await book.records(room)) {
            const { level, events, invite } = await lacks(one);
            expect([Object.keys(events), invite, level]).toEqual([[], undefined, BOTS[one]?.own]);
          }
        }
        for (const id of here) await goes(id);
        expect(await now()).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});
