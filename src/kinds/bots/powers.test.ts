import { describe, expect, it } from "vitest";
import { ann, bot, BotWorld, me, room } from "../../../test/harness/botWorld.ts";
import { CommandTalk } from "../../../test/harness/commandTalk.ts";
import { CASES, expected, refusalIn, STAGES } from "../../../test/harness/powerCases.ts";
import { remove } from "../../commands/remove.ts";
import { set } from "../../commands/set.ts";
import type { UserId } from "../../kernel/ids.ts";
import { POWER_LEVELS } from "../../matrix/power.ts";
import type { Content, RoomPower } from "../../matrix/port.ts";
import { addBot } from "./addBot.ts";
import { BotAdoption } from "./adoption.ts";
import { botItems } from "./items.ts";

const owner = "@owner:x" as UserId;
const GIVEN = 10;

interface Deed {
  readonly name: string;
  readonly line: string;
  /** Whether the bot is in the room before. */
  readonly here: boolean;
  rule(level: 0 | 100): Content;
  /** The level that one needs to do it by hand, by the specification's rules for `m.room.member` and `m.room.power_levels`. */
  needed(rule: 0 | 100 | undefined): number;
  isDone(world: BotWorld): boolean;
  /** What Usher sends for it. */
  readonly effect: RegExp;
}

const DEEDS: readonly Deed[] = [
  {
    name: "add",
    line: `add bot ${bot} level=0`,
    here: false,
    rule: (level) => ({ invite: level }),
    needed: (rule) => rule ?? 0,
    isDone: (world) => world.membership() === "join",
    effect: /^invite /,
  },
  {
    name: "set",
    line: `set ${bot} level=${String(GIVEN)}`,
    here: true,
    rule: (level) => ({ events: { [POWER_LEVELS]: level } }),
    // Nobody may give more than they have.
    needed: (rule) => Math.max(rule ?? 50, GIVEN),
    isDone: ({ levels }) => (levels["users"] as Record<string, unknown>)[bot] === GIVEN,
    effect: /^set m\.room\.power_levels /,
  },
  {
    name: "remove",
    line: `remove ${bot}`,
    here: true,
    rule: (level) => ({ kick: level }),
    // The bot has 0, and whoever kicks must stand above it.
    needed: (rule) => Math.max(rule ?? 50, 1),
    isDone: (world) => world.membership() === "leave",
    effect: /^kick /,
  },
];

/** The commands about bots in this world, whose room has these levels. */
function talkIn(world: BotWorld, power: () => RoomPower): CommandTalk {
  world.manners = "heeds no words";
  const joined = (): Set<UserId> =>
    new Set(world.membership() === "join" ? [ann, me, bot] : [ann, me]);
  const matrix = {
    ...world.matrix,
    power: () => Promise.resolve(power()),
    encryption: () => Promise.resolve("none" as const),
    members: () => Promise.resolve({ joined: joined(), invited: new Set<UserId>() }),
    account: () => Promise.resolve({ is: "unreachable" } as const),
  };
  const { documents, clock } = world;
  const bots = world.bots();
  const items = [botItems({ matrix, bots, maubot: undefined })];
  const adoption = new BotAdoption({ matrix, documents, clock });
  return new CommandTalk(
    [
      addBot({ matrix, bots, adoption, entries: [], maubot: undefined, joinSeconds: 1 }),
      set(items),
      remove(items, ["bot"]),
    ],
    { room, person: ann, me },
  );
}

// On a real homeserver a sample of this is tried: test/e2e/botPowers.test.ts.
describe.each(STAGES)("in a room of version $version, a person of level $level", (where) => {
  const level = where.level ?? Infinity;

  it.each(DEEDS.flatMap((deed) => CASES.map((one) => ({ ...one, deed, name: deed.name }))))(
    "$name, Usher of level $usher, rule $rule: exactly where the room lets both do it by hand",
    async ({ deed, usher, rule }) => {
      const world = new BotWorld();
      const power = (): RoomPower => ({
        version: where.version,
        creators: new Set([where.level === undefined ? ann : owner]),
        levels: world.levels,
      });
      const talk = talkIn(world, power);
      if (deed.here) world.move(room, "join", owner);
      world.levels = {
        users: {
          [me]: usher,
          ...(where.version === "11" ? { [owner]: 200 } : {}),
          ...(where.level === undefined ? {} : { [ann]: where.level }),
        },
        ...(rule === undefined ? {} : deed.rule(rule)),
      };
      const needed = deed.needed(rule);
      const due = expected(level, usher, needed);
      expect(deed.isDone(world)).toBe(false);
      const refusal = refusalIn(await world.done(talk.sayUnder(power(), deed.line)));
      expect(refusal).toEqual(
        due === "done" ? undefined : { who: due, needed, has: due === "you" ? level : usher },
      );
      expect(deed.isDone(world)).toBe(due === "done");
      // What it says to the bot needs no power.
      const changes = world.effects.filter((effect) => !effect.startsWith("say "));
      expect(due === "done" ? changes : world.effects).toEqual(
        due === "done" ? [expect.stringMatching(deed.effect)] : [],
      );
    },
  );
});
