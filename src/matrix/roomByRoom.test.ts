import { expect, it } from "vitest";
import { message } from "../../test/harness/rawEvents.ts";
import type { RoomId } from "../kernel/ids.ts";
import { silentLog, type LogFields } from "../kernel/log.ts";
import { readEvent } from "./events.ts";
import type { Batch, RoomBatch } from "./intake.ts";
import type { RoomEvent } from "./port.ts";
import { RoomByRoom } from "./roomByRoom.ts";

const STUCK = "!stuck:example.org" as RoomId;
const GOOD = "!good:example.org" as RoomId;

function said(roomId: RoomId, count: number): RoomBatch {
  return {
    roomId,
    gap: false,
    events: Array.from(
      { length: count },
      () => readEvent(message("@a:example.org", "hello"), roomId) as RoomEvent,
    ),
  };
}

const batch = (...rooms: RoomBatch[]): Batch => ({
  rooms,
  invites: [],
  departures: [],
  awayMs: 0,
  first: false,
});

it("a room in which something hangs keeps a bounded number of its own events; the others' go on, and it hears later that it missed some", async () => {
  const logged: LogFields[] = [];
  const handed: RoomBatch[] = [];
  const gaps: RoomId[] = [];
  const release = Promise.withResolvers<void>();
  const rooms = new RoomByRoom(
    (part) => {
      handed.push(...part.rooms);
      expect(part.rooms.length).toBeLessThan(2);
      return part.rooms[0]?.roomId === STUCK ? release.promise : Promise.resolve();
    },
    { ...silentLog, error: (fields) => logged.push(fields) },
    (room) => gaps.push(room),
  );
  const all = Array.from({ length: 6 }, () =>
    rooms.handle(batch({ ...said(STUCK, 150), joined: true }, said(GOOD, 50))),
  );
  const handedTo = (room: RoomId): number => handed.filter(({ roomId }) => roomId === room).length;
  expect([handedTo(STUCK), handedTo(GOOD)]).toEqual([3, 6]);
  expect(logged).toMatchObject(
    Array.from({ length: 3 }, () => ({ what: "room.events-given-up", count: 150 })),
  );
  expect(gaps).toEqual([STUCK, STUCK, STUCK]);
  release.resolve();
  await Promise.all(all);
  await rooms.handle(batch(said(STUCK, 200)));
  expect(handed.at(-1)).toMatchObject({
    roomId: STUCK,
    gap: true,
    joined: true,
    events: { length: 200 },
  });
  await rooms.handle(batch(said(STUCK, 1)));
  expect(handed.at(-1)).toMatchObject({ gap: false });
  expect(handed.at(-1)?.joined).toBeUndefined();
});
