import { expect, it } from "vitest";
import { privacyCoverage, renderCoverage } from "./privacyCoverage.ts";

const REQUIREMENTS = [
  "| R31 | A copy in a common format.      | `src/a.ts` |",
  "| R38 | It can be taken elsewhere.      |            |",
  "| R59 | The log of accesses has fields. |            |",
].join("\n");

it("names the tests of each requirement, what comes later, and what is missing", () => {
  const text =
    'describe.skipIf(!may())("R31, R33 an export", () => {\n  it.each([["R38 no name", f(x())]])("R31 is a ZIP");';
  const coverage = privacyCoverage(REQUIREMENTS, [
    { path: "src/a.test.ts", text },
    { path: "src/a.ts", text: 'it("R38 in a source is no test")' },
  ]);
  expect(coverage).toMatchObject([
    { id: "R31", text: "A copy in a common format.", tests: ["src/a.test.ts"] },
    { id: "R38", tests: [], later: undefined },
    { id: "R59", tests: [], later: "the web pages" },
  ]);
  const page = renderCoverage(coverage);
  expect(page).toContain("Tested: 1. Coming with something else: 1. Missing: 1.");
  expect(page).toContain("| R31 | tested | `src/a.test.ts` |");
  expect(page).toContain("| R38 | missing |  |");
});
