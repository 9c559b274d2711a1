import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { addressed, type Names } from "./address.ts";
import { lineOf } from "./line.ts";

const me = "@usher:example.org" as UserId;
const commands = ["help", "list", "add widget"];
const names: Names = {
  me,
  displayName: "Usher",
  prefixes: ["!usher", "!im"],
  direct: false,
  isCommand: (line) => commands.some((command) => `${line} `.startsWith(`${command} `)),
};
const nobody = { mentions: new Set<UserId>() };
const html = (formattedBody: string) => ({ formattedBody });
const pill = (id: string, label: string): string =>
  `<a href="https://matrix.to/#/${id}">${label}</a>`;
const hear = (
  body: string,
  more: { formattedBody?: string; mentions?: ReadonlySet<UserId> } = {},
  with_: Partial<Names> = {},
) => addressed({ ...lineOf(body, more.formattedBody), ...nobody, ...more }, { ...names, ...with_ });

/** Of any UTF-16 units whatever. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe("addressed by prefix", () => {
  it.each([
    ["!usher help", "help", "!usher"],
    ["!im help", "help", "!im"],
    ["!USHER help", "help", "!usher"],
    ["  !usher   help me ", "help me", "!usher"],
    ["!usher: help", "help", "!usher"],
    ["! usher help", "help", "!usher"],
    ["! im  list", "list", "!im"],
    ["!usher, help", "help", "!usher"],
    ["!usher\thelp", "help", "!usher"],
    ["!usher\u00a0help", "help", "!usher"],
    ["！usher help", "help", "!usher"],
    ["\u200b!usher help", "help", "!usher"],
    ["\u2068!usher help\u2069", "help", "!usher"],
    ["\u200f!us\u200bher\ufe0f: \u200bhelp\u200e", "help", "!usher"],
    ["\u200b\n!usher help", "help", "!usher"],
    ["！ｕｓｈｅｒ： help", "help", "!usher"],
    ["!usher", "", "!usher"],
    ["!usher help\nand some words for the others", "help", "!usher"],
    ["\n!usher help", "help", "!usher"],
    ["!usher help\r\nmore", "help", "!usher"],
  ])("%j", (body, line, calledAs) => {
    expect(hear(body)).toEqual({ line, calledAs });
  });

  it.each([
    "!usherx help",
    "! im late, start without me",
    "! usher",
    "!ush help",
    "x!usher help",
    "say !usher help",
    "!usher-two help",
    "!usher:other.org help",
    "`!usher help`",
    "> !usher help",
    "",
    " ",
  ])("not %j", (body) => {
    expect(hear(body)).toBeUndefined();
  });
});

describe("addressed by id, pill or link", () => {
  it.each([
    ["@usher:example.org help", {}],
    ["@usher:example.org: help", {}],
    ["@Usher:example.org, help", {}],
    [
      "https://matrix.to/#/@usher:example.org help",
      html(`${pill(me, "https://matrix.to/#/@usher:example.org")} help`),
    ],
    ["[Usher](https://matrix.to/#/@usher:example.org) help", {}],
    ["[My usher](https://matrix.to/#/%40usher%3Aexample.org): help", {}],
    ["<matrix:u/usher:example.org?action=chat> help", {}],
    ["Usher help", html(`${pill(me, "Usher")} help`)],
    ["The Bot: help", html(`${pill(me, "The Bot")}: help`)],
    ["Ann & Bob help", html(`${pill(me, "Ann &amp; Bob")} help`)],
    [
      "Usher help",
      html(`<p><b>${pill("%40usher%3Aexample.org?via=example.org", "<i>Usher</i>")}</b> help</p>`),
    ],
    ["Usher help", html(`<a class="x" href='matrix:u/usher:example.org'>Usher</a> help`)],
  ])("%j", (body, more) => {
    expect(hear(body, more)).toEqual({ line: "help", calledAs: "Usher:" });
  });

  it("calls back by id where Usher has no display name", () => {
    expect(hear("@usher:example.org help", {}, { displayName: undefined })?.calledAs).toBe(
      "@usher:example.org:",
    );
    expect(hear("@usher:example.org help", {}, { displayName: " " })?.calledAs).toBe(
      "@usher:example.org:",
    );
  });

  it.each([
    ["@usher:example.org.evil help", {}],
    ["@usher:example.com help", {}],
    ["@usher2:example.org help", {}],
    ["thanks @usher:example.org", {}],
    ["thanks Usher", html(`thanks ${pill(me, "Usher")}`)],
    ["Usher help", html(`${pill("@other:example.org", "Usher")} help`)],
    ["good morning", html(`${pill(me, "Usher")} help`)],
    ["Usher, Usher", html(`${pill("@other:example.org", "Usher")}, ${pill(me, "Usher")}`)],
  ])("not %j", (body, more) => {
    expect(hear(body, more)).toBeUndefined();
  });
});

describe("addressed by name", () => {
  it.each([
    ["Usher: anything", "anything", "Usher:"],
    ["usher, anything", "anything", "Usher:"],
    ["Usher： help", "help", "Usher:"],
    ["Usher help", "help", "Usher:"],
    ["Usher add widget https://x", "add widget https://x", "Usher:"],
    ["@Usher: anything", "anything", "@Usher:"],
    ["@usher list", "list", "@Usher:"],
    ["Usher:", "", "Usher:"],
  ])("%j", (body, line, calledAs) => {
    expect(hear(body)).toEqual({ line, calledAs });
  });

  it("without a mark, where the message mentions Usher", () => {
    const mentions = new Set([me]);
    expect(hear("Usher anything", { mentions })).toEqual({ line: "anything", calledAs: "Usher:" });
    expect(hear("Usher", { mentions })?.line).toBe("");
    expect(hear("@usher anything", { mentions }, { displayName: "Concierge" })).toEqual({
      line: "anything",
      calledAs: "@usher:",
    });
  });

  it("by a name of several words, in any script", () => {
    expect(hear("der Türsteher: hilfe", {}, { displayName: "Der TÜRSTEHER" })?.line).toBe("hilfe");
    expect(hear("ПОМОЩНИК, list", {}, { displayName: "помощник" })?.line).toBe("list");
    expect(hear("🎩 Usher list", {}, { displayName: "🎩 Usher" })?.line).toBe("list");
  });

  it.each([
    "Usher is down again",
    "Ushers: help",
    "KrazyUsher help",
    "Usherhelp",
    "Usher",
    "Usher's help",
    "ask Usher: help",
    "@usher:other.org help",
    "@usher2 help",
  ])("not %j", (body) => {
    expect(hear(body)).toBeUndefined();
  });

  it("does not take a mention alone for an address: clients add one to every reply", () => {
    expect(hear("thank you", { mentions: new Set([me]) })).toBeUndefined();
    expect(hear("yes, Usher: help", { mentions: new Set([me]) })).toBeUndefined();
  });

  it("does not take a common word for its name", () => {
    expect(
      hear("Helper list our rooms, please", {}, { displayName: "Helper", isCommand: () => false }),
    ).toBeUndefined();
  });
});

describe("addressed in a direct chat", () => {
  it.each([
    ["help", "help", ""],
    ["what is this?", "what is this?", ""],
    ["!usher help", "help", "!usher"],
    ["@usher:example.org help", "help", "Usher:"],
    ["Usher: help", "help", "Usher:"],
    ["Usher", "", "Usher:"],
    ["Usher is down again", "Usher is down again", ""],
    ["good\nmorning", "good", ""],
  ])("%j", (body, line, calledAs) => {
    expect(hear(body, {}, { direct: true })).toEqual({ line, calledAs });
  });

  it("not where nothing is said", () => {
    expect(hear(" \n ", {}, { direct: true })).toBeUndefined();
    expect(hear("> <@alice:example.org> help", {}, { direct: true })).toBeUndefined();
  });

  it("keeps a command that is Usher's name too", () => {
    expect(hear("list", {}, { direct: true, displayName: "List" })).toEqual({
      line: "list",
      calledAs: "",
    });
  });
});

describe("the line", () => {
  it("has lost the quotation of old replies", () => {
    expect(hear("> <@alice:example.org> !usher list\n> more\n\n!usher help")?.line).toBe("help");
    expect(hear("> * <@alice:example.org> waves\n\n!usher help")?.line).toBe("help");
    const formatted = `<mx-reply><blockquote>${pill(me, "x")} ${pill("@alice:example.org", "Bob")}</blockquote></mx-reply>Bob ${pill("@bob:example.org", "Bob")}`;
    expect(hear("> <@alice:example.org> x Bob\n\n!usher Bob Bob", html(formatted))?.line).toBe(
      "Bob @bob:example.org",
    );
  });

  it("has ids in place of pills, and all other words as in the body", () => {
    const formatted = `!usher show <em>Bob</em> ${pill("@bob:example.org", "Bob")} in ${pill("%23room%3Aexample.org", "#room:example.org")} <code>x</code>`;
    expect(hear("!usher show *Bob* Bob in #room:example.org `x`", html(formatted))?.line).toBe(
      "show *Bob* @bob:example.org in #room:example.org `x`",
    );
  });

  it("leaves links that lead elsewhere as they were typed", () => {
    expect(
      hear(
        "!usher add widget https://x.org",
        html(`!usher add widget <a href="https://x.org">https://x.org</a>`),
      )?.line,
    ).toBe("add widget https://x.org");
  });

  it.each([
    "<a",
    "<a href",
    '<a href="',
    `<a href="https://matrix.to/#/@bob:example.org">Bob`,
    "</a></a>",
    "<mx-reply>",
    "&#xffffffff;&#0;&bogus;",
    "<<<>>>",
  ])("is the body's where the HTML is broken: %j", (broken) => {
    expect(hear("!usher show Bob", html(`!usher show ${broken}`))?.line).toBe("show Bob");
  });
});

describe("hostile messages", () => {
  it("never make it throw, and never pass for an address", () => {
    fc.assert(
      fc.property(anyText, anyText, fc.boolean(), (body, formattedBody, direct) => {
        const result = hear(`x${body}`, { formattedBody }, { direct });
        if (!direct) expect(result).toBeUndefined();
        expect(result?.line ?? "").not.toMatch(/[\n\r]/);
      }),
    );
  });

  it.each([
    "<",
    "<a ",
    '<a href="',
    `<a href='https://matrix.to/#/@b:c'>a`,
    "&",
    "&#x",
    "[",
    "[x](",
    "> ",
    "\n",
    " href=",
    " href   ",
  ])("are read in one pass: 300,000 characters of %j would else take many minutes", (part) => {
    const text = part.repeat(Math.ceil(300_000 / part.length));
    expect(hear(`!usher ${text}`, html(text))).toBeDefined();
    expect(hear(`> <@a:b>${text}\n\n!usher help`, html(text), { direct: true })).toBeDefined();
  });
});
