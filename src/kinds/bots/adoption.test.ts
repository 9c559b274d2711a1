import { beforeEach, describe, expect, it } from "vitest";
import { ann, bot, BotWorld, me, order, room } from "../../../test/harness/botWorld.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import { BotAdoption } from "./adoption.ts";
import { botsOf } from "./records.ts";

const eve = "@eve:x" as UserId;

let world: BotWorld;
let adoption: BotAdoption;
beforeEach(() => {
  world = new BotWorld();
  adoption = new BotAdoption(world);
});

describe("a bot that somebody else brought in", () => {
  it("is remembered and gets its power; it is neither invited nor spoken to", async () => {
    world.move(room, "join", eve);
    expect(await adoption.fits(room, bot, order.cause)).toBe(true);
    expect(await adoption.adopt(room, order, "Poll bot")).toEqual({ is: "joined", level: "given" });
    expect(world.levels["users"]).toEqual({ [ann]: 100, [me]: 100, [bot]: 50 });
    expect(world.effects).toHaveLength(1);
    const document = await world.documents.get(roomDocument, room);
    expect(botsOf(document)).toMatchObject([{ user: bot, addedBy: ann, level: 50 }]);
    // So that undo gives it back the power it had, and takes it out of no room that Usher did not bring it into.
    expect(document?.changes).toMatchObject([
      { deed: "set-bot", level: { before: null, after: 50 } },
    ]);
  });

  it("is taken on once, however often a crash has it repeated, and never by another command", async () => {
    world.move(room, "join", eve);
    await adoption.adopt(room, order, "Poll bot");
    expect(await adoption.fits(room, bot, order.cause)).toBe(true);
    expect(await adoption.adopt(room, order, "Poll bot")).toEqual({ is: "joined", level: "had" });
    expect(world.effects).toHaveLength(1);
    expect(await adoption.fits(room, bot, "$2" as EventId)).toBe(false);
  });

  it.each(["invite", "leave", "ban"])(
    "is nothing to be taken on while its membership is %s",
    async (membership) => {
      world.move(room, membership, eve);
      expect(await adoption.fits(room, bot, order.cause)).toBe(false);
    },
  );

  it("gets no power that whoever asked may not give", async () => {
    world.move(room, "join", eve);
    world.levels = { users: { [ann]: 0, [me]: 100 } };
    expect(await adoption.adopt(room, order, "Poll bot")).toEqual({
      is: "joined",
      level: "withheld",
    });
    expect(world.effects).toEqual([]);
  });

  it("is not mistaken for one that the same command brought in", async () => {
    await world.done(world.bots().add(room, order));
    expect(await adoption.fits(room, bot, order.cause)).toBe(false);
  });
});
