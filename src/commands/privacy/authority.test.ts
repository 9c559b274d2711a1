import { expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { EventId } from "../../kernel/ids.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import { caseReplied } from "./caseView.ts";
import { fatesView } from "./erasureView.ts";

const NAMED = {
  authority: "Aufsicht",
  authorityUrl: "https://aufsicht.test/complain",
  guidanceUrl: "https://aufsicht.test/rights",
};
const refused = {
  id: "3f9c0a51e27b",
  facts: { kind: "complain", at: 0, due: 30 * DAY_MS, state: "refused", extended: false },
} as KnownCase;
const refusal = caseReplied(refused, {
  is: "refusal",
  text: "It is not kept here.",
  event: "$answered" as EventId,
  said: false,
});

it("R41, R79 a refusal has its reason, the authority's page, and where to read about one's rights", () => {
  const said = sentenceOf(refusal, NAMED);
  expect(said).toContain("It is not kept here.");
  expect(said).toContain("say `privacy complain` with what is wrong");
  expect(said).toContain("complain to Aufsicht (https://aufsicht.test/complain), or go to court.");
  expect(said).toContain("your rights (https://aufsicht.test/rights)");
});

it("R79 names the authority where only its name is known, and else that of one's own country", () => {
  expect(sentenceOf(refusal, { ...NAMED, authorityUrl: undefined })).toContain(
    "complain to Aufsicht, or go to court.",
  );
  expect(sentenceOf(refusal)).toContain(
    "complain to the data-protection authority of the country you live in, or go to court.",
  );
});

it("R30, R79 a receipt says until when backups have it, whom to write to, and where to complain", () => {
  const thing = { record: "D7-undo", is: "erased" as const, count: 3 };
  const view = {
    ...{ receipt: "3f9c0a51e27b", on: "2026-12-02 09:30", verified: true, left: [] },
    copies: "2026-12-17",
  };
  const fates = fatesView([thing]);
  const said = sentenceOf(
    { template: "privacy/receipt", view: { ...view, ...fates } },
    { ...NAMED, dpo: "dpo@club.test" },
  );
  expect(said).toContain("(backups) are deleted before 2026-12-17 (UTC)");
  expect(said).toContain(
    "write to the data-protection officer, dpo@club.test, or complain to Aufsicht (https://auf",
  );
});
