import { describe, expect, it } from "vitest";
import { CASES, expected, refusalIn, STAGES } from "../../../test/harness/powerCases.ts";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import type { UserId } from "../../kernel/ids.ts";
import { LAYOUT_TYPE } from "./layout.ts";
import { WIDGET_TYPE } from "./state.ts";

const ada = "@ada:example.org" as UserId;
const owner = "@owner:example.org" as UserId;
const ADDED = "https://added.example.org/";

interface Deed {
  readonly name: string;
  readonly type: string;
  /** What was done before, so that there is something to do. `ID` stands for the widget's. */
  readonly before: readonly string[];
  readonly line: string;
  isDone(talk: WidgetTalk, id: string): boolean;
}

const content = (talk: WidgetTalk, id: string): { readonly name?: unknown } =>
  JSON.parse(talk.room.json(WIDGET_TYPE, id)) as { name?: unknown };
function isPinned({ room }: WidgetTalk, id: string): boolean {
  const layout = JSON.parse(room.json(LAYOUT_TYPE, "")) as {
    readonly widgets?: Readonly<Record<string, { readonly container?: string }>>;
  };
  return layout.widgets?.[id]?.container === "top";
}

const DEEDS: readonly Deed[] = [
  {
    name: "add",
    type: WIDGET_TYPE,
    before: [],
    line: `add widget ${ADDED}`,
    isDone: ({ room }) => room.sent.some((event) => event.content["url"] === ADDED),
  },
  {
    name: "remove",
    type: WIDGET_TYPE,
    before: [],
    line: "remove ID",
    isDone: ({ room }, id) => room.json(WIDGET_TYPE, id) === "{}",
  },
  {
    name: "set",
    type: WIDGET_TYPE,
    before: [],
    line: "set ID name=New",
    isDone: (talk, id) => content(talk, id).name === "New",
  },
  {
    name: "undo of add",
    type: WIDGET_TYPE,
    before: [],
    line: "undo",
    isDone: ({ room }, id) => room.json(WIDGET_TYPE, id) === "{}",
  },
  {
    name: "undo of set",
    type: WIDGET_TYPE,
    before: ["set ID name=New"],
    line: "undo",
    isDone: (talk, id) => content(talk, id).name !== "New",
  },
  {
    name: "undo of remove",
    type: WIDGET_TYPE,
    before: ["remove ID"],
    line: "undo",
    isDone: ({ room }, id) => room.json(WIDGET_TYPE, id) !== "{}",
  },
  {
    name: "pin",
    type: LAYOUT_TYPE,
    before: ["pin ID", "unpin ID"],
    line: "pin ID",
    isDone: isPinned,
  },
  {
    name: "unpin",
    type: LAYOUT_TYPE,
    before: ["pin ID"],
    line: "unpin ID",
    isDone: (talk, id) => !isPinned(talk, id),
  },
  {
    name: "undo of pin",
    type: LAYOUT_TYPE,
    before: ["pin ID"],
    line: "undo",
    isDone: (talk, id) => !isPinned(talk, id),
  },
  {
    name: "undo of unpin",
    type: LAYOUT_TYPE,
    before: ["pin ID", "unpin ID"],
    line: "undo",
    isDone: isPinned,
  },
];

// On a real homeserver a sample of this is tried: test/e2e/widgetPowers.test.ts.
describe.each(STAGES)("in a room of version $version, a person of level $level", (where) => {
  const level = where.level ?? Infinity;

  it.each(DEEDS.flatMap((deed) => CASES.map((one) => ({ ...one, deed, name: deed.name }))))(
    "$name, Usher of level $usher, rule $rule: exactly where the room lets both do it by hand",
    async ({ deed, usher, rule }) => {
      const talk = new WidgetTalk();
      await talk.say("add widget https://first.example.org/");
      const id = talk.room.sent[0]?.stateKey ?? "";
      for (const line of deed.before) await talk.say(line.replace("ID", id));
      const before = talk.room.sent.length;
      const users = {
        [talk.room.me]: usher,
        ...(where.version === "11" ? { [owner]: 200 } : {}),
        ...(where.level === undefined ? {} : { [ada]: where.level }),
      };
      const power = {
        version: where.version,
        creators: new Set([where.level === undefined ? ada : owner]),
        levels: { users, ...(rule === undefined ? {} : { events: { [deed.type]: rule } }) },
      };
      // The specification's rule for state events; 50 is its `state_default` where the room names none.
      const needed = rule ?? 50;
      const due = expected(level, usher, needed);
      expect(deed.isDone(talk, id)).toBe(false);
      const refusal = refusalIn(await talk.sayUnder(power, deed.line.replace("ID", id)));
      expect(refusal).toEqual(
        due === "done" ? undefined : { who: due, needed, has: due === "you" ? level : usher },
      );
      expect(deed.isDone(talk, id)).toBe(due === "done");
      const sent = talk.room.sent.slice(before).map(({ type }) => type);
      expect(sent).toEqual(due === "done" ? [deed.type] : []);
    },
  );
});
