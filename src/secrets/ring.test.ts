import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isKid, makeKid, parseRing, ringText, withNewKey, withoutKey, type Ring } from "./ring.ts";

const line = (kid: string, more = ""): string =>
  `${kid}:${randomBytes(32).toString("base64")}${more}`;
const kidsOf = ({ keys }: Ring): readonly string[] => [...keys.keys()];

describe("a key ring", () => {
  it("is read as it was written, with a key for each line and one primary", () => {
    const ring = withNewKey(withNewKey(undefined, "old"), "new");
    const text = ringText(ring);
    const read = parseRing(text) as Ring;
    expect(ringText(read)).toBe(text);
    expect(read.primary).toBe("new");
    expect(kidsOf(read)).toEqual(["old", "new"]);
    expect(kidsOf(withoutKey(read, "old"))).toEqual(["new"]);
    expect(parseRing(text.replaceAll("\n", "\r\n"))).toMatchObject({ primary: "new" });
  });

  it.each([
    ["nothing", "", 0],
    ["no primary", line("a"), 0],
    ["two primaries", `${line("a", " primary")}\n${line("b", " primary")}`, 0],
    ["the same name twice", `${line("a", " primary")}\n${line("a")}`, 2],
    ["a short key", `\n# a\na:${randomBytes(31).toString("base64")} primary`, 3],
    ["a long key", `a:${randomBytes(33).toString("base64")} primary`, 1],
    ["a key with other last bits", `a:${"A".repeat(42)}B= primary`, 1],
    ["no name", line("", " primary"), 1],
    ["a name in capitals", line("A", " primary"), 1],
    ["another word", line("a", " secondary"), 1],
    ["a cut file", line("a", " primary").slice(0, 30), 1],
  ])("is none with %s, and the number of the line says where", (_, text, where) => {
    expect(parseRing(text)).toBe(where);
  });

  it("shows its keys in its file alone", () => {
    const ring = withNewKey(undefined, "a");
    const key = /:(.{43})=/.exec(ringText(ring))?.[1] ?? "";
    expect(key).toHaveLength(43);
    const bytes = Buffer.from(key, "base64");
    const shown = [
      inspect(ring, { depth: 9, showHidden: true }),
      JSON.stringify([...ring.keys]),
      inspect(structuredClone([...ring.keys.values()]), { showHidden: true }),
    ].join();
    for (const form of [key, bytes.toString("hex"), bytes.toString("latin1")])
      expect(shown).not.toContain(form);
  });

  it("names new keys by their day", () => {
    expect(makeKid("2026-11-29")).toMatch(/^2026-11-29-[0-9a-f]{6}$/);
    expect(isKid(makeKid("2026-11-29"))).toBe(true);
    expect(["", "a.b", "A", "a b", "-a", "a".repeat(41)].filter(isKid)).toEqual([]);
  });
});
