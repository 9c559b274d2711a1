import type { Answer } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import { readAudit } from "../../store/audit.ts";
import type { AuditTrail } from "../../store/auditTrail.ts";
import { CASE_KINDS, caseDocument, type CaseFacts } from "../../store/cases.ts";
import { disclosureDocument, GROUNDS } from "../../store/disclosures.ts";
import type { Documents } from "../../store/documents.ts";
import { receiptDocument } from "../../store/erasures.ts";
import { REASONS } from "../../config/roles.ts";

/** From one time to before another; ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The month (UTC) before the one in which this moment is; ms since the epoch. */
export function monthBefore(now: number): Span {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: Date.UTC(year, month - 1), until: Date.UTC(year, month) };
}

export interface SummaryDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly audit: Pick<AuditTrail, "verify">;
}

/** What a time was like for people's rights, in numbers alone: nobody's name, id or word is in it. */
export async function summaryOf(
  { documents, clock, audit }: SummaryDeps,
  span: Span,
): Promise<Answer> {
  const isIn = (at: number | undefined): boolean =>
    at !== undefined && at >= span.from && at < span.until;
  const cases: CaseFacts[] = [];
  for await (const { document } of documents.scan(caseDocument))
    if (document.facts !== undefined) cases.push(document.facts);
  const receipts: (string | undefined)[] = [];
  for await (const { document } of documents.scan(receiptDocument))
    if (isIn(document.receipt?.at)) receipts.push(document.receipt?.state);
  const grounds: (string | undefined)[] = [];
  for await (const { document } of documents.scan(disclosureDocument))
    if (isIn(document.disclosure?.at)) grounds.push(document.disclosure?.ground);
  const looks = (await readAudit(documents, span.from, span.until)).map(({ reason }) => reason);
  const { head, broken, missing } = await audit.verify();
  const came = cases.filter(({ at }) => isIn(at));
  const ended = cases.filter(({ closedAt }) => isIn(closedAt));
  return {
    template: "admin/summary",
    view: {
      from: dayOf(span.from),
      to: dayOf(span.until - 1),
      came: came.length,
      kinds: counted(
        CASE_KINDS,
        (kind) => came.filter((one) => one.kind === kind).length,
        "privacy ",
      ),
      ended: ended.length,
      late: ended.filter(({ due, closedAt = 0 }) => closedAt >= due).length,
      open: cases.filter(({ state }) => state === "open").length,
      overdue: cases.filter(({ state, due }) => state === "open" && due <= clock.now()).length,
      erased: receipts.filter((state) => state === "verified").length,
      partly: receipts.filter((state) => state === "partial").length,
      looks: counted(REASONS, (reason) => looks.filter((one) => one === reason).length),
      grounds: counted(GROUNDS, (ground) => grounds.filter((one) => one === ground).length),
      head,
      broken: broken.length + missing.length > 0,
    },
  };
}

/** Of each name that there is something of, how much. */
function counted(names: readonly string[], count: (name: string) => number, before = ""): View[] {
  return names
    .map((name) => ({ name: before + name, count: count(name) }))
    .filter((one) => one.count > 0)
    .map((one, index) => ({ ...one, more: index > 0 }));
}
