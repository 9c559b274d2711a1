import { defineCommand, type Command } from "../../chat/command.ts";
import { dayOf, minuteOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { AuditTrail } from "../../store/auditTrail.ts";

/** How many links that are wrong are named. */
const NAMED = 10;

/** `admin audit verify`: whether the record of what operators had Usher do is as it was written, also after erasures. */
export function adminAuditVerify({
  audit,
}: {
  readonly audit: Pick<AuditTrail, "verify">;
}): Command {
  return defineCommand({
    words: "admin audit verify",
    parameters: {},
    operatorsOnly: true,
    example: "admin audit verify",
    changes: false,
    answer: async () => {
      const { count, nameless, older, from, head, broken, noted, missing } = await audit.verify();
      return {
        template: "admin/audit-verify",
        view: {
          count,
          nameless,
          older,
          head,
          from: from === undefined ? undefined : dayOf(from),
          wrong: broken.length,
          broken: times(broken),
          unnoted: !noted && count > 0,
          lacking: missing.length > 0,
          missing: times(missing),
          whole: broken.length + missing.length === 0,
        },
      };
    },
  });
}

function times(all: readonly number[]): View[] {
  return all.slice(0, NAMED).map((at, index) => ({ more: index > 0, at: minuteOf(at) }));
}
