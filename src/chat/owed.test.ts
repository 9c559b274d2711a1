import { beforeEach, describe, expect, it, vi } from "vitest";
import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { startPart } from "../../test/harness/startPart.ts";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type { RoomEvent } from "../matrix/port.ts";
import { roomDocument } from "../store/room.ts";
import { OwedWords, withOwed } from "./owed.ts";

const ROOM = "!r:x" as RoomId;
const DAY = 24 * 3_600_000;

class Scene {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  readonly said: string[] = [];
  status: number | undefined = 403;
  readonly failures: unknown[] = [];

  open(): OwedWords {
    return new OwedWords({
      matrix: {
        send: (_room, { body }) => {
          if (this.status !== undefined)
            return Promise.reject(
              new UsherError("room-unreachable", { status: this.status, code: "M_FORBIDDEN" }),
            );
          this.said.push(body);
          return Promise.resolve("$m" as EventId);
        },
      },
      documents: this.documents,
      clock: this.clock,
      log: silentLog,
      retention: ALL_KEPT,
      queue: new KeyedQueue((error) => this.failures.push(error)),
      render: ({ template, view }) => ({ body: `${template} ${JSON.stringify(view)}` }),
    });
  }

  async swept(owed: OwedWords): Promise<void> {
    await owed.sweepRoom(
      (await this.documents.get(roomDocument, ROOM)) ?? roomDocument.empty(ROOM),
    );
  }

  async kept(): Promise<readonly string[]> {
    return ((await this.documents.get(roomDocument, ROOM))?.owed ?? []).map(
      ({ template }) => template,
    );
  }
}

const heard = (type: string): Batch => {
  const event = {
    eventId: "$e",
    roomId: ROOM,
    sender: "@a:x" as UserId,
    type,
    stateKey: "",
    content: {},
  } as unknown as RoomEvent;
  return {
    rooms: [{ roomId: ROOM, events: [event], gap: false }],
    invites: [],
    departures: [],
    awayMs: 0,
    first: false,
  };
};

describe("what Usher may not say now", () => {
  let scene: Scene;
  let owed: OwedWords;
  const say = (template: string): Promise<void> =>
    owed.say(ROOM, { template, view: { id: "x" } }, { cause: "$1", step: template });
  beforeEach(() => {
    scene = new Scene();
    owed = scene.open();
  });

  it("is said at once where it may be, and kept nowhere", async () => {
    scene.status = undefined;
    await say("one");
    expect(scene.said).toEqual(['one {"id":"x"}']);
    expect(await scene.kept()).toEqual([]);
  });

  it("is said in its order when the power levels have changed, once, over a restart too", async () => {
    await say("one");
    await say("two");
    await say("two");
    expect(await scene.kept()).toEqual(["one", "two"]);
    await owed.handle(heard("m.room.topic"));
    await owed.handle(heard("m.room.power_levels"));
    expect(await scene.kept()).toEqual(["one", "two"]);
    owed = scene.open();
    await startPart(owed, scene.documents);
    scene.status = undefined;
    await owed.handle(heard("m.room.power_levels"));
    await owed.handle(heard("m.room.power_levels"));
    expect(scene.said).toEqual(['one {"id":"x"}', 'two {"id":"x"}']);
    expect(await scene.kept()).toEqual([]);
  });

  it("is tried until it can be said where the homeserver breaks for a while", async () => {
    await say("one");
    scene.status = 502;
    const settled = owed.handle(heard("m.room.power_levels"));
    await vi.waitFor(() => {
      expect(scene.clock.waiting).toBe(1);
    });
    scene.status = undefined;
    scene.clock.advance(60_000);
    await settled;
    expect(scene.said).toEqual(['one {"id":"x"}']);
    expect(await scene.kept()).toEqual([]);
  });

  it("is dropped when nobody needs it any more", async () => {
    await say("old");
    scene.clock.advance(8 * DAY);
    scene.status = undefined;
    await owed.handle(heard("m.room.power_levels"));
    expect(scene.said).toEqual([]);
    expect(await scene.kept()).toEqual([]);
  });

  it("is forgotten by the sweep after its time, while Usher may still not speak", async () => {
    await say("one");
    scene.clock.advance(5 * DAY);
    await say("two");
    scene.clock.advance(3 * DAY);
    await scene.swept(owed);
    expect(await scene.kept()).toEqual(["two"]);
    scene.clock.advance(5 * DAY);
    await scene.swept(owed);
    expect(await scene.kept()).toEqual([]);
    expect(scene.said).toEqual([]);
  });

  it("is no other failure: that is told to whoever asked", async () => {
    scene.status = 502;
    await expect(say("one")).rejects.toMatchObject({ code: "room-unreachable" });
    expect(await scene.kept()).toEqual([]);
  });

  it("is bounded, however much there is", () => {
    const one = { template: "t", view: {}, cause: "$1", until: 1 };
    const many = Array.from({ length: 30 }, (_, index) => ({ ...one, step: String(index) }));
    const document = many.reduce(withOwed, roomDocument.empty(ROOM));
    expect(document.owed?.map(({ step }) => step)).toEqual([
      "20",
      "21",
      "22",
      "23",
      "24",
      "25",
      "26",
      "27",
      "28",
      "29",
    ]);
  });
});
