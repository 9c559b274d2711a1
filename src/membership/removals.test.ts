import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryRoom } from "../../test/harness/memoryRoom.ts";
import type { Bots } from "../kinds/bots/bots.ts";
import { botUpgradeHandler } from "../kinds/bots/upgrade.ts";
import { botId } from "../kinds/bots/presence.ts";
import { widgetUpgradeHandler } from "../kinds/widgets/upgrade.ts";
import { WIDGET_TYPE } from "../kinds/widgets/state.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { Removals } from "./removals.ts";
import { botPart } from "../kinds/bots/records.ts";
import { widgetPart } from "../kinds/widgets/records.ts";

const room = "!room:example.org" as RoomId;
const ann = "@ann:example.org" as UserId;
const eve = "@eve:example.org" as UserId;
const poll = "@poll:example.org" as UserId;
const shown = { type: "m.custom", url: "https://pad.example.org/", name: "Pad" };
const added = { addedBy: ann, addedAt: 0, cause: "$1" as EventId };

/** A room in which Usher has added a widget and a bot for Ann. */
class Stage {
  readonly room = new MemoryRoom();
  readonly documents = memoryDocuments();
  readonly told: { person: UserId; things: unknown; cause: string }[] = [];
  /** Called when somebody is told, before what they had is forgotten. */
  onTold: () => Promise<void> = () => Promise.resolve();

  static async begin(more: Partial<RoomDocument> = {}): Promise<Stage> {
    const stage = new Stage();
    const record = { id: "pad", url: shown.url, name: "Pad", ...added };
    const bots = [{ id: botId(poll), user: poll, level: 0, ...added }];
    await stage.documents.update(roomDocument, room, (document) => ({
      ...document,
      widgets: [record],
      bots,
      ...more,
    }));
    stage.room.put(WIDGET_TYPE, "pad", shown);
    stage.room.put("m.room.member", poll, { membership: "join" }, poll);
    return stage;
  }

  /** What a new Usher hears: what was just sent, or that it missed something. */
  async hear(
    { gap = false, events = [] }: Partial<RoomBatch> = { events: this.room.sent.slice(-1) },
  ): Promise<void> {
    const failed: unknown[] = [];
    const queue = new KeyedQueue((error) => failed.push(error));
    const matrix = {
      me: this.room.me,
      allState: () => this.room.allState(),
      state: () => Promise.resolve(undefined),
      members: () => Promise.resolve({ joined: new Set([ann]), invited: new Set<UserId>() }),
    };
    const upgradeHandlers = [
      widgetUpgradeHandler(this.room, this.documents),
      botUpgradeHandler({ entryOf: () => undefined } as unknown as Bots, this.documents),
    ];
    const removals = new Removals({
      matrix,
      documents: this.documents,
      queue,
      upgradeHandlers,
      tell: async (person, { view }, { cause }) => {
        this.told.push({ person, things: view["things"], cause });
        await this.onTold();
        return true;
      },
    });
    const batch: Batch = {
      rooms: [{ roomId: room, events, gap }],
      invites: [],
      departures: [],
      awayMs: 0,
      first: false,
    };
    await removals.handle(batch);
    if (failed.length > 0) throw failed[0];
  }

  async remembered(): Promise<readonly string[]> {
    const document = await this.documents.get(roomDocument, room);
    return [...widgetPart.of(document), ...botPart.of(document)].map(({ id }) => id);
  }
}

describe("what others take out of a room", () => {
  it("is told to whom it belonged when all of it is gone, of every kind, and then forgotten", async () => {
    const stage = await Stage.begin();
    stage.room.put(WIDGET_TYPE, "pad", {}, eve);
    await stage.hear();
    expect(stage.told).toEqual([]);
    expect(await stage.remembered()).toEqual(["pad", botId(poll)]);
    stage.room.put("m.room.member", poll, { membership: "leave" }, eve);
    await stage.hear();
    expect(stage.told).toMatchObject([
      { person: ann, things: [{ id: "pad", called: "Pad" }, { id: botId(poll) }] },
    ]);
    expect(await stage.remembered()).toEqual([]);
    await stage.hear();
    expect(stage.told).toHaveLength(1);
  });

  it("is found out where events were missed", async () => {
    const stage = await Stage.begin({ bots: [] });
    stage.room.put(WIDGET_TYPE, "pad", {}, eve);
    await stage.hear({ gap: true });
    expect(stage.told).toHaveLength(1);
  });

  it("is nothing new to whoever took it all out; a part by others is told", async () => {
    const own = await Stage.begin({ bots: [] });
    own.room.put(WIDGET_TYPE, "pad", {}, ann);
    await own.hear();
    expect([own.told, await own.remembered()]).toEqual([[], ["pad"]]);
    const part = await Stage.begin();
    part.room.put("m.room.member", poll, { membership: "ban" }, eve);
    part.room.put(WIDGET_TYPE, "pad", {}, ann);
    await part.hear();
    expect(part.told).toHaveLength(1);
  });

  it("is the same message after a crash before it was forgotten, and another after another removal", async () => {
    const stage = await Stage.begin({ bots: [] });
    stage.room.put(WIDGET_TYPE, "pad", {}, eve);
    stage.onTold = () => Promise.reject(new Error("killed"));
    await expect(stage.hear()).rejects.toThrow("killed");
    stage.onTold = () => Promise.resolve();
    await stage.hear();
    expect(stage.told[1]).toEqual(stage.told[0]);
    const record = { id: "pad", url: shown.url, name: "Pad", ...added };
    await stage.documents.update(roomDocument, room, (document) => ({
      ...document,
      widgets: [record],
    }));
    stage.room.put(WIDGET_TYPE, "pad", shown);
    stage.room.put(WIDGET_TYPE, "pad", {}, eve);
    await stage.hear();
    expect(stage.told[2]?.cause).not.toBe(stage.told[0]?.cause);
  });

  it.each<[string, (stage: Stage) => unknown, Partial<RoomDocument>?]>([
    ["Usher takes out itself", ({ room: it }) => it.put(WIDGET_TYPE, "pad", {}), { bots: [] }],
    [
      "a bot does by leaving",
      ({ room: it }) => it.put("m.room.member", poll, { membership: "leave" }, poll),
      { widgets: [] },
    ],
    [
      "is changed",
      ({ room: it }) => it.put(WIDGET_TYPE, "pad", { ...shown, name: "Ours" }, eve),
      { bots: [] },
    ],
    [
      "stays behind in a room that was replaced",
      ({ room: it }) => it.put(WIDGET_TYPE, "pad", {}, eve),
      {
        bots: [],
        upgrade: {
          to: "!new:example.org" as RoomId,
          event: "$t" as EventId,
          by: eve,
          state: "carried",
        },
      },
    ],
  ])("is not what %s", async (_what, happens, more) => {
    const stage = await Stage.begin(more);
    const before = await stage.remembered();
    happens(stage);
    await stage.hear();
    expect([stage.told, await stage.remembered()]).toEqual([[], before]);
  });
});
