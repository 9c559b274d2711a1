import { z } from "zod";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import { held } from "../../privacy/fields.ts";
import { SUMMARY_TOLD } from "../../privacy/records/operators.ts";
import { defineDocument } from "../../store/documents.ts";
import type { TellOperators } from "../cases/reminders.ts";
import { monthBefore, summaryOf, type SummaryDeps } from "./summaryOf.ts";

/** The last month of which operators were told; one document, id `self`. */
const summaryToldDocument = defineDocument({
  kind: "summary-told",
  version: 1,
  shape: { month: held(SUMMARY_TOLD, z.string()) },
  empty: () => ({ month: "" }),
  migrations: {},
});

/** As `admin summary` is for. */
const SEEN_BY = { roles: ["operator", "dpo"] } as const;

interface SummariesDeps extends SummaryDeps {
  readonly log: Log;
  readonly tellOperators: TellOperators;
}

/** Tells operators of each month when it is over, once; where Usher was away then, as soon as it is back. */
export class Summaries implements Part {
  readonly name = "summaries";
  readonly rounds = [{ name: "summaries", when: "20 7 * * * *", work: () => this.tell() }];
  readonly #deps: SummariesDeps;

  constructor(deps: SummariesDeps) {
    this.#deps = deps;
  }

  /** Beside all else: the month may have ended while Usher was away. */
  start(): Promise<void> {
    void this.tell();
    return Promise.resolve();
  }

  /** Never rejects. */
  async tell(): Promise<void> {
    const { documents, clock, log, tellOperators } = this.#deps;
    try {
      const month = monthBefore(clock.now());
      const name = new Date(month.from).toISOString().slice(0, 7);
      const told = (await documents.get(summaryToldDocument, "self"))?.month;
      if (told === name) return;
      // Nothing is said of the months before the first start.
      const isFirst = told === undefined;
      const once = { cause: `summary ${name}`, step: "summary" };
      if (!isFirst && !(await tellOperators(await summaryOf(this.#deps, month), once, SEEN_BY)))
        return;
      await documents.update(summaryToldDocument, "self", () => ({ month: name }));
    } catch (error) {
      log.error({ class: "ops", what: "summary.failed", ...errorFields(error) });
    }
  }
}
