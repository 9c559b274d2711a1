import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import Mustache from "mustache";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createRenderer } from "../chat/render.ts";
import { UsherError } from "../kernel/errors.ts";
import { createLog } from "../kernel/log.ts";
import { Secret } from "./secret.ts";

const WORDS = "canary-s3cr3t";
const secret = new Secret(WORDS);
/** As whoever has no types would take it. */
const asText = secret as unknown as string;

/** What lines a log writes while this is done. */
function lines(work: (stream: { write: (line: string) => void }) => void): string {
  const all: string[] = [];
  work({ write: (line) => void all.push(line) });
  expect(all.length).toBeGreaterThan(0);
  return all.join("");
}
/** What of that could be read, be it as a text or as what it fails with. */
function tried(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return inspect(error, { depth: 9 });
  }
}

/** What Usher says by such a template. */
function sentence(source: string): string {
  const view = { s: secret as never };
  const renderer = createRenderer(new Map([["x", source]]));
  return renderer.render({ template: "x", view }, { calledAs: "" }).body;
}

describe("a secret is not shown", () => {
  it.each<[string, () => unknown]>([
    ["inspected", () => inspect(secret)],
    ["inspected within others", () => inspect({ a: [new Map([["b", secret]])] }, { depth: 9 })],
    ["inspected with what is hidden", () => inspect(secret, { showHidden: true, getters: true })],
    [
      "inspected past its own word",
      () => inspect(secret, { customInspect: false, showHidden: true, getters: true }),
    ],
    ["formatted", () => format("%s %o %O %j %d", secret, secret, secret, secret, secret)],
    ["written as JSON", () => JSON.stringify({ a: [secret], b: secret })],
    ["joined to a text", () => `a ${String(secret)}, ${secret.toString()}, ${[secret].join()}`],
    ["joined without a word", () => `a ${asText}`.concat(asText)],
    ["taken as a number or a primitive", () => inspect([Number(secret), secret.valueOf()])],
    ["listed", () => inspect([Object.entries(secret), Reflect.ownKeys(secret), { ...secret }])],
    ["copied", () => inspect(structuredClone({ secret }), { showHidden: true, depth: 9 })],
    ["serialized", () => serialize({ secret }).toString("latin1")],
    ["thrown", () => inspect(new Error(String(secret), { cause: secret }), { depth: 9 })],
    ["the cause of a failure", () => inspect(new UsherError("unexpected", {}, { cause: secret }))],
    ["in a template", () => Mustache.render("{{s}} {{{s}}} {{#s}}{{.}}{{/s}}", { s: secret })],
    ["asked for by a template", () => Mustache.render("{{s.reveal}}", { s: secret })],
    ["in a sentence of Usher's", () => sentence("{{s}}")],
    ["asked for by a sentence of Usher's", () => sentence("{{s.reveal}}")],
    ["opened by a sentence of Usher's", () => sentence("{{#s}}{{reveal}}{{/s}}")],
    [
      "in Usher's log",
      () =>
        lines((stream) =>
          createLog("info", stream).info({
            class: "ops",
            what: secret as never,
            a: secret,
          } as never),
        ),
    ],
    [
      "in any log of its kind",
      () =>
        lines((stream) => {
          pino({}, stream).error(
            { secret, err: new Error("x", { cause: secret }), a: [{ secret }] },
            "%s %j",
            secret,
            secret,
          );
        }),
    ],
  ])("%s", (_, work) => {
    const shown = tried(work);
    for (const form of [
      WORDS,
      Buffer.from(WORDS).toString("base64"),
      Buffer.from(WORDS).toString("hex"),
    ])
      expect(shown).not.toContain(form);
  });

  it("but to whoever asks it by name", () => {
    expect(secret.reveal()).toBe(WORDS);
  });
});
