import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, membership } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { World } from "../harness/world.ts";

const LEVELS = "m.room.power_levels";
const GIVEN = 10;

/** What the room asks for the deed; undefined for what the specification says where the room says nothing. */
type Rule = 0 | 100 | undefined;

const DEEDS = ["add", "set", "remove"] as const;
type Deed = (typeof DEEDS)[number];

/** By the specification's rules for `m.room.member` and `m.room.power_levels`, and nothing of Usher's: the level that one needs to do it by hand. */
function neededByHand(deed: Deed, rule: Rule): number {
  switch (deed) {
    case "add":
      return rule ?? 0;
    case "set":
      // Nobody may give more than they have.
      return Math.max(rule ?? 50, GIVEN);
    case "remove":
      // The bot has 0, and whoever kicks must stand above it.
      return Math.max(rule ?? 50, 1);
  }
}

interface Case {
  readonly deed: Deed;
  readonly usher: number;
  readonly rule: Rule;
}

const CASES: readonly Case[] = DEEDS.flatMap((deed) =>
  [0, 50, 100].flatMap((usher) => [0, undefined, 100].map((rule) => ({ deed, usher, rule: rule as Rule }))),
);

/** The level undefined is that of who created the room. */
const STAGES = [
  ["11", 0],
  ["11", 50],
  ["11", 100],
  ["12", 50],
  ["12", undefined],
] as const;

let world: World;
let owner: Person;
/** One for each stage. */
let bots: readonly BotPeer[];

beforeAll(async () => {
  bots = await Promise.all(STAGES.map(() => BotPeer.begin("powers", "comes")));
  // In the catalogue, so that Usher knows them whoever brings them in.
  const entry = { description: "For a test", price: "free", host: { by: "operator" } };
  const catalogue = bots.map(({ userId: user }, index) => ({ ...entry, id: `bot-${String(index)}`, name: `Bot ${String(index)}`, user }));
  const config = { limits: { commandsPerMinute: 100_000 }, bots: { catalogue } };
  world = await World.begin({ encrypted: false }, { config });
  owner = await world.person("owner");
});
afterAll(async () => {
  await world.end();
  await Promise.all(bots.map((bot) => bot.stop()));
});

/** A room, the person who commands in it, and the bot it is about. */
class Stage {
  readonly #room: string;
  readonly #person: Person;
  readonly #level: number | undefined;
  readonly #bot: BotPeer;

  constructor(room: string, person: Person, level: number | undefined, bot: BotPeer) {
    this.#room = room;
    this.#person = person;
    this.#level = level;
    this.#bot = bot;
  }

  /** Does the case, and says whether it went as the rules of the room have it; the words of what went otherwise. */
  async fault({ deed, usher, rule }: Case, version: string): Promise<string | undefined> {
    await this.#arrange(deed, usher, rule, version);
    const needed = neededByHand(deed, rule);
    const person = this.#level ?? Infinity;
    const expected = person < needed ? "you" : usher < needed ? "I" : "done";
    const answer = bodyOf(await ask(this.#person, this.#room, this.#line(deed)));
    const refused = /^To .* you need power (\d+); you have (-?\d+)\./.exec(answer);
    const unable = /^I need power (\d+) to .*; I have (-?\d+)\./.exec(answer);
    const outcome = refused !== null ? "you" : unable !== null ? "I" : (await this.#isDone(deed)) ? "done" : "nothing";
    const numbers = (refused ?? unable)?.slice(1).map(Number);
    const told = outcome === "done" || (numbers?.[0] === needed && numbers[1] === (outcome === "you" ? person : usher));
    const unchanged = expected === "done" || !(await this.#isDone(deed));
    if (outcome === expected && told && unchanged) return undefined;
    return `${deed}, person ${String(person)}, Usher ${String(usher)}, rule ${String(rule)}: expected ${expected}, got ${outcome}: ${answer}`;
  }

  /** The owner makes the room as the case wants it. */
  async #arrange(deed: Deed, usher: number, rule: Rule, version: string): Promise<void> {
    const room = this.#room;
    const here = (await owner.state(room, "m.room.member", this.#bot.userId))?.["membership"] === "join";
    if (deed === "add" && here) await owner.kick(room, this.#bot.userId);
    if (deed !== "add" && !here) {
      const from = owner.mark();
      await owner.invite(room, this.#bot.userId);
      await owner.waitFor(membership(room, this.#bot.userId, "join"), { from });
    }
    const users = {
      ...ownerOf(version),
      ...(this.#level === undefined ? {} : { [this.#person.userId]: this.#level }),
      [world.usher.userId]: usher,
    };
    const given = rule === undefined ? {} : { add: { invite: rule }, set: { events: { [LEVELS]: rule } }, remove: { kick: rule } }[deed];
    await owner.setState(room, LEVELS, { users, ...given });
  }

  #line(deed: Deed): string {
    const { userId } = this.#bot;
    return {
      add: `!usher add bot ${userId} level=0 --yes`,
      set: `!usher set ${userId} level=${String(GIVEN)} --yes`,
      remove: `!usher remove ${userId} --yes`,
    }[deed];
  }

  async #isDone(deed: Deed): Promise<boolean> {
    if (deed === "set") {
      const users = (await owner.state(this.#room, LEVELS))?.["users"] as Record<string, unknown>;
      return users[this.#bot.userId] === GIVEN;
    }
    const now = (await owner.state(this.#room, "m.room.member", this.#bot.userId))?.["membership"];
    return deed === "add" ? now === "join" : now === "leave";
  }
}

// Each person has a room and a bot of their own, so that all go side by side.
describe.concurrent.each(STAGES.map(([version, level], index) => ({ version, level, index })))(
  "in a room of version $version, a person of level $level",
  ({ version, level, index }) => {
    it("may add, change and remove a bot through Usher exactly where the room lets both do it by hand", { timeout: 240_000 }, async () => {
      const bot = bots[index];
      if (bot === undefined) throw new Error("there is a bot for each");
      const person = level === undefined ? owner : await world.person("person");
      const room = await world.room(owner, { version, usherPower: 100, powerLevels: { users: ownerOf(version) } });
      if (level !== undefined) await world.bring(owner, room, person);
      const stage = new Stage(room, person, level, bot);
      const faults: (string | undefined)[] = [];
      for (const one of CASES) faults.push(await stage.fault(one, version));
      expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    });
  },
);

/** Before version 12 the owner must stand above those whose level changes between the cases. */
function ownerOf(version: string): Record<string, number> {
  return version === "12" ? {} : { [owner.userId]: 200 };
}
