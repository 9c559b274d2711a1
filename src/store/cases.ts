import { z } from "zod";
import { eventId, userId } from "../kernel/idSchemas.ts";
import { actor, held } from "../privacy/fields.ts";
import { CASE, CASE_WORDS } from "../privacy/records/cases.ts";
import type { Clock } from "../kernel/clock.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { defineDocument, type DocumentOf, type Documents } from "./documents.ts";

/** What a case can be of, in the words of the commands. */
export const CASE_KINDS = [
  "human",
  "complain",
  "feedback",
  "object",
  "export",
  "erase",
  "correct",
  "restrict",
] as const;

const facts = z.strictObject({
  /** Absent where they asked to be forgotten. */
  person: actor(userId).optional(),
  /**
   * What they asked for: `privacy human`, `complain`, `feedback`; `object`, where they object to something; `export`, where Usher could not do that; any
   * of the rights, where they asked by another way.
   */
  kind: z.enum(CASE_KINDS),
  /** When it came; ms since the epoch. */
  at: z.number(),
  /** They asked by another way than in chat, and an operator entered it. */
  elsewhere: z.boolean().optional(),
  /** Before when it must be answered: the beginning of a day in UTC; ms since the epoch. */
  due: z.number(),
  /** It was put off once, with a reason. */
  extended: z.boolean(),
  /** The last day of its life on which operators were told of it: 0 when it came. */
  toldOn: z.number().optional(),
  state: z.enum(["open", "answered", "refused", "withdrawn", "forgotten"]),
  /** When that was; ms since the epoch. */
  closedAt: z.number().optional(),
});
export type CaseFacts = z.infer<typeof facts>;
export type CaseKind = CaseFacts["kind"];

const reply = z.strictObject({
  /** `entered`: nothing was said, but an operator entered what the person asked by another way. */
  is: z.enum(["answer", "refusal", "extension", "entered"]),
  text: z.string(),
  /** The operator's command. */
  event: eventId,
  /** Whether the person has been told. */
  said: z.boolean(),
});
export type CaseReply = z.infer<typeof reply>;

const words = z.strictObject({
  person: actor(userId),
  /** Their own, as they wrote them. */
  text: z.string(),
  replies: z.array(reply),
});
export type CaseWords = z.infer<typeof words>;

/** An open one has no end yet. */
function closedAt(of: CaseFacts | undefined): readonly number[] {
  return of?.closedAt === undefined ? [] : [of.closedAt];
}

/** What somebody asks of the operators themselves; one document each, by an id of its own. */
export const caseDocument = defineDocument({
  kind: "case",
  version: 3,
  shape: {
    facts: held(CASE, facts.optional()),
    /** One entry, which goes as a whole where its person is erased. */
    words: held(CASE_WORDS, z.array(words)),
  },
  empty: () => ({ words: [] }),
  // Version 2 may be of an export; version 3 may have been asked by another way.
  migrations: { 1: (document) => document, 2: (document) => document },
  since: {
    [CASE.id]: ({ facts: of }) => closedAt(of),
    [CASE_WORDS.id]: ({ facts: of, words: said }) => said.flatMap(() => closedAt(of)),
  },
});

/** Deletes what has been kept as long as its record says. */
export async function sweepCases(documents: Documents, clock: Clock): Promise<void> {
  const since = keptSince(CASE, earlierOf(clock));
  for await (const { id, document } of documents.scan(caseDocument))
    if ((document.facts?.closedAt ?? since) < since) await documents.delete(caseDocument, id);
}

export type CaseDocument = DocumentOf<typeof caseDocument>;
