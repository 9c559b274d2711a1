import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";
import type { RoomPower } from "../matrix/port.ts";
import { defineCommand, type Command, type Deed, type Request } from "./command.ts";
import { deedOf, permit, permitAsker, standings } from "./permit.ts";

const me = "@usher:example.org" as UserId;
const ann = "@ann:example.org" as UserId;
const widgets: Need = { kind: "state", type: "im.vector.modular.widgets" };
const room = (
  users: Record<string, unknown>,
  more: Record<string, unknown> = {},
  rest: Partial<RoomPower> = {},
): RoomPower => ({
  version: "11",
  creators: new Set(),
  levels: { users, ...more },
  ...rest,
});
const ask = (power: RoomPower, needs: readonly Need[] = [widgets]) => {
  const refusal = permit({ deed: "add-widget", needs }, power, ann, me);
  return refusal === undefined ? undefined : { code: refusal.code, ...refusal.view };
};

describe("permit", () => {
  it("lets pass where both may", () => {
    expect(ask(room({ [ann]: 50, [me]: 50 }))).toBeUndefined();
    expect(ask(room({}), [])).toBeUndefined();
  });

  it("refuses the person first, with both numbers", () => {
    expect(ask(room({}))).toEqual({
      code: "power-person",
      deed: "deed/add-widget",
      needed: 50,
      role: "role/moderator",
      has: 0,
      youCan: false,
      usher: me,
      kind: "state",
      type: widgets.type,
    });
    expect(ask(room({ [me]: 100 }))).toMatchObject({ code: "power-person" });
  });

  it("refuses where Usher itself may not", () => {
    expect(ask(room({ [ann]: 100 }))).toMatchObject({
      code: "power-usher",
      needed: 50,
      has: 0,
      usher: me,
      youCan: true,
    });
  });

  it("asks for the very event's level, higher or lower than the usual", () => {
    expect(ask(room({ [ann]: 50, [me]: 50 }, { events: { [widgets.type]: 75 } }))).toMatchObject({
      code: "power-person",
      needed: 75,
      has: 50,
    });
    expect(ask(room({}, { events: { [widgets.type]: 0 } }))).toBeUndefined();
    expect(ask(room({ [ann]: 50, [me]: 50 }, { events: { other: 75 } }))).toBeUndefined();
  });

  it("names the need that asks for most of those that fail", () => {
    const needs: readonly Need[] = [{ kind: "kick" }, widgets, { kind: "invite" }];
    expect(
      ask(room({ [ann]: 40 }, { kick: 45, invite: 0, state_default: 60 }), needs),
    ).toMatchObject({ needed: 60, kind: "state" });
    expect(ask(room({ [ann]: 60 }, { kick: 75, state_default: 60 }), needs)).toEqual({
      code: "power-person",
      deed: "deed/add-widget",
      needed: 75,
      role: undefined,
      has: 60,
      youCan: false,
      usher: me,
      kind: "kick",
      type: undefined,
    });
  });

  it("lets the creator of a version 12 room pass, who is in no list", () => {
    const power = room({ [me]: 50 }, {}, { version: "12", creators: new Set([ann]) });
    expect(ask(power)).toBeUndefined();
    expect(standings([widgets], power, ann, me)).toEqual([
      { need: widgets, person: { needed: 50, has: Infinity }, usher: { needed: 50, has: 50 } },
    ]);
  });

  it("refuses what is one user's own, whoever asks: Usher cannot write there either", () => {
    const owned = (key: string): readonly Need[] => [{ ...widgets, key }];
    const all = room({ [ann]: 100, [me]: 100 });
    expect(ask(all, owned("@bob:example.org"))).toEqual({
      code: "state-owned",
      deed: "deed/add-widget",
      owner: "@bob:example.org",
      yours: false,
    });
    expect(ask(all, owned(ann))).toMatchObject({ code: "state-owned", owner: ann, yours: true });
    expect(ask(room({ [me]: 100 }), owned(ann))).toMatchObject({
      code: "power-person",
      needed: 50,
    });
    expect(ask(all, owned("pad@ann"))).toBeUndefined();
  });

  it("MSC3757: lets those pass who stand above the owner, and asks nothing more of the owner", () => {
    const power = room({ [ann]: 50, [me]: 60 }, {}, { version: "org.matrix.msc3757.11" });
    expect(ask(power, [{ ...widgets, key: `${ann}_pad` }])).toBeUndefined();
    expect(
      ask({ ...power, levels: { users: { [ann]: 60, [me]: 60 } } }, [{ ...widgets, key: ann }]),
    ).toMatchObject({
      code: "power-usher",
      needed: 61,
    });
  });

  it("never lets a person pass whose level is below the need, whatever Usher's", () => {
    const level = fc.integer({ min: -5, max: 105 });
    fc.assert(
      fc.property(level, level, level, (person, usher, needed) => {
        const code = ask(
          room({ [ann]: person, [me]: usher }, { events: { [widgets.type]: needed } }),
        )?.code;
        expect(code).toBe(
          person < needed ? "power-person" : usher < needed ? "power-usher" : undefined,
        );
      }),
    );
  });
});

describe("permitAsker", () => {
  const command = (more: Partial<Pick<Command, "operatorsOnly">>): Command =>
    defineCommand({
      words: "try",
      parameters: {},
      example: "try it",
      changes: false,
      answer: () => Promise.resolve({ template: "done", view: {} }),
      ...more,
    });

  it.each([
    [{}, { operator: false }, undefined],
    [{}, { operator: true }, undefined],
    [{ operatorsOnly: true }, { operator: false }, "operators-only"],
    [{ operatorsOnly: true }, { operator: true }, undefined],
  ] as const)("%j, %j: %s", (more, request, code) => {
    expect(permitAsker(command(more), request)?.code).toBe(code);
  });
});

describe("deedOf", () => {
  const changing = {
    words: "try",
    parameters: {},
    example: "try it",
    changes: true,
    plan: () => Promise.resolve({ unseen: true } as const),
    perform: () => Promise.resolve({ template: "done", view: {} }),
  } as const;
  const request = {} as Request;
  const needs: readonly Need[] = [{ kind: "invite" }];

  const of = (command: Command): Promise<Deed | undefined> => {
    if (!command.changes) throw new Error("changes nothing");
    return deedOf(command, undefined as never, request);
  };

  it("is the same each time, or depends on what is in the room", async () => {
    const here = { deed: "remove-widget", needs: [] };
    expect(
      await of(defineCommand({ ...changing, deed: "add-widget", needs: () => needs })),
    ).toEqual({
      deed: "add-widget",
      needs,
    });
    const found = { needs: () => needs, needsHere: () => Promise.resolve(here) };
    expect(await of(defineCommand({ ...changing, ...found }))).toBe(here);
  });

  it("is none where a command takes no power here, and one that takes some must name it", async () => {
    expect(await of(defineCommand({ ...changing, needs: () => [] }))).toBeUndefined();
    // @ts-expect-error A refusal would have no words for what was refused.
    defineCommand({ ...changing, needs: () => needs });
  });
});
