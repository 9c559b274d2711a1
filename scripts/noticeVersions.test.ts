import { describe, expect, it } from "vitest";
import { loadTemplates } from "../src/chat/templates.ts";
import { SECTIONS } from "../src/notice/sections.ts";
import { readWordings, type Wording } from "../src/notice/wording.ts";
import { hashOf, noticeFaults, wordingFaults, wordingOf } from "./noticeVersions.ts";

const texts = ["first", "second", "third"];
const history = texts
  .map((text, index): Wording => {
    const version = index + 1;
    return { version, date: `2026-11-0${String(version)}`, changed: "x", sha256: hashOf(text) };
  })
  .toReversed() as [Wording, ...Wording[]];
const kept = (version: number): string | undefined => texts[version - 1];

describe("R10, R82 the versions of the words", () => {
  it("are in order where each is as it was, and the newest is what is said", () => {
    expect(wordingFaults("third", history, kept)).toEqual([]);
    expect(noticeFaults()).toEqual([]);
    expect(readWordings("en").at(-1)?.version).toBe(1);
  });

  it("lack one where the text has changed without a line on what is new", () => {
    expect(wordingFaults("third!", history, kept)).toEqual([
      expect.stringContaining("the words of the privacy notice have changed"),
    ]);
  });

  it("are at fault where one was changed after it was out, or is gone", () => {
    const other = (version: number): string | undefined =>
      version === 2 ? "other" : kept(version);
    expect(wordingFaults("third", history, other)).toEqual([
      expect.stringContaining("version 2 of the notice is not what it was"),
    ]);
    const gone = (version: number): string | undefined =>
      version === 1 ? undefined : kept(version);
    expect(wordingFaults("third", history, gone)).toHaveLength(1);
  });

  it("are at fault where one is missing, or older than the one before it", () => {
    const [third, second, first] = history as unknown as [Wording, Wording, Wording];
    expect(wordingFaults("third", [third, first], kept)).toEqual([
      expect.stringContaining("version 3 of the notice is out of order"),
    ]);
    const late = { ...second, date: "2026-12-01" };
    expect(wordingFaults("third", [third, late, first], kept)).toEqual([
      expect.stringContaining("version 2 of the notice is out of order"),
    ]);
  });

  it("hold every section with its title, so that no word changes unseen", () => {
    const templates = new Map(loadTemplates());
    const before = hashOf(wordingOf(templates));
    for (const name of SECTIONS.flatMap((one) => [`notice/${one}`, `notice/titles/${one}`])) {
      const words = templates.get(name) ?? "";
      templates.set(name, `${words}!`);
      expect([name, hashOf(wordingOf(templates)) === before]).toEqual([name, false]);
      templates.set(name, words);
    }
    expect(hashOf(wordingOf(templates))).toBe(before);
  });
});
