import { ALL_KEPT } from "../../../test/harness/allKept.ts";
import { describe, expect, it } from "vitest";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import {
  ann,
  bot,
  BotWorld as World,
  Crash,
  me,
  order,
  room,
} from "../../../test/harness/botWorld.ts";
import { History } from "../../integrations/history.ts";
import { botUpgradeHandler } from "./upgrade.ts";
import { botUndoHandler } from "./undo.ts";

const other = "!new:x" as RoomId;
const by = (cause: string) => ({ person: ann, cause: cause as EventId });

function historyOf(world: World): History {
  const { documents, clock, matrix } = world;
  const undoHandlers = [botUndoHandler(world.bots(), matrix)];
  return new History({ documents, clock, undoHandlers, setUps: world.setUps, retention: ALL_KEPT });
}

/** A world where Usher has added the bot, with what it did since then. */
async function added(): Promise<{ world: World; history: History }> {
  const world = new World();
  await world.done(world.bots().add(room, order));
  world.effects.length = 0;
  return { world, history: historyOf(world) };
}

async function undoLast(world: World, history: History, cause = "$undo"): Promise<unknown> {
  const change = await history.last(room);
  if (change === undefined) return "nothing";
  return world.done(history.undo(room, change, by(cause)));
}

describe("undoHandler what was done to a bot", () => {
  it("takes out what was added, with the power it was given", async () => {
    const { world, history } = await added();
    expect(await history.last(room)).toMatchObject({
      deed: "add-bot",
      name: "Poll bot",
      person: ann,
    });
    expect(await undoLast(world, history)).toEqual({});
    expect(world.membership()).toBe("leave");
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100 } });
    expect(await undoLast(world, history)).toBe("nothing");
  });

  it("brings back what was removed, with the power it had, and then takes it out as it had come", async () => {
    const { world, history } = await added();
    await world.done(world.bots().remove(room, { ...order, cause: "$2" as EventId }));
    expect(await undoLast(world, history, "$3")).toEqual({ came: "joined" });
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100, [bot]: 50 } });
    expect(await world.bots().record(room, bot)).toMatchObject({ addedBy: ann, level: 50 });
    expect(await undoLast(world, history, "$4")).toEqual({});
    expect(world.membership()).toBe("leave");
    expect(await undoLast(world, history, "$5")).toBe("nothing");
  });

  it("gives back the power that it had, or none where it had none of its own", async () => {
    const { world, history } = await added();
    await world.bots().setLevel(room, { ...order, level: 75, cause: "$2" as EventId });
    await world.bots().setLevel(room, { ...order, level: 0, cause: "$3" as EventId });
    await undoLast(world, history, "$4");
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100, [bot]: 75 } });
    await undoLast(world, history, "$5");
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100, [bot]: 50 } });
    expect((await world.bots().record(room, bot))?.level).toBe(50);
    world.levels = { users: { [ann]: 100, [me]: 100 } };
    await world.bots().setLevel(room, { ...order, level: 30, cause: "$6" as EventId });
    await undoLast(world, history, "$7");
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100 } });
  });

  it("asks for exactly the power that it takes", async () => {
    const { world, history } = await added();
    const needs = async (): Promise<unknown> => {
      const change = await history.last(room);
      return change === undefined ? undefined : history.needs(room, change);
    };
    expect(await needs()).toEqual([{ kind: "kick", user: bot }]);
    await world.bots().setLevel(room, { ...order, level: 75, cause: "$2" as EventId });
    expect(await needs()).toEqual([{ kind: "level", user: bot, level: 50 }]);
    await world.done(world.bots().remove(room, { ...order, cause: "$3" as EventId }));
    expect(await needs()).toEqual([{ kind: "invite" }, { kind: "level", user: bot, level: 75 }]);
  });

  it("is refused where somebody has changed it since, and skips what somebody took back by hand", async () => {
    const { world, history } = await added();
    world.levels = { users: { [ann]: 100, [me]: 100, [bot]: 60 } };
    await expect(undoLast(world, history)).rejects.toMatchObject({ code: "undo-overtaken" });
    world.move(room, "leave", ann);
    expect(await undoLast(world, history)).toBe("nothing");

    const removed = await added();
    await removed.world.done(
      removed.world.bots().remove(room, { ...order, cause: "$2" as EventId }),
    );
    removed.world.move(room, "ban", ann);
    await expect(undoLast(removed.world, removed.history)).rejects.toMatchObject({
      code: "undo-overtaken",
    });
    removed.world.move(room, "join", bot);
    await expect(undoLast(removed.world, removed.history)).rejects.toMatchObject({
      code: "undo-overtaken",
    });
    expect(removed.world.membership()).toBe("join");
  });

  it("is forgotten after 30 days", async () => {
    const { world, history } = await added();
    world.clock.advance(30 * 24 * 3_600_000);
    expect(await undoLast(world, history)).toBe("nothing");
    await history.sweepRoom(
      (await world.documents.get(roomDocument, room)) ?? roomDocument.empty(room),
    );
    expect((await world.documents.get(roomDocument, room))?.changes).toEqual([]);
  });

  it.each([1, 2, 3].flatMap((at) => [false, true].map((after) => ({ at, after }))))(
    "killed at step $at (after its effect: $after) and done again, has each effect once",
    async (crash) => {
      const { world, history } = await added();
      await world.done(world.bots().remove(room, { ...order, cause: "$2" as EventId }));
      const change = await history.last(room);
      if (change === undefined) throw new Error("there was a change");
      world.effects.length = 0;
      world.crashAfter(crash);
      const undo = (): Promise<unknown> =>
        world.done(historyOf(world).undo(room, change, by("$3")));
      await expect(undo()).rejects.toBeInstanceOf(Crash);
      expect(await undo()).toEqual({ came: "joined" });
      expect(await undo()).toEqual({ came: "joined" });
      expect(world.effects.map((effect) => effect.split(" ")[0])).toEqual(["invite", "set", "say"]);
      expect(
        (await world.documents.get(roomDocument, room))?.changes?.filter(
          ({ undoneBy }) => undoneBy === "$3",
        ),
      ).toHaveLength(1);
    },
  );

  it("goes along into the room that replaces this one, as far as it still fits there, once", async () => {
    const { world, history } = await added();
    await world.bots().setLevel(room, { ...order, level: 75, cause: "$2" as EventId });
    const upgradeHandlers = [
      botUpgradeHandler(world.bots(), world.documents),
      history.upgradeHandler,
    ];
    for (let times = 0; times < 2; times += 1)
      for (const upgradeHandler of upgradeHandlers) await upgradeHandler.carry(room, other);
    const deeds = (await world.documents.get(roomDocument, other))?.changes?.map(
      ({ deed }) => deed,
    );
    expect(deeds).toEqual(["add-bot", "set-bot"]);
    const change = await history.last(other);
    if (change === undefined) throw new Error("there was a change");
    await world.done(history.undo(other, change, by("$3")));
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100, [bot]: 50 } });
    expect((await history.last(room))?.undoneBy).toBeUndefined();
  });

  it("stays behind where the bot did not come along, or is another now", async () => {
    const { world, history } = await added();
    world.move(other, "leave", ann);
    await history.upgradeHandler.carry(room, other);
    expect(await history.last(other)).toBeUndefined();
    world.move(other, "join", ann);
    await history.upgradeHandler.carry(room, other);
    expect(await history.last(other)).toBeUndefined();
  });
});
