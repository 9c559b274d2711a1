import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { createRenderer } from "../../chat/render.ts";
import { loadTemplates } from "../../chat/templates.ts";
import { KINDS } from "../../kinds/index.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { whatIsKept } from "./privacy.ts";

const about = {
  calledAs: "!usher",
  legalName: "Example",
  noticeUrl: undefined,
  trial: false,
  minimumAge: 16,
  support: undefined,
  dpo: undefined,
};
// Defined by the kinds when they are loaded.
expect(KINDS.length).toBeGreaterThan(0);
const records = allRecords().filter(({ id }) => !id.startsWith("D9"));
const said = createRenderer(loadTemplates()).render(whatIsKept(records), about).body;

describe("whom privacy names", () => {
  const support = "help@example.org";
  const dpo = "dpo@example.org";
  const noticeUrl = "https://example.org/notice";
  it.each([
    ["the officer first", { dpo, support }, `write to the data-protection officer: ${dpo}.`],
    ["support where there is no officer", { support }, `to complain, write to ${support}.`],
    ["whoever runs the homeserver, else", {}, "ask whoever runs this homeserver, since my"],
    [
      "the notice where there is one",
      { noticeUrl },
      `The whole text: privacy notice (${noticeUrl})`,
    ],
  ])("%s", (_, more, part) => {
    const text = sentenceOf(whatIsKept(records), { ...about, ...more });
    expect(text).toContain(part);
    expect(text.includes(noticeUrl)).toBe("noticeUrl" in more);
    expect(text.includes(support)).toBe("support" in more && !("dpo" in more));
  });
});

describe("what privacy says", () => {
  it("is every record that is about people, with the time it is kept", () => {
    expect(said).toContain("the last changes (30 days)");
    expect(said).toContain("could not say there yet (7 days)");
    expect(said).toContain("gave when, for 12 months");
    const personal = records.filter(({ facts }) => facts.basis !== "no personal data");
    const templates = loadTemplates();
    for (const { id } of personal)
      expect(said).toContain((templates.get(`kept/${id}`) ?? "?").replace(/\{\{.*/, ""));
  });

  it("can be read: one line for each topic, nothing left over", () => {
    expect(said.split("\n").filter((line) => line.startsWith("- "))).toHaveLength(5);
    expect(said).not.toMatch(/\{\{|undefined|; ;/);
  });
});
