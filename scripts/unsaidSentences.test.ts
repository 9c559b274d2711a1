import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Mustache from "mustache";
import { expect, it, onTestFinished } from "vitest";
import { saidIn, sentenceParts, unsaidSentences } from "./unsaidSentences.ts";

const LIST = "Here: {{#some}}{{#name}}{{name}}{{/name}}{{/some}}{{^some}}nothing{{/some}}";
const templates = new Map([
  ["list", LIST],
  ["bye", "Bye{{#name}}, {{name}}{{/name}}."],
]);
const keys = (source: string, ...places: string[]): string[] =>
  sentenceParts(source, Mustache.parse(source))
    .filter(({ place }) => places.includes(place))
    .map(({ key }) => key);

it("names what nothing has said: a template, or the sections of one that was said", () => {
  expect(unsaidSentences(templates, new Set(keys(LIST, "", "{{#some}}")))).toEqual([
    "list {{#some}} {{#name}}",
    "list {{^some}}",
    "bye",
  ]);
});

it("knows the same part again in another process, by what is written there", () => {
  expect(keys(LIST, "{{^some}}")).toEqual(keys(LIST, "{{^some}}"));
  const parts = [...templates.values()].flatMap((source) =>
    sentenceParts(source, Mustache.parse(source)).map(({ key }) => key),
  );
  expect(new Set(parts).size).toBe(6);
});

it("joins what the processes of a run have noted", async () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-said-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "1-0"), "a\nb\n");
  writeFileSync(join(folder, "2-0"), "b\nc\n");
  expect(await saidIn(folder)).toEqual(new Set(["a", "b", "c"]));
});
