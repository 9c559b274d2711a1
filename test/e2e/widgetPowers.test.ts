import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Refused, type Content } from "../harness/clientApi.ts";
import { ask } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { RULES, type Rule } from "../harness/powerCases.ts";
import { contentOf, SAMPLE_STAGES, Stage, type Deed, type State } from "../harness/powerMatrix.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const WIDGET = "im.vector.modular.widgets";
const LAYOUT = "io.element.widgets.layout";
const ADDED = "https://added.example.org/";

let world: World;
let owner: Person;

beforeAll(async () => {
  // Who may do what is nothing that encryption has a part in, and this takes its time.
  ({ world, owner } = await World.of(UNENCRYPTED, ["owner"], {
    config: { limits: { commandsPerMinute: 100_000 } },
  }));
});
afterAll(() => world.end());

/** By the specification's rule for state events; 50 is its `state_default` where the room names none. */
const needed = (rule: Rule): number => rule ?? 50;

function ruleFor(type: string): (level: Exclude<Rule, undefined>) => Content {
  return (level) => ({ events: { [type]: level } });
}

/** What the commands of one room are about. */
class Widgets {
  readonly #room: string;
  /** The widget that all but `add` are about. It was added through Usher; once it has been removed and put back by hand, it is the owner's. */
  readonly #id: string;
  readonly #content: Content;
  #named = 0;

  private constructor(room: string, id: string, content: Content) {
    this.#room = room;
    this.#id = id;
    this.#content = content;
  }

  static async begin({ room }: Stage): Promise<Widgets> {
    await ask(owner, room, "!usher add widget https://first.example.org/ --yes");
    const first = (await owner.allState(room)).find(({ type }) => type === WIDGET);
    if (first === undefined) throw new Error("the widget was added");
    return new Widgets(room, first.state_key, first.content);
  }

  /** `undo` comes last, so that what it takes back is the newest where it may. */
  onState(): readonly Deed[] {
    const rules = { rule: ruleFor(WIDGET), needed };
    let wanted = "";
    let before: unknown;
    /** What the name was before Usher's last change that has not been taken back. */
    let undone: unknown = this.#content["name"];
    return [
      {
        ...rules,
        name: "add",
        prepare: async (state) => {
          const added = addedIn(state);
          if (added !== undefined) await owner.setState(this.#room, WIDGET, {}, added);
        },
        line: () => `!usher add widget ${ADDED} --yes`,
        isDone: (state) => addedIn(state) !== undefined,
      },
      {
        ...rules,
        name: "remove",
        prepare: (state) => this.#show(state),
        line: () => `!usher remove ${this.#id} --yes`,
        isDone: (state) => this.#name(state) === undefined,
      },
      {
        ...rules,
        name: "set",
        prepare: async (state) => {
          await this.#show(state);
          before = this.#name(state) ?? this.#content["name"];
          wanted = this.#newName();
        },
        line: () => `!usher set ${this.#id} name="${wanted}" --yes`,
        isDone: (state) => this.#name(state) === wanted,
      },
      {
        ...rules,
        name: "undo of set",
        prepare: async (state, empower) => {
          if (this.#name(state) === wanted) undone = before;
          if (this.#name(state) !== undone) return;
          await empower();
          await ask(owner, this.#room, `!usher set ${this.#id} name="${this.#newName()}" --yes`);
        },
        line: () => "!usher undo --yes",
        isDone: (state) => this.#name(state) === undone,
      },
    ];
  }

  onLayout(): readonly Deed[] {
    const rules = { rule: ruleFor(LAYOUT), needed };
    return [
      {
        ...rules,
        name: "unpin",
        prepare: async (state) => {
          if (!this.#isPinned(state)) await this.#place("top");
        },
        line: () => `!usher unpin ${this.#id} --yes`,
        isDone: (state) => !this.#isPinned(state),
      },
      {
        ...rules,
        name: "pin",
        prepare: async (state) => {
          if (this.#isPinned(state)) await this.#place("right");
        },
        line: () => `!usher pin ${this.#id} --yes`,
        isDone: (state) => this.#isPinned(state),
      },
      {
        ...rules,
        name: "undo of pin",
        prepare: async (state, empower) => {
          if (this.#isPinned(state)) return;
          await empower();
          await ask(owner, this.#room, `!usher pin ${this.#id} --yes`);
        },
        line: () => "!usher undo --yes",
        isDone: (state) => !this.#isPinned(state),
      },
    ];
  }

  #name(state: State): unknown {
    return contentOf(state, WIDGET, this.#id)?.["name"];
  }

  /** One that the widget never had. */
  #newName(): string {
    this.#named += 1;
    return `Name ${String(this.#named)}`;
  }

  async #show(state: State): Promise<void> {
    if (this.#name(state) === undefined)
      await owner.setState(this.#room, WIDGET, this.#content, this.#id);
  }

  #isPinned(state: State): boolean {
    const widgets = contentOf(state, LAYOUT)?.["widgets"] as Record<string, Content> | undefined;
    return widgets?.[this.#id]?.["container"] === "top";
  }

  async #place(container: string): Promise<void> {
    await owner.setState(this.#room, LAYOUT, { widgets: { [this.#id]: { container, index: 0 } } });
  }
}

function addedIn(state: State): string | undefined {
  return state.find(({ type, content }) => type === WIDGET && content["url"] === ADDED)?.state_key;
}

/** Whether the homeserver lets the person send this type by hand; under a key that no client looks at. */
async function sendsByHand({ person, room }: Stage, type: string, rule: Rule): Promise<boolean> {
  try {
    await person.setState(room, type, { rule: String(rule) }, "by-hand");
    return true;
  } catch (error) {
    if (error instanceof Refused && error.code === "M_FORBIDDEN") return false;
    throw error;
  }
}

// A sample: all versions, levels and rules are in src/kinds/widgets/powers.test.ts. Each person has a room of their own, so that all go side by side.
describe.concurrent.each(SAMPLE_STAGES)(
  "in a room of version $version, a person of level $level",
  (where) => {
    it("may do all there is to do with widgets through Usher exactly where the room lets both do it by hand", async () => {
      const stage = await Stage.open(world, owner, where);
      const widgets = await Widgets.begin(stage);
      expect(await stage.faults(widgets.onState())).toEqual([]);
      expect(await stage.faults(widgets.onLayout())).toEqual([]);
      for (const type of [WIDGET, LAYOUT])
        for (const rule of RULES) {
          await stage.setLevels(0, rule === undefined ? {} : ruleFor(type)(rule));
          expect(await sendsByHand(stage, type, rule)).toBe(stage.level >= needed(rule));
        }
    });
  },
);
