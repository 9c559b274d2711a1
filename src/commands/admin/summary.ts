import { daysOrMonth } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { DAY_MS } from "../../kernel/days.ts";
import {
  monthBefore,
  summaryOf,
  type Span,
  type SummaryDeps,
} from "../../rights/summary/summaryOf.ts";

/** `admin summary [days or month]`: what the last month, or another time, was like for people's rights, in numbers alone. */
export function adminSummary(deps: SummaryDeps): Command {
  return defineCommand({
    words: "admin summary",
    parameters: { span: optional(daysOrMonth()) },
    operatorsOnly: true,
    example: "admin summary 2026-11",
    changes: false,
    answer: ({ span }) => {
      const now = deps.clock.now();
      return summaryOf(deps, spanOf(span, now));
    },
  });
}

function spanOf(span: { readonly days: number } | Span | undefined, now: number): Span {
  if (span === undefined) return monthBefore(now);
  return "days" in span ? { from: now - span.days * DAY_MS, until: now + 1 } : span;
}
