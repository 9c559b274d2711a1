import { createHash } from "node:crypto";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { CaseDocument, CaseFacts, CaseKind, CaseWords } from "../../store/cases.ts";

/** A case with all that is known of it. */
export interface KnownCase {
  readonly id: string;
  readonly facts: CaseFacts;
  readonly words: CaseWords | undefined;
}

/** The id of the case that somebody's event opens: the same however often it is heard. Nobody else's event can have it. */
export function caseIdOf(person: UserId, event: EventId): string {
  return createHash("sha256").update(`${person} ${event}`).digest("hex").slice(0, ID_LENGTH);
}

const ID_LENGTH = 16;

/** Whether something of it is left to do. */
export function isLive({ facts, words: [words] }: CaseDocument): boolean {
  return facts?.state === "open" || words?.replies.some(({ said }) => !said) === true;
}

export function knownOf(id: string, { facts, words }: CaseDocument): KnownCase | undefined {
  return facts === undefined ? undefined : { id, facts, words: words[0] };
}

/** Whether it waits for an answer to these very words. */
export function isSame({ facts, words }: KnownCase, kind: CaseKind, text: string): boolean {
  return facts.state === "open" && facts.kind === kind && words?.text === text;
}
