import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../test/harness/unzip.ts";
import { csvHead, csvLine } from "./csv.ts";

const line = (...cells: readonly unknown[]): string => csvLine(cells).slice(0, -2);

describe("R31 a line of CSV", () => {
  it.each([
    ["words", '"words"'],
    ['say "yes", twice', '"say ""yes"", twice"'],
    [undefined, '""'],
    [null, '""'],
    [true, '"true"'],
    [-3, '"-3"'],
    [1_764_398_700_000, '"2025-11-29T06:45:00.000Z"'],
    [[{ at: 1_764_398_700_000 }], '"[{""at"":""2025-11-29T06:45:00.000Z""}]"'],
    [{ url: "https://a.example.org" }, '"{""url"":""https://a.example.org""}"'],
  ])("has %j as %s", (value, cell) => {
    expect(line(value)).toBe(cell);
  });

  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＠x",
    "@ann:example.org",
  ])("makes %j harmless", (text) => {
    expect(line(text)).toBe(`"'${text}"`);
  });

  it("is read by another program as it was written, whatever stands in it", async () => {
    const cell = fc.string({ unit: "grapheme" }).map((text) => `x${text}`);
    const rows = fc.sample(fc.array(cell, { minLength: 2, maxLength: 2 }), 300);
    const file = csvHead(["a", "b"]) + rows.map((row) => csvLine(row)).join("");
    // A lone carriage return in quotation marks stays one too.
    expect(await readCsv(Buffer.from(file))).toEqual([
      ["a", "b"],
      ...rows.map((row) => row.map((text) => text.toWellFormed())),
    ]);
  });
});
