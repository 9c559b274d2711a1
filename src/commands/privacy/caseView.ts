import type { Answer } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { KnownCase } from "../../rights/cases/knownCase.ts";
import type { CaseReply } from "../../store/cases.ts";

/** What a case is, how far it is, and all that was said in it. Who asked is not in it. */
export function caseView({ id, facts, words }: KnownCase): View {
  const { kind, at, due, state, extended, elsewhere = false, closedAt } = facts;
  return {
    id,
    what: `privacy ${kind}`,
    came: dayOf(at),
    due: dayOf(due),
    open: state === "open",
    extended,
    state: { template: `case/${state}`, view: {} },
    on: closedAt === undefined ? undefined : dayOf(closedAt),
    lines: linesOf(words?.text ?? ""),
    elsewhere,
    replies: (words?.replies ?? [])
      .filter(({ is }) => is !== "entered")
      .map(({ is, text, said }) => ({
        is: { template: `case/${is}`, view: {} },
        lines: linesOf(text),
        said,
      })),
  };
}

/** What the person is told when operators have said something to their case. */
export function caseReplied({ id, facts, words }: KnownCase, { is, text }: CaseReply): Answer {
  if (is === "entered")
    return { template: "privacy/case-entered", view: enteredView(id, facts, words?.text ?? "") };
  return {
    template: "privacy/case-reply",
    view: {
      id,
      is: { template: `case/${is}`, view: {} },
      came: dayOf(facts.at),
      what: `privacy ${facts.kind}`,
      due: is === "extension" ? dayOf(facts.due) : undefined,
      lines: linesOf(text),
    },
  };
}

/** The same, where its words cannot be said to them: which case it is, and how to read them. */
export function caseReplyWaits({ id }: KnownCase): Answer {
  return { template: "privacy/case-reply-waits", view: { id } };
}

/** Of what an operator entered: what they wrote down, and which command does the same at once. */
function enteredView(id: string, { kind, at, due }: KnownCase["facts"], text: string): View {
  const itself = BY_ITSELF.find((one) => one === kind);
  return {
    ...{ id, what: `privacy ${kind}`, came: dayOf(at), due: dayOf(due), lines: linesOf(text) },
    itself: itself === undefined ? undefined : `privacy ${itself}`,
  };
}

/** What people can have done in chat, with no operator. */
const BY_ITSELF = ["export", "erase", "correct", "restrict", "object"] as const;

/** A text of several lines, for a template. */
export function linesOf(text: string): readonly View[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line, index) => ({ more: index > 0, line: line.trim() }));
}
