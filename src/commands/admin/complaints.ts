import { defineCommand, type Command } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { caseDocument, type CaseFacts } from "../../store/cases.ts";
import type { Documents } from "../../store/documents.ts";

interface ComplaintsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
}

/** How many are listed: the newest. */
const SHOWN = 50;

/** `admin complaints`: every complaint that is kept, and how it ended; nothing of what anybody wrote (R78). */
export function adminComplaints({ documents, clock }: ComplaintsDeps): Command {
  return defineCommand({
    words: "admin complaints",
    parameters: {},
    operatorsOnly: true,
    example: "admin complaints",
    changes: false,
    answer: async () => {
      const found: { readonly id: string; readonly facts: CaseFacts }[] = [];
      for await (const { id, document } of documents.scan(caseDocument))
        if (document.facts?.kind === "complain") found.push({ id, facts: document.facts });
      const newest = found.toSorted((a, b) => b.facts.at - a.facts.at);
      const now = clock.now();
      return {
        template: "admin/complaints",
        view: {
          count: found.length,
          more: Math.max(0, found.length - SHOWN),
          complaints: newest.slice(0, SHOWN).map(({ id, facts }) => ({
            ...{ id, came: dayOf(facts.at), due: dayOf(facts.due) },
            state: { template: `case/${facts.state}`, view: {} },
            on: facts.closedAt === undefined ? undefined : dayOf(facts.closedAt),
            overdue: facts.state === "open" && now >= facts.due,
            late: (facts.closedAt ?? 0) >= facts.due,
          })),
        },
      };
    },
  });
}
