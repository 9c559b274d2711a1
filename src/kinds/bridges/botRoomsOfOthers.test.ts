import { beforeEach, describe, expect, it } from "vitest";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { EventWaiter } from "../../integrations/eventWaiter.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { Batch } from "../../matrix/intake.ts";
import { BotRooms } from "./botRooms.ts";

const OWN = "!own:example.org" as RoomId;
const ROOM = "!room:example.org" as RoomId;
const BOT = "@bridge:example.org" as UserId;
const ANN = "@ann:example.org" as UserId;

let server: MemoryHomeserver;
let joined: RoomId[];
let rooms: BotRooms;

beforeEach(() => {
  server = new MemoryHomeserver();
  server.make(OWN, { creator: server.me, joined: [server.me, BOT] });
  server.make(ROOM, { creator: ANN, joined: [ANN, BOT, server.me] });
  joined = [];
  const clock = new ManualClock();
  rooms = new BotRooms({
    ...{ matrix: server, clock, waiter: new EventWaiter(clock), log: silentLog },
    isBot: (user) => user === BOT,
    talkRooms: {
      of: () => Promise.resolve(OWN),
      join: (room) => {
        joined.push(room);
        return Promise.resolve();
      },
    },
  });
});

/** The rooms and the invitations that are left for others of what happens there. */
function left(batch: Partial<Batch>): readonly string[] {
  const nothing = { rooms: [], invites: [], departures: [], awayMs: 0, first: false };
  const rest = rooms.sift({ ...nothing, ...batch });
  return [...rest.rooms, ...rest.invites].map(({ roomId }) => roomId);
}
const comesInto = (room: RoomId, user: UserId) => ({
  rooms: [
    {
      roomId: room,
      events: [server.put(room, "m.room.member", user, { membership: "join" }, user)],
      gap: false,
    },
  ],
});
const invitation = { roomId: ROOM, sender: BOT, hints: new Map(), direct: false };

describe("a room that Usher has made for the bot of a bridge", () => {
  it("is nobody else's business, until somebody else comes in: they are to be greeted", async () => {
    await rooms.with(BOT);
    expect(left(comesInto(OWN, BOT))).toEqual([]);
    expect(left(comesInto(OWN, ANN))).toEqual([OWN]);
    expect(left(comesInto(OWN, BOT))).toEqual([OWN]);
  });

  it("is none of these where a person says something there", async () => {
    await rooms.with(BOT);
    const event = server.put(OWN, "m.room.topic", "", { topic: "!usher help" }, ANN);
    expect(left({ rooms: [{ roomId: OWN, events: [event], gap: false }] })).toEqual([OWN]);
  });

  it("may have somebody in it where not all that happened was seen", async () => {
    await rooms.with(BOT);
    expect(left({ rooms: [{ roomId: OWN, events: [], gap: true }] })).toEqual([OWN]);
  });
});

describe("the invitation of a bridge's bot", () => {
  it("is as anybody's where none was asked for: people can have such a bot invite", () => {
    expect(left({ invites: [invitation] })).toEqual([ROOM]);
    expect(joined).toEqual([]);
  });

  it("is accepted where it was asked for, and who is in that room is heard", async () => {
    const room = await rooms.invitedBy(BOT, 1000, () => {
      expect(left({ invites: [invitation] })).toEqual([]);
      return Promise.resolve(undefined);
    });
    expect([room, joined]).toEqual([ROOM, [ROOM]]);
    expect(left(comesInto(ROOM, ANN))).toEqual([ROOM]);
  });
});

it("a room that a bot has named is heard by others, too: it may name any", async () => {
  await rooms.enter(ROOM, BOT);
  expect(left(comesInto(ROOM, ANN))).toEqual([ROOM]);
});
