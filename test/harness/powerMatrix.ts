import type { Content } from "./clientApi.ts";
import { ask, bodyOf } from "./expect.ts";
import type { Person, StateEvent } from "./person.ts";
import { expected, refusalIn, STAGES, type Rule } from "./powerCases.ts";
import type { World } from "./world.ts";

export const LEVELS = "m.room.power_levels";

/**
 * What is tried on a real homeserver: somebody like everybody else, and who made a room of version 12; each is told by what they may do, what Usher
 * may not, and what they may not themselves. Everything else is in the unit tests of each kind (`powers.test.ts`).
 */
export const SAMPLE_STAGES = STAGES.filter(
  ({ version, level }) => (version === "11" && level === 50) || level === undefined,
);
const SAMPLE: readonly { readonly usher: number; readonly rule: Rule }[] = [
  { usher: 0, rule: undefined },
  { usher: 50, rule: undefined },
  { usher: 50, rule: 100 },
  { usher: 100, rule: 0 },
];

export type State = readonly StateEvent[];

export function contentOf(state: State, type: string, key = ""): Content | undefined {
  return state.find((event) => event.type === type && event.state_key === key)?.content;
}

/** One thing that people ask of Usher, as the rules of rooms see it. */
export interface Deed {
  readonly name: string;
  /** What the room's power levels say, apart from who has which, to ask for this level. */
  rule(level: 0 | 100): Content;
  /** The level that one needs to do it by hand. By the specification, and nothing of Usher's. */
  needed(rule: Rule): number;
  /** Makes the room such that it can be done, where it is not. `empower` gives Usher a level that is enough for everything, for now. */
  prepare(state: State, empower: () => Promise<void>): Promise<void>;
  line(): string;
  isDone(state: State): boolean;
}

/** A room, who made it, and the person who commands in it. */
export class Stage {
  readonly room: string;
  readonly owner: Person;
  readonly person: Person;
  readonly #world: World;
  readonly #level: number | undefined;
  readonly #version: string;
  /** The power levels as they are now. */
  #levels = "";
  /** The state after the last case; nothing happens in between. */
  #left: State | undefined;

  private constructor(
    world: World,
    owner: Person,
    person: Person,
    room: string,
    { level, version }: (typeof STAGES)[number],
  ) {
    this.#world = world;
    this.owner = owner;
    this.person = person;
    this.room = room;
    this.#level = level;
    this.#version = version;
  }

  static async open(world: World, owner: Person, where: (typeof STAGES)[number]): Promise<Stage> {
    const { version, level } = where;
    const person = level === undefined ? owner : await world.person("person");
    const room = await world.room(owner, {
      version,
      usherPower: 100,
      powerLevels: { users: ownerOf(owner, version) },
    });
    if (level !== undefined) await world.bring(owner, room, person);
    return new Stage(world, owner, person, room, where);
  }

  /** The person's level, as a number that can be compared. */
  get level(): number {
    return this.#level ?? Infinity;
  }

  /** The owner gives everybody their level, and sets the rest of the power levels. */
  async setLevels(usher: number, rest: Content): Promise<void> {
    const person = this.#level === undefined ? {} : { [this.person.userId]: this.#level };
    const users = {
      ...ownerOf(this.owner, this.#version),
      ...person,
      [this.#world.usher.userId]: usher,
    };
    const levels = { users, ...rest };
    if (JSON.stringify(levels) === this.#levels) return;
    await this.owner.setState(this.room, LEVELS, levels);
    this.#levels = JSON.stringify(levels);
  }

  /**
   * Tries every deed in each case of the sample, and says in words what did not go as the rules of the room have it: done, and
   * nothing else with it, where both have the power; otherwise refused, with the numbers of the one who lacks it, and no event sent.
   */
  async faults(deeds: readonly Deed[]): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const { usher, rule } of SAMPLE)
      for (const deed of deeds) {
        const fault = await this.#fault(deed, usher, rule);
        if (fault !== undefined)
          faults.push(
            `${deed.name}, person ${String(this.level)}, Usher ${String(usher)}, rule ${String(rule)}: ${fault}`,
          );
      }
    return faults;
  }

  async #fault(deed: Deed, usher: number, rule: Rule): Promise<string | undefined> {
    await deed.prepare(this.#left ?? (await this.#state()), () => this.setLevels(100, {}));
    await this.setLevels(usher, rule === undefined ? {} : deed.rule(rule));
    const before = await this.#state();
    const needed = deed.needed(rule);
    const due = expected(this.level, usher, needed);
    const answer = bodyOf(await ask(this.person, this.room, deed.line()));
    const after = await this.#state();
    this.#left = after;
    const ids = new Set(before.map(({ event_id }) => event_id));
    const sent = after.filter(({ event_id }) => !ids.has(event_id)).map(({ type }) => type);
    if (sent.includes(LEVELS)) this.#levels = "";
    const refusal = refusalIn(answer);
    const outcome = refusal?.who ?? (deed.isDone(after) ? "done" : "nothing");
    const told =
      refusal === undefined ||
      (refusal.needed === needed && refusal.has === (refusal.who === "you" ? this.level : usher));
    const fits = sent.length === (due === "done" ? 1 : 0);
    if (deed.isDone(before)) return "was done before it was asked for";
    if (outcome === due && told && fits) return undefined;
    return `expected ${due}, got ${outcome}, and new state ${JSON.stringify(sent)}: ${answer}`;
  }

  #state(): Promise<State> {
    return this.owner.allState(this.room);
  }
}

/** Before version 12 the owner must stand above those whose level changes between the cases. */
function ownerOf(owner: Person, version: string): Record<string, number> {
  return version === "12" ? {} : { [owner.userId]: 200 };
}
