import { describe, expect, it } from "vitest";
import type { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import {
  boolean,
  day,
  daysOrMonth,
  eventId,
  httpsUrl,
  integer,
  room,
  text,
  userId,
  word,
} from "./arguments.ts";
import { defineCommand, optional, required, type Command } from "./command.ts";
import { parseLine } from "./parse.ts";
import { permit, permitAsker } from "./permit.ts";
import { createRenderer } from "./render.ts";
import { loadTemplates } from "./templates.ts";

const answer = () => Promise.resolve({ template: "done", view: {} });
const telling = { changes: false, answer } as const;
const commands: readonly Command[] = [
  defineCommand({
    ...telling,
    words: "add widget",
    parameters: { url: required(httpsUrl()) },
    options: { name: optional(text("name", 10)) },
    example: "add widget https://x.org",
  }),
  defineCommand({
    ...telling,
    words: "add bot",
    parameters: { user: required(userId()) },
    example: "add bot @b:c",
  }),
  defineCommand({
    ...telling,
    words: "set",
    parameters: {},
    options: {
      kind: optional(word("kind", ["bot", "widget"])),
      on: optional(boolean("on")),
      count: optional(integer("count", 1, 5)),
      room: optional(room()),
      event: optional(eventId()),
      since: optional(day("since")),
      span: optional(daysOrMonth("span")),
    },
    example: "set on=yes",
  }),
];

describe("every refusal can be said", () => {
  const renderer = createRenderer(loadTemplates());
  const say = (error: UsherError | undefined, calledAs: string): string => {
    if (error === undefined) throw new Error("not refused");
    return renderer.renderError(error, { calledAs, usher: "@usher:example.org" }).body;
  };

  it.each([
    ["dance", "`dance`"],
    ["add", "add bot <user>"],
    ["ad widget", "add widget"],
    ["add widget", "url"],
    ["add widget x", "https://"],
    ["add widget example.org", "https://example.org"],
    ["add widget http://example.org", "https://example.org"],
    ["add widget https://a:b@example.org", "password"],
    [`add widget https://example.org/${"x".repeat(3_000)}`, "2048"],
    ['add widget https://x.org name="', "quotation mark"],
    ['add widget https://x.org name=""', "empty"],
    ["add widget https://x.org name=12345678901", "10"],
    ["add widget https://x.org name=a\u0000", "cannot be seen"],
    ["add widget https://x.org nmae=a", "name="],
    ["add widget https://x.org more", "`more`"],
    ["add bot ann", "@name:example.org"],
    ["set kind=wigdet", "widget"],
    ["set kind=dance", "bot"],
    ["set on=maybe", "yes"],
    ["set count=7", "5"],
    ["set room=lounge", "`lounge`"],
    ["set event=x", "`x`"],
    ["set since=2026-11-31", "`2026-11-31` is no day. Write it as `2026-11-23`"],
    ["set span=400", "`400` is neither a number of days from 1 to 366 nor a month"],
    ["set span=2026-13", "Write it as `90` or as `2026-11`"],
  ])("%.60j", (line, words) => {
    for (const calledAs of ["!usher", ""]) {
      const parsed = parseLine(line, commands, calledAs);
      expect(say("error" in parsed ? parsed.error : undefined, calledAs)).toContain(words);
    }
  });

  it("about power, with both numbers and the way out", () => {
    const [ann, me] = ["@ann:example.org" as UserId, "@usher:example.org" as UserId];
    const needs = [{ kind: "state", type: "im.vector.modular.widgets" }] as const;
    const power = (users: Record<string, number>) => ({
      version: "11",
      creators: new Set<UserId>(),
      levels: { users },
    });
    const refusal = (users: Record<string, number>, more: object = {}): string => {
      const { levels, ...rest } = power(users);
      const room = { ...rest, levels: { ...levels, ...more } };
      return say(permit({ deed: "add-widget", needs }, room, ann, me), "!usher");
    };
    expect(refusal({})).toContain(
      "To add a widget here you need power 50 (Moderator); you have 0.",
    );
    expect(refusal({ [ann]: 50 })).toMatch(/I need power 50 .*; I have 0\. You can give me /);
    // Who may not change power levels is sent to somebody who may.
    expect(refusal({ [ann]: 50 }, { events: { "m.room.power_levels": 100 } })).toMatch(
      /I need power 50 .*; I have 0\. Ask an admin to give me \(@usher:example\.org\) that.* `\/op @usher:example\.org 50`/,
    );
  });

  it("of what is for operators", () => {
    const command = defineCommand({
      ...telling,
      words: "try",
      parameters: {},
      operatorsOnly: true,
      example: "try it",
    });
    expect(say(permitAsker(command, { operator: false }), "!usher")).toContain("`try`");
  });
});
