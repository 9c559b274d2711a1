import { dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { CaseDocument, CaseFacts, CaseKind, CaseReply } from "../../store/cases.ts";
import { dueDate, extendedDueDate, type ToldOn } from "./dueDates.ts";

/** What somebody asks of operators, and in which event. */
export interface Opening {
  readonly person: UserId;
  readonly kind: CaseKind;
  readonly text: string;
  readonly event: EventId;
}

/** A new case. `at`: since when it is due; `elsewhere`: it came by another way, so that its person is yet to be told. */
export function newCase(
  { person, kind, text, event }: Opening,
  at: number,
  elsewhere: boolean,
): CaseDocument & { readonly facts: CaseFacts } {
  const due = { at, due: dueDate(at), extended: false };
  const facts = { person, kind, ...due, ...(elsewhere ? { elsewhere } : {}) };
  const replies = elsewhere ? [{ is: "entered" as const, text: "", event, said: false }] : [];
  return { facts: { ...facts, state: "open" }, words: [{ person, text, replies }] };
}

/** What an operator says to a case. */
export interface Replying {
  readonly is: Exclude<CaseReply["is"], "entered">;
  readonly text: string;
  readonly event: EventId;
  readonly by: UserId;
}

/**
 * The case with what an operator says to it: an answer or a refusal closes it, an extension puts it off, once and in time. The same where it has this event's
 * already. Throws `case-closed`, `case-own` where its person would decide it, `case-extended` and `case-late`. `now`: ms since the epoch.
 */
export function withReply(
  document: CaseDocument,
  { is, text, event, by }: Replying,
  now: number,
): CaseDocument {
  const {
    facts,
    words: [words],
  } = document;
  if (facts === undefined || words === undefined) throw closed(facts);
  if (words.replies.some((one) => one.event === event)) return document;
  if (facts.person === by) throw new UsherError("case-own", {});
  const next = is === "extension" ? extended(facts, now) : ended(facts, is, now);
  const replies = [...words.replies, { is, text, event, said: false }];
  return { facts: next, words: [{ ...words, replies }] };
}

/** The case that needs no answer of an operator any more; throws `case-closed`. */
export function closedAs(
  document: CaseDocument,
  state: "answered" | "withdrawn" | "forgotten",
  now: number,
): CaseDocument {
  if (document.facts?.state !== "open") throw closed(document.facts);
  return { ...document, facts: { ...document.facts, state, closedAt: now } };
}

/** The case of which operators have been told on this day. */
export function withToldOn(document: CaseDocument, toldOn: ToldOn): CaseDocument {
  return document.facts === undefined
    ? document
    : { ...document, facts: { ...document.facts, toldOn } };
}

/** The case whose person has been told this. */
export function withSaid(document: CaseDocument, event: EventId): CaseDocument {
  return {
    ...document,
    words: document.words.map((words) => ({
      ...words,
      replies: words.replies.map((one) => (one.event === event ? { ...one, said: true } : one)),
    })),
  };
}

function ended(facts: CaseFacts, is: "answer" | "refusal", now: number): CaseFacts {
  if (facts.state !== "open") throw closed(facts);
  return { ...facts, state: is === "answer" ? "answered" : "refused", closedAt: now };
}

/** The person must know within the first month (GDPR article 12(3)); operators are told of it anew. */
function extended(facts: CaseFacts, now: number): CaseFacts {
  const { state, at, due } = facts;
  if (state !== "open") throw closed(facts);
  if (facts.extended) throw new UsherError("case-extended", { due: dayOf(due) });
  if (now >= due) throw new UsherError("case-late", { due: dayOf(due) });
  return { ...facts, extended: true, due: extendedDueDate(at), toldOn: 0 };
}

function closed(facts: CaseFacts | undefined): UsherError {
  const { state = "forgotten", closedAt } = facts ?? {};
  return new UsherError("case-closed", {
    state: { template: `case/${state}`, view: {} },
    on: closedAt === undefined ? undefined : dayOf(closedAt),
  });
}
