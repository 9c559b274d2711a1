import { describe, expect, it, vi } from "vitest";
import { UsherError } from "../../kernel/errors.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import {
  ann,
  bot,
  BotWorld as World,
  Crash,
  me,
  order,
  room,
  type Manners,
} from "../../../test/harness/botWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { botUpgradeHandler } from "./upgrade.ts";
import { botId } from "./presence.ts";

const other = "!new:x" as RoomId;

const ADDED = [
  `invite ${bot} to ${room}`,
  `set m.room.power_levels ${JSON.stringify({ [ann]: 100, [me]: 100, [bot]: 50 })}`,
  `say !poll hello as text to ${bot}`,
];

describe("adding a bot", () => {
  it("invites, gives the power, says the first words, and remembers who asked: R46, R50", async () => {
    const world = new World();
    expect(await world.done(world.bots().add(room, order))).toEqual({
      is: "joined",
      level: "given",
    });
    expect(world.effects).toEqual(ADDED);
    expect(await world.bots().record(room, bot)).toEqual({
      id: expect.stringMatching(/^poll-/) as string,
      user: bot,
      addedBy: ann,
      addedAt: world.clock.now(),
      cause: "$1",
      level: 50,
    });
  });

  it.each([1, 2, 3].flatMap((at) => [false, true].map((after) => ({ at, after }))))(
    "killed at its step $at (after its effect: $after) and done again, has each effect once",
    async (crash) => {
      const world = new World();
      world.crash = crash;
      await expect(world.done(world.bots().add(room, order))).rejects.toBeInstanceOf(Crash);
      expect(await world.done(world.bots().add(room, order))).toMatchObject({ is: "joined" });
      expect(world.effects).toEqual(ADDED);
      // And once more, as after a crash right before the answer.
      expect(await world.done(world.bots().add(room, order))).toEqual({
        is: "joined",
        level: "had",
      });
      expect(world.effects).toEqual(ADDED);
      expect(await world.halfDone()).toEqual([]);
    },
  );

  it("one that declined is not invited a second time by the same command, only by another", async () => {
    const world = new World();
    world.manners = "declines";
    expect(await world.done(world.bots().add(room, order))).toEqual({ is: "declined" });
    expect(await world.done(world.bots().add(room, order))).toEqual({ is: "declined" });
    expect(world.effects).toEqual(ADDED.slice(0, 1));
    world.manners = "comes";
    expect(
      await world.done(world.bots().add(room, { ...order, cause: "$2" as EventId })),
    ).toMatchObject({ is: "joined" });
  });

  it("one that does not come is waited for, and finished when it comes", async () => {
    const world = new World();
    world.manners = "stays away";
    expect(await world.done(world.bots().add(room, order))).toEqual({ is: "invited" });
    await world.hear();
    expect(await world.halfDone()).toMatchObject([{ id: botId(bot), step: "join" }]);
    expect(world.late).toEqual([]);
    world.move(room, "join", bot);
    world.diesTelling = true;
    await expect(world.hear()).rejects.toBeInstanceOf(Crash);
    // Until that has been said it is not done.
    expect(await world.halfDone()).toMatchObject([{ id: botId(bot) }]);
    // A later life of the program takes it up.
    world.diesTelling = false;
    world.bots();
    world.setUps.found(await world.document());
    await world.setUps.start();
    await vi.waitFor(async () => {
      expect(await world.halfDone()).toEqual([]);
    });
    expect(world.late).toMatchObject([{ template: "bot/added", view: { given: true } }]);
    await world.hear();
    expect(world.late).toHaveLength(1);
    expect(world.effects).toEqual(ADDED);
  });

  it("one whose invitation another command took back meanwhile, is no longer waited for", async () => {
    const world = new World();
    world.manners = "stays away";
    const bots = world.bots();
    const invited = Promise.withResolvers<undefined>();
    const { invite } = world.matrix;
    world.matrix.invite = async (where, user) => {
      await invite(where, user);
      invited.resolve(undefined);
    };
    const adding = bots.add(room, order);
    await invited.promise;
    await world.done(bots.remove(room, { ...order, cause: "$2" as EventId }));
    expect(await world.done(adding)).toEqual({ is: "declined" });
    expect(await bots.record(room, bot)).toBeUndefined();
  });

  it("is nobody else's to finish while the command itself waits", async () => {
    const world = new World();
    world.manners = "stays away";
    const bots = world.bots();
    const adding = bots.add(room, order);
    while (world.clock.waiting === 0)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    expect(await world.halfDone()).toMatchObject([{ step: "join" }]);
    world.move(room, "join", bot);
    await world.hear();
    expect(world.late).toEqual([]);
    expect(await world.done(adding)).toEqual({ is: "joined", level: "given" });
    await world.hear();
    expect(world.late).toEqual([]);
  });

  it("one that comes late gets nothing that whoever asked, or Usher, may not give by then", async () => {
    for (const users of [
      { [ann]: 0, [me]: 100 },
      { [ann]: 100, [me]: 49 },
    ]) {
      const world = new World();
      world.manners = "stays away";
      await world.done(world.bots().add(room, order));
      world.levels = { users };
      world.move(room, "join", bot);
      await world.hear();
      expect(world.late).toMatchObject([{ template: "bot/added", view: { withheld: true } }]);
      expect(world.levels).toEqual({ users });
    }
  });

  it.each(["leave", "ban"])(
    "one that comes late gets no power from somebody whose membership is %s by then, though the levels still name them",
    async (membership) => {
      const world = new World();
      world.manners = "stays away";
      await world.done(world.bots().add(room, order));
      const before = world.levels;
      world.people.set(ann, membership);
      world.move(room, "join", bot);
      await world.hear();
      expect(world.late).toMatchObject([{ template: "bot/added", view: { withheld: true } }]);
      expect(world.levels).toEqual(before);
    },
  );

  it("one that has come is told of, whatever the homeserver refuses then, and that is not tried again by what others do", async () => {
    const world = new World();
    const refuse = (): Promise<never> =>
      Promise.reject(new UsherError("room-unreachable", { status: 400, code: "M_BAD_JSON" }));
    let tries = 0;
    world.matrix.setState = () => ((tries += 1), refuse());
    world.matrix.send = refuse;
    const bots = world.bots();
    expect(await bots.add(room, order)).toEqual({ is: "joined", level: "refused", unsaid: true });
    await world.hear();
    expect([await world.halfDone(), tries, world.late]).toEqual([[], 1, []]);
  });

  it("is forgotten where the homeserver refuses the invitation", async () => {
    const world = new World();
    const refused = new UsherError("room-unreachable", {
      status: 403,
      code: "M_FORBIDDEN",
      action: "invite",
    });
    world.matrix.invite = () => Promise.reject(refused);
    await expect(world.done(world.bots().add(room, order))).rejects.toBe(refused);
    expect(await world.bots().record(room, bot)).toBeUndefined();
    expect(await world.halfDone()).toEqual([]);
  });

  it("is kept in mind where Usher is stopped meanwhile", async () => {
    const world = new World();
    world.manners = "stays away";
    const adding = world.bots().add(room, order);
    world.setUps.stop();
    await expect(adding).rejects.toMatchObject({ view: { code: "aborted" } });
    expect(await world.halfDone()).toMatchObject([{ step: "join", state: "doing" }]);
    expect(await world.bots().record(room, bot)).toMatchObject({ addedBy: ann });
  });

  it("that does not come within 30 days has its invitation taken back, and that is told", async () => {
    const world = new World();
    world.manners = "stays away";
    await world.done(world.bots().add(room, order));
    world.clock.advance(29 * DAY_MS);
    await world.setUps.endWaits();
    expect([world.membership(), world.late]).toEqual(["invite", []]);
    world.clock.advance(DAY_MS);
    await world.setUps.endWaits();
    expect([world.membership(), await world.halfDone()]).toEqual(["leave", []]);
    expect(await world.bots().record(room, bot)).toBeUndefined();
    expect(world.late.map((one) => sentenceOf(one))).toEqual([
      expect.stringMatching(/failed at this step: waiting for[^]*I wait no longer[^]*taken back/),
    ]);
  });
});

describe("removing a bot", () => {
  async function items(manners: Manners = "comes"): Promise<World> {
    const world = new World();
    world.manners = manners;
    await world.done(world.bots().add(room, order));
    world.effects.length = 0;
    return world;
  }
  const LEFT = [
    `say !poll leave as text to ${bot}`,
    `set m.room.power_levels ${JSON.stringify({ [ann]: 100, [me]: 100 })}`,
  ];
  const again = { user: bot, person: ann, cause: "$9" as EventId };

  it("asks it to leave, takes its power back, and forgets it", async () => {
    const world = await items();
    expect(await world.done(world.bots().remove(room, again))).toBe("left");
    expect(world.effects).toEqual(LEFT);
    expect(await world.bots().record(room, bot)).toBeUndefined();
    expect(await world.done(world.bots().remove(room, again))).toBe("gone");
  });

  it("kicks it where it does not heed the words", async () => {
    const world = await items("heeds no words");
    expect(await world.done(world.bots().remove(room, again))).toBe("kicked");
    expect(world.effects).toEqual([LEFT[0], `kick ${bot}`, LEFT[1]]);
  });

  it("takes back an invitation", async () => {
    const world = await items("stays away");
    expect(await world.done(world.bots().remove(room, again))).toBe("kicked");
    expect(world.membership()).toBe("leave");
  });

  it.each([4, 5, 6].flatMap((at) => [false, true].map((after) => ({ at, after }))))(
    "killed at step $at (after its effect: $after) and done again, has each effect once",
    async (crash) => {
      const world = await items("heeds no words");
      world.crash = crash;
      await expect(world.done(world.bots().remove(room, again))).rejects.toBeInstanceOf(Crash);
      await world.done(world.bots().remove(room, again));
      expect(world.effects).toEqual([LEFT[0], `kick ${bot}`, LEFT[1]]);
      expect(await world.bots().record(room, bot)).toBeUndefined();
    },
  );

  it("leaves power alone that somebody else has changed since", async () => {
    const world = await items();
    world.levels = { users: { [ann]: 100, [me]: 100, [bot]: 75 } };
    await world.done(world.bots().remove(room, again));
    expect(world.levels).toEqual({ users: { [ann]: 100, [me]: 100, [bot]: 75 } });
  });

  it("says so where it is still there", async () => {
    const world = await items("heeds no words");
    world.matrix.kick = () => Promise.resolve();
    await expect(world.done(world.bots().remove(room, again))).rejects.toMatchObject({
      code: "bot-stayed",
    });
  });
});

describe("the list of bots", () => {
  it("tells what became of those that Usher brought, and of the catalogue's that others did", async () => {
    const world = new World();
    expect(await world.bots().list(room)).toEqual([]);
    world.move(room, "join", bot);
    expect(await world.bots().list(room)).toMatchObject([
      { user: bot, presence: { is: "joined" }, record: undefined, entry: { id: "poll" } },
    ]);
    world.move(room, "leave", bot);
    expect(await world.bots().list(room)).toEqual([]);
    await world.done(world.bots().add(room, order));
    world.move(room, "leave", ann);
    expect(await world.bots().list(room)).toMatchObject([
      { user: bot, presence: { is: "kicked", by: ann }, record: { addedBy: ann } },
    ]);
  });

  it("is searched by id, by account, by entry, and by the beginning of an id", async () => {
    const world = new World();
    await world.done(world.bots().add(room, order));
    const { id = "" } = (await world.bots().find(room, bot)) ?? {};
    for (const said of [id, "poll"]) expect((await world.bots().find(room, said))?.user).toBe(bot);
    expect(await world.bots().find(room, "pool")).toBeUndefined();
  });
});

describe("a room that is replaced", () => {
  it("has its bots invited into the new one, once, and set up as they come", async () => {
    const world = new World();
    const bots = world.bots();
    await world.done(bots.add(room, order));
    world.effects.length = 0;
    const upgradeHandler = botUpgradeHandler(bots, world.documents);
    world.manners = "stays away";
    expect(await upgradeHandler.carry(room, other)).toMatchObject([
      { name: "Poll bot", addedBy: ann, result: "carried" },
    ]);
    expect(await upgradeHandler.carry(room, other)).toMatchObject([{ result: "there" }]);
    expect(world.effects).toEqual([`invite ${bot} to ${other}`]);
    expect(await world.halfDone(other)).toMatchObject([{ id: botId(bot), step: "join" }]);
    world.move(other, "join", bot);
    await world.hear(other);
    expect(world.late).toMatchObject([{ template: "bot/added" }]);
  });

  it("leaves behind what is gone from the old one, and tells what is refused", async () => {
    const world = new World();
    const bots = world.bots();
    await world.done(bots.add(room, order));
    const upgradeHandler = botUpgradeHandler(bots, world.documents);
    world.matrix.invite = () =>
      Promise.reject(
        new UsherError("room-unreachable", { status: 403, code: "M_FORBIDDEN", action: "invite" }),
      );
    expect(await upgradeHandler.carry(room, other)).toMatchObject([{ result: "refused" }]);
    world.move(room, "leave", bot);
    expect(await upgradeHandler.carry(room, other)).toMatchObject([{ result: "gone" }]);
  });
});
