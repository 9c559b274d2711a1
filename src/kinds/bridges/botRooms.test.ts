import { beforeEach, describe, expect, it } from "vitest";
import { EventWaiter } from "../../integrations/eventWaiter.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import type { Batch, RoomBatch } from "../../matrix/intake.ts";
import type { RoomEvent } from "../../matrix/port.ts";
import { BotRooms } from "./botRooms.ts";

const me = "@usher:x" as UserId;
const bot = "@bridge:x" as UserId;
const talk = "!talk:x" as RoomId;

let made: PromiseWithResolvers<RoomId>;
let rooms: BotRooms;
beforeEach(() => {
  const clock = new ManualClock();
  made = Promise.withResolvers<RoomId>();
  rooms = new BotRooms({
    clock,
    waiter: new EventWaiter(clock),
    log: createLog("silent"),
    isBot: (user) => user === bot,
    talkRooms: { of: () => made.promise, join: () => Promise.resolve() },
    matrix: {
      me,
      state: () => Promise.resolve({ membership: "join" }),
      members: () => Promise.resolve({ joined: new Set([me, bot]), invited: new Set<UserId>() }),
    },
  });
});

function sifted(room: Partial<RoomBatch>): readonly RoomId[] {
  const batch = {
    rooms: [{ roomId: talk, events: [], gap: false, joined: true, ...room }],
    ...{ invites: [], departures: [], awayMs: 0, first: false },
  } satisfies Batch;
  return rooms.sift(batch).rooms.map(({ roomId }) => roomId);
}
const invited = (sender: UserId, more: object): RoomEvent =>
  ({
    type: "m.room.member",
    sender,
    stateKey: bot,
    content: { membership: "invite", ...more },
  }) as unknown as RoomEvent;

describe("a room with a bridge's bot alone", () => {
  it("is nobody's conversation from the first that is heard of it", () => {
    expect(sifted({ events: [invited(me, { is_direct: true })] })).toEqual([]);
    expect(sifted({ joined: false })).toEqual([]);
  });

  it("is that even where its bot's invitation has not been heard of", async () => {
    const found = rooms.with(bot);
    expect(sifted({ people: { joined: 1, invited: 0 } })).toEqual([]);
    made.resolve(talk);
    expect(await found).toBe(talk);
  });

  it("is no other room into which Usher has just come", () => {
    void rooms.with(bot);
    const other = "!other:x" as RoomId;
    expect(sifted({ roomId: other, people: { joined: 2, invited: 0 } })).toEqual([other]);
    expect(
      sifted({ roomId: other, events: [invited(me, {})], people: { joined: 2, invited: 1 } }),
    ).toEqual([other]);
  });
});
