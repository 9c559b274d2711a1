import { createHash } from "node:crypto";
import type { EventId } from "../../kernel/ids.ts";
import type { CaseDocument, CaseFacts, CaseWords } from "../../store/cases.ts";

/** A case with all that is known of it. */
export interface KnownCase {
  readonly id: string;
  readonly facts: CaseFacts;
  readonly words: CaseWords | undefined;
}

/** The id of the case that an event opens: the same however often it is heard. */
export function caseIdOf(event: EventId): string {
  return createHash("sha256").update(event).digest("hex").slice(0, 12);
}

/** Whether something of it is left to do. */
export function isLive({ facts, words: [words] }: CaseDocument): boolean {
  return facts?.state === "open" || words?.replies.some(({ said }) => !said) === true;
}

export function knownOf(id: string, { facts, words }: CaseDocument): KnownCase | undefined {
  return facts === undefined ? undefined : { id, facts, words: words[0] };
}
