import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { membership } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import {
  contentOf,
  LEVELS,
  SAMPLE_STAGES,
  Stage,
  type Deed,
  type State,
} from "../harness/powerMatrix.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const GIVEN = 10;

let world: World;
let owner: Person;
/** One for each stage. */
let bots: readonly BotPeer[];

beforeAll(async () => {
  bots = await Promise.all(SAMPLE_STAGES.map(() => BotPeer.begin(UNENCRYPTED, "powers", "comes")));
  // In the catalogue, so that Usher knows them whoever brings them in.
  const entry = { description: "For a test", price: "free", host: { by: "operator" } };
  const catalogue = bots.map(({ userId: user }, index) => ({
    ...entry,
    id: `bot-${String(index)}`,
    name: `Bot ${String(index)}`,
    user,
  }));
  const config = { limits: { commandsPerMinute: 100_000 }, bots: { catalogue } };
  ({ world, owner } = await World.of(UNENCRYPTED, ["owner"], { config }));
});
afterAll(async () => {
  await world.end();
  await Promise.all(bots.map((bot) => bot.stop()));
});

/** By the specification's rules for `m.room.member` and `m.room.power_levels`. */
function botDeeds({ room }: Stage, { userId: bot }: BotPeer): readonly Deed[] {
  const membershipIn = (state: State): unknown =>
    contentOf(state, "m.room.member", bot)?.["membership"];
  const bring = async (state: State): Promise<void> => {
    if (membershipIn(state) === "join") return;
    const from = owner.mark();
    await owner.invite(room, bot);
    await owner.waitFor(membership(room, bot, "join"), { from });
  };
  return [
    {
      name: "add",
      rule: (level) => ({ invite: level }),
      needed: (rule) => rule ?? 0,
      prepare: async (state) => {
        if (membershipIn(state) === "join") await owner.kick(room, bot);
      },
      line: () => `!usher add bot ${bot} level=0 --yes`,
      isDone: (state) => membershipIn(state) === "join",
    },
    {
      name: "set",
      rule: (level) => ({ events: { [LEVELS]: level } }),
      // Nobody may give more than they have.
      needed: (rule) => Math.max(rule ?? 50, GIVEN),
      prepare: bring,
      line: () => `!usher set ${bot} level=${String(GIVEN)} --yes`,
      isDone: (state) =>
        (contentOf(state, LEVELS)?.["users"] as Record<string, unknown> | undefined)?.[bot] ===
        GIVEN,
    },
    {
      name: "remove",
      rule: (level) => ({ kick: level }),
      // The bot has 0, and whoever kicks must stand above it.
      needed: (rule) => Math.max(rule ?? 50, 1),
      prepare: bring,
      line: () => `!usher remove ${bot} --yes`,
      isDone: (state) => membershipIn(state) === "leave",
    },
  ];
}

// A sample: all versions, levels and rules are in src/kinds/bots/powers.test.ts. Each person has a room and a bot of their own, so that all go side by side.
describe.concurrent.each(SAMPLE_STAGES.map((where, index) => ({ ...where, index })))(
  "in a room of version $version, a person of level $level",
  ({ index, ...where }) => {
    it("may add, change and remove a bot through Usher exactly where the room lets both do it by hand", async () => {
      const bot = bots[index];
      if (bot === undefined) throw new Error("there is a bot for each");
      const stage = await Stage.open(world, owner, where);
      expect(await stage.faults(botDeeds(stage, bot))).toEqual([]);
    });
  },
);
