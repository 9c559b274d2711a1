import { expect, it } from "vitest";
import { readability } from "../../../test/harness/readingGrade.ts";
import { ofSamples } from "../../../test/harness/saidSentences.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { SAMPLES } from "../../../templates/samples.ts";
import { loadTemplates } from "../../chat/templates.ts";

const sources = [...loadTemplates().values()];

/** What is said as a whole, and no part of something else. */
const answers = Object.entries(SAMPLES).filter(
  ([name]) =>
    /^(?:privacy(?:\/|$)|error\/(?:export|erasure|receipt|case|identity|room-not-private))/.test(
      name,
    ) && !sources.some((source) => source.includes(`{{>${name}}}`)),
);

it("R1 every answer about privacy is in plain words and short sentences", () => {
  expect(answers.length).toBeGreaterThan(30);
  for (const [name, views] of answers)
    for (const view of views) {
      const { grade, mean } = readability(ofSamples(() => sentenceOf({ template: name, view })));
      expect([name, Math.max(grade, 9), Math.max(mean, 25)]).toEqual([name, 9, 25]);
    }
});

it("R1 what is hard to read is found to be", () => {
  const legal =
    "Notwithstanding the aforementioned provisions, the processing of personal information shall be undertaken exclusively in accordance with applicable legislation, pursuant to the legitimate interests of the controller.";
  expect(readability(legal).grade).toBeGreaterThan(16);
  expect(readability("I keep no age. Ask me what I keep.").grade).toBeLessThan(3);
});
