import { DAY_MS, dayOf, minuteOf } from "../../kernel/days.ts";
import { day, daysOrMonth, word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { REASONS } from "../../config/roles.ts";
import type { OperatorsRoom } from "../../chat/place.ts";
import type { Request } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { AUDIT_FILE } from "../../privacy/records/operators.ts";
import type { UserId } from "../../kernel/ids.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import { inMemory } from "../../matrix/byteSource.ts";
import type { Media } from "../../matrix/port.ts";
import { readAudit } from "../../store/audit.ts";
import { peopleOf } from "../../store/auditChain.ts";
import type { AuditEntry } from "../../store/auditEntry.ts";
import type { Documents } from "../../store/documents.ts";

interface AdminAuditDeps {
  readonly matrix: Pick<Media, "sendFile">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly operators: OperatorsRoom;
}

const FILE = declareUpload("records of what operators had Usher do", AUDIT_FILE);
/** What is shown where nobody says how much. */
const DAYS = 30;
/** How many records the answer itself shows; the file has all. */
const SHOWN = 5;

/** `admin audit [days or month] [since=…] [reason=…]`: what operators had Usher do (D19); the last records in words, all of them in a file. */
export function adminAudit({ matrix, documents, clock, operators }: AdminAuditDeps): Command {
  return defineCommand({
    words: "admin audit",
    parameters: { span: optional(daysOrMonth()) },
    options: { since: optional(day("since")), reason: optional(word("reason", REASONS)) },
    operatorsOnly: true,
    signedDevice: true,
    example: "admin audit 90",
    changes: false,
    answer: async ({ span, since }, { room, person, event, thread }) => {
      const { from, until } = periodOf({ span, since }, laterOf(clock));
      const found = await readAudit(documents, from, until);
      const period = { from: dayOf(from), to: dayOf(until - 1) };
      if (found.length === 0) return { template: "admin/audit-none", view: period };
      const name = `usher-audit-${period.from}-to-${period.to}.jsonl`;
      const file = {
        holds: FILE,
        name,
        mimetype: "application/jsonl",
        bytes: inMemory(Buffer.from(found.map(line).join(""))),
        replyTo: event,
        ...(thread === undefined ? {} : { thread }),
        // Whoever is in the operators' room is an operator; elsewhere only this person is.
        ...(room === operators.room ? {} : { onlyFor: person }),
      };
      await matrix.sendFile(room, file, { cause: event, step: "file" });
      return {
        template: "admin/audit",
        view: { ...period, count: found.length, shown: found.slice(-SHOWN).map(shown), file: name },
      };
    },
  });
}

/** Whom the records name that `admin audit` would show, but for whoever asks. */
export function shownInAudit({ documents, clock }: Pick<AdminAuditDeps, "documents" | "clock">) {
  return async (
    input: Readonly<Record<string, unknown>>,
    { person }: Request,
  ): Promise<readonly UserId[]> => {
    const { span, since } = input as Parameters<typeof periodOf>[0];
    const { from, until } = periodOf({ span, since }, laterOf(clock));
    const named = (await readAudit(documents, from, until)).flatMap(peopleOf);
    return [...new Set(named)].filter((one) => one !== person);
  };
}

/** From the first millisecond to before the second: whole days back from now, or a month; of that, what came on the day `since` or later. */
function periodOf(
  {
    span,
    since,
  }: {
    readonly span?:
      { readonly days: number } | { readonly from: number; readonly until: number } | undefined;
    readonly since?: number | undefined;
  },
  now: number,
): { readonly from: number; readonly until: number } {
  const until = now + 1;
  if (span === undefined) return { from: since ?? now - DAYS * DAY_MS, until };
  const whole = "days" in span ? { from: now - span.days * DAY_MS, until } : span;
  return { from: Math.max(whole.from, since ?? whole.from), until: whole.until };
}

/** One record as a line of JSON Lines; the time in UTC. Its links say nothing without what is stored: `admin audit verify` follows them. */
function line({ at, chain: _, ...deed }: AuditEntry): string {
  return `${JSON.stringify({ at: new Date(at).toISOString(), ...deed })}\n`;
}

function shown({ at, who, what, targets }: AuditEntry): {
  at: string;
  who: string;
  what: string;
  about: string | undefined;
} {
  const time = minuteOf(at);
  return { at: time, who, what, about: targets.length === 0 ? undefined : targets.join(", ") };
}
