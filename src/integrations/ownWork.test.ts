import { beforeEach, describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { RoomEvent } from "../matrix/port.ts";
import type { RoomDocument } from "../store/room.ts";
import type { OwnWork } from "./kind.ts";
import { unlessRestricted, workFor, type WorkFor } from "./ownWork.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const part = { key: "x", deeds: [] };

let done: unknown[];

function working(kind: string, fails = false) {
  const note =
    (what: string): OwnWork["stop"] =>
    (person, room) => {
      done.push([what, kind, person, room]);
      return fails ? Promise.reject(new Error(kind)) : Promise.resolve();
    };
  return {
    kind,
    rights: {
      part,
      byItself: { stop: note("stop"), goOn: note("go on") },
      byHand: "nothing",
      outward: "nothing",
    },
  } as const;
}

const idle = {
  kind: "widget",
  rights: { part, byItself: "nothing", byHand: "nothing", outward: "nothing" },
} as const;

const of = (...kinds: Parameters<typeof workFor>[0]["kinds"]): WorkFor =>
  workFor({ kinds, setUps: { thaw: (person) => done.push(["thaw", person]) } });

beforeEach(() => {
  done = [];
});

describe("R37 R39 what kinds do for a person by themselves", () => {
  it("ends and goes on for all kinds, or for the one that is meant", async () => {
    const work = of(idle, working("bridge"), working("bot"));
    await work.stop(ANN, {});
    await work.stop(ANN, { kind: "bot", room: ROOM });
    await work.goOn(ANN, { kind: "bridge" });
    expect(done).toEqual([
      ["stop", "bridge", ANN, undefined],
      ["stop", "bot", ANN, undefined],
      ["stop", "bot", ANN, ROOM],
      ["thaw", ANN],
      ["go on", "bridge", ANN, undefined],
    ]);
  });

  it("ends for the others where one cannot, which is told", async () => {
    const work = of(working("bridge", true), working("bot"));
    await expect(work.stop(ANN, {})).rejects.toThrow("bridge");
    expect(done).toHaveLength(2);
  });
});

describe("R37 R39 a part of a kind", () => {
  const event = (sender: UserId, stateKey?: string): RoomEvent =>
    ({
      eventId: `$${sender}` as EventId,
      roomId: ROOM,
      sender,
      ...(stateKey === undefined ? {} : { stateKey }),
    }) as unknown as RoomEvent;
  const room: RoomBatch = {
    roomId: ROOM,
    events: [event(ANN), event(BOB), event(ANN, "")],
    gap: false,
  };
  const batch = { rooms: [room], invites: [], departures: [], awayMs: 0, first: false };

  it("is given nothing that they said, and what changes the room", async () => {
    const given: unknown[] = [];
    const heard: Part = {
      name: "relay",
      note: ({ events }) => given.push(events),
      handle: ({ rooms: [only] }) => {
        given.push(only?.events);
        return Promise.resolve();
      },
    };
    const guarded = unlessRestricted(heard, (person, where) => !(person === ANN && where === ROOM));
    guarded.note?.(room);
    await guarded.handle?.(batch);
    expect(given).toEqual([
      [event(BOB), event(ANN, "")],
      [event(BOB), event(ANN, "")],
    ]);
  });

  it("does all else as it is", async () => {
    const round = { name: "r", when: "* * * * * *", work: () => Promise.resolve() };
    const note = (what: string) => (): Promise<void> => {
      done.push(what);
      return Promise.resolve();
    };
    const whole = unlessRestricted(
      {
        name: "relay",
        rounds: [round],
        found: () => done.push("found"),
        stop: () => done.push("stop"),
        start: note("start"),
        ready: note("ready"),
        sweep: note("sweep"),
        sweepRoom: note("sweepRoom"),
      },
      () => true,
    );
    const document = {} as RoomDocument;
    whole.found?.(document);
    await whole.start?.();
    await whole.ready?.();
    await whole.sweep?.();
    await whole.sweepRoom?.(document);
    whole.stop?.();
    expect(done).toEqual(["found", "start", "ready", "sweep", "sweepRoom", "stop"]);
    expect(whole).toMatchObject({ name: "relay", rounds: [round] });
  });
});
