import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId, UserId } from "../kernel/ids.ts";
import { defineCommand, type Command } from "./command.ts";
import {
  answerWords,
  confirmation as confirmationIn,
  isAnswer as isAnswerIn,
  type Pending,
  type Reply,
} from "./confirmation.ts";

const usual = answerWords({ yes: [], no: [] }, []);
const confirmation = (waiting: readonly Pending[], reply: Reply, now: number) =>
  confirmationIn(waiting, reply, now, usual);
const isAnswer = (line: string): boolean => isAnswerIn(line, usual);

const ann = "@ann:example.org" as UserId;
const bob = "@bob:example.org" as UserId;
const id = (text: string): EventId => text as EventId;
const waiting = (name: string, more: Partial<Pending> = {}): Pending => ({
  event: id(`$${name}`),
  person: ann,
  calledAs: "!usher",
  line: "remove x",
  at: 0,
  preview: id(`$${name}-preview`),
  expiresAt: 300_000,
  ...more,
});
const one = waiting("one");
const words = (
  line: string,
  more: {
    person?: UserId;
    addressed?: boolean;
    thread?: EventId;
    replyTo?: EventId;
    toOther?: true;
  } = {},
) => ({ kind: "message", person: ann, line, addressed: false, ...more }) as const;
const sign = (key: string, target = "$one-preview", person = ann) =>
  ({ kind: "reaction", key, target: id(target), person }) as const;

describe("words", () => {
  it.each([
    "yes",
    "Yes",
    " YES. ",
    "y",
    "yes!",
    "confirm",
    "ｙｅｓ",
    "\u200byes\u2069",
    "yes please",
    "Yes, please!",
    "👍",
    "👍🏿",
    "✅",
    "✔️",
  ])("%j confirms", (line) => {
    expect(confirmation([one], words(line), 1)).toEqual({ kind: "confirmed", pending: one });
    expect(confirmation([one], words(line, { addressed: true }), 1)).toEqual({
      kind: "confirmed",
      pending: one,
    });
  });

  it.each(["no", "No.", "n", "nope", "cancel", "no thanks", "No, thank you.", "👎", "❌\ufe0f"])(
    "%j declines",
    (line) => {
      expect(confirmation([one], words(line), 1)).toEqual({ kind: "declined", pending: one });
    },
  );

  it.each(["", "yesterday", "no idea", "not yes", "yes but not now", "list"])(
    "%j is no answer",
    (line) => {
      expect(confirmation([one], words(line, { addressed: true }), 1)).toBeUndefined();
    },
  );

  it.each([
    "ok",
    "OK!",
    "okay",
    "sure",
    "yep",
    "да",
    "oui",
    "ok do it",
    "Sure, go ahead!",
    "ok yes",
    "yeah sure",
  ])("%j may be meant for Usher while it waits, and for nobody else", (line) => {
    for (const more of [{}, { addressed: true }, { replyTo: one.preview }])
      expect(confirmation([one], words(line, more), 1)).toEqual({ kind: "unclear", pending: one });
    expect(confirmation([one], words(line, { replyTo: id("$lunch") }), 1)).toBeUndefined();
    expect(confirmation([one], words(line, { person: bob }), 1)).toBeUndefined();
    expect(confirmation([one], words(line), 300_000)).toBeUndefined();
    expect(confirmation([], words(line), 1)).toBeUndefined();
  });

  it("that reply to the preview are an answer to it, whatever they are, unless they are said to Usher as a command", () => {
    expect(confirmation([one], words("what is this?", { replyTo: one.preview }), 1)).toEqual({
      kind: "unclear",
      pending: one,
    });
    expect(
      confirmation([one], words("list", { replyTo: one.preview, addressed: true }), 1),
    ).toBeUndefined();
    expect(
      confirmation([one], words("what?", { replyTo: one.preview, person: bob }), 1),
    ).toBeUndefined();
  });

  it("from anybody else are their own", () => {
    expect(confirmation([one], words("yes", { person: bob }), 1)).toBeUndefined();
    expect(
      confirmation([one], words("yes", { person: bob, replyTo: one.preview }), 1),
    ).toBeUndefined();
    expect(confirmation([one], words("yes", { person: bob, addressed: true }), 1)).toEqual({
      kind: "none",
    });
  });

  it("where nothing waits are everyday talk, unless said to Usher", () => {
    expect(confirmation([], words("yes"), 1)).toBeUndefined();
    expect(confirmation([], words("no", { addressed: true }), 1)).toEqual({ kind: "none" });
  });

  it("mean the newest preview", () => {
    const newer = waiting("two", { expiresAt: 300_001 });
    expect(confirmation([one, newer], words("yes"), 1)).toEqual({
      kind: "confirmed",
      pending: newer,
    });
    expect(confirmation([newer, one], words("yes"), 1)).toEqual({
      kind: "confirmed",
      pending: newer,
    });
  });

  it("mean the preview that they reply to", () => {
    const newer = waiting("two", { expiresAt: 300_001 });
    expect(confirmation([one, newer], words("yes", { replyTo: one.preview }), 1)).toEqual({
      kind: "confirmed",
      pending: one,
    });
  });

  it("that reply to the command are an answer to its preview", () => {
    const newer = waiting("two", { expiresAt: 300_001 });
    expect(confirmation([one, newer], words("yes", { replyTo: one.event }), 1)).toEqual({
      kind: "confirmed",
      pending: one,
    });
  });

  it("that reply to what waits no longer confirm nothing else, even where Usher alone is spoken to", () => {
    const said = { ...words("yes", { replyTo: id("$swept"), addressed: true }), unnamed: true };
    expect(confirmation([one], said, 1)).toEqual({ kind: "elsewhere", pending: one });
    expect(confirmation([one], said, 300_000)).toEqual({ kind: "none" });
    expect(confirmation([], said, 1)).toEqual({ kind: "none" });
    expect(confirmation([one], { ...said, line: "ok" }, 1)).toMatchObject({ kind: "elsewhere" });
    expect(confirmation([one], { ...said, line: "list" }, 1)).toBeUndefined();
    expect(confirmation([one], { ...said, person: bob }, 1)).toEqual({ kind: "none" });
  });

  it("are no more than that: what follows far behind a yes takes it back", () => {
    expect(confirmation([one], words(`yes${" ".repeat(77)}but not now`), 1)).toBeUndefined();
    expect(confirmation([one], words("yes !"), 1)).toEqual({ kind: "confirmed", pending: one });
  });

  it("that reply to something else are an answer to that, unless said to Usher", () => {
    expect(confirmation([one], words("yes", { replyTo: id("$lunch") }), 1)).toBeUndefined();
    expect(confirmation([one], words("yes", { toOther: true }), 1)).toBeUndefined();
    expect(
      confirmation([one], words("yes", { replyTo: id("$lunch"), addressed: true }), 1),
    ).toEqual({ kind: "confirmed", pending: one });
  });

  it("count in the thread where it was asked, or one begun at the preview", () => {
    const threaded = waiting("two", { thread: id("$root") });
    expect(confirmation([threaded], words("yes", { thread: id("$root") }), 1)).toEqual({
      kind: "confirmed",
      pending: threaded,
    });
    expect(confirmation([one], words("yes", { thread: one.preview }), 1)).toEqual({
      kind: "confirmed",
      pending: one,
    });
    expect(confirmation([threaded], words("yes"), 1)).toBeUndefined();
    expect(confirmation([one], words("yes", { thread: id("$root") }), 1)).toBeUndefined();
    const replied = words("yes", { thread: id("$other"), replyTo: threaded.preview });
    expect(confirmation([threaded], replied, 1)).toEqual({ kind: "confirmed", pending: threaded });
    expect(confirmation([threaded], words("yes", { replyTo: threaded.preview }), 1)).toEqual({
      kind: "confirmed",
      pending: threaded,
    });
  });
});

it("isAnswer knows yes and no from other words", () => {
  expect(["yes", " No! ", "y"].every(isAnswer)).toBe(true);
  expect(["", "yes but", "no longer works", "list"].some(isAnswer)).toBe(false);
});

describe("reactions", () => {
  it.each(["✅", "✔", "✔️", "✔︎", "☑️", "👍", "👍🏿", "👍️"])("%s confirms", (key) => {
    expect(confirmation([one], sign(key), 1)).toEqual({ kind: "confirmed", pending: one });
  });

  it.each(["❌", "✖️", "❎", "🚫", "👎🏻"])("%s declines", (key) => {
    expect(confirmation([one], sign(key), 1)).toEqual({ kind: "declined", pending: one });
  });

  it("of other kinds, of others, or to other messages are nothing", () => {
    for (const key of ["🎉", "yes", "", "✅✅", "\ufe0f"])
      expect(confirmation([one], sign(key), 1)).toBeUndefined();
    expect(confirmation([one], sign("✅", "$one-preview", bob), 1)).toBeUndefined();
    expect(confirmation([one], sign("✅", "$one"), 1)).toBeUndefined();
    expect(confirmation([], sign("✅"), 1)).toBeUndefined();
  });

  it("choose the preview they stand at", () => {
    const newer = waiting("two", { expiresAt: 300_001 });
    expect(confirmation([one, newer], sign("✅"), 1)).toEqual({ kind: "confirmed", pending: one });
  });
});

describe("time", () => {
  it("is over when it is over, not before", () => {
    expect(confirmation([one], words("yes"), 299_999)).toMatchObject({ kind: "confirmed" });
    for (const late of [
      words("yes", { addressed: true }),
      words("no", { replyTo: one.preview }),
      sign("✅"),
      sign("❌"),
    ]) {
      expect(confirmation([one], late, 300_000)).toEqual({ kind: "expired", pending: one });
    }
  });

  it("makes a late bare word everyday talk again", () => {
    expect(confirmation([one], words("yes"), 300_000)).toBeUndefined();
  });
});

it("nobody but the asker ever confirms or declines, and nothing is confirmed late", () => {
  const person = fc.constantFrom(ann, bob);
  const event = fc.constantFrom("$a", "$b", "$a-preview", "$b-preview").map(id);
  const pending = fc.array(
    fc
      .record({ name: fc.constantFrom("a", "b"), person, expiresAt: fc.nat(20) })
      .map(({ name, ...more }) => waiting(name, more)),
  );
  const message = fc.record({
    line: fc.constantFrom("yes", "no", "x"),
    person,
    addressed: fc.boolean(),
    thread: fc.option(event),
    replyTo: fc.option(event),
  });
  const reply = fc.oneof(
    message.map(({ line, thread, replyTo, ...more }) =>
      words(line, {
        ...more,
        ...(thread === null ? {} : { thread }),
        ...(replyTo === null ? {} : { replyTo }),
      }),
    ),
    fc
      .record({ key: fc.constantFrom("✅", "❌", "x"), target: event, person })
      .map(({ key, target, person }) => sign(key, target, person)),
  );
  fc.assert(
    fc.property(pending, reply, fc.nat(20), (all, said, now) => {
      const outcome = confirmation(all, said, now);
      if (outcome === undefined || outcome.kind === "none") return;
      expect(outcome.pending.person).toBe(said.person);
      expect(outcome.kind === "expired").toBe(now >= outcome.pending.expiresAt);
    }),
  );
});

describe("the operator's words", () => {
  const words = { yes: ["ja", "OUI", "si\u0301"], no: ["nein"] };
  const command = (name: string, aliases: readonly string[] = []): Command =>
    defineCommand({
      words: name,
      aliases,
      parameters: {},
      example: name,
      changes: false,
      answer: () => Promise.resolve({ template: "x", view: {} }),
    });

  it("answer beside Usher's own, however they are typed", () => {
    const known = answerWords(words, [command("list")]);
    const outcome = (line: string): string | undefined =>
      confirmationIn([one], { kind: "message", person: ann, line, addressed: false }, 1, known)
        ?.kind;
    for (const line of ["Ja!", "oui", "s\u00ed", "SI\u0301.", "yes"])
      expect([line, outcome(line)]).toEqual([line, "confirmed"]);
    for (const line of ["nein", "no"]) expect([line, outcome(line)]).toEqual([line, "declined"]);
    expect(isAnswerIn("si", known)).toBe(false);
    expect(isAnswer("ja")).toBe(false);
  });

  it("are refused, by their names, where they are commands or begin one", () => {
    const commands = [command("add widget", ["widget add"]), command("list")];
    expect(() => answerWords({ yes: ["ja", "List"], no: ["widget", "add"] }, commands)).toThrow(
      [
        "confirmation.yes[1] must not be a command or the beginning of one.",
        "confirmation.no[0] must not be a command or the beginning of one.",
        "confirmation.no[1] must not be a command or the beginning of one.",
      ].join("\n"),
    );
  });
});
