import { defineCommand, type Command } from "../../chat/command.ts";
import { dayOf, minuteOf } from "../../kernel/days.ts";
import { verifyAudit } from "../../store/audit.ts";
import type { Documents } from "../../store/documents.ts";

/** How many links that are wrong are named. */
const NAMED = 10;

/** `admin audit verify`: whether the record of what operators had Usher do is as it was written, also after erasures. */
export function adminAuditVerify({ documents }: { readonly documents: Documents }): Command {
  return defineCommand({
    words: "admin audit verify",
    parameters: {},
    operatorsOnly: true,
    example: "admin audit verify",
    changes: false,
    answer: async () => {
      const { count, nameless, older, from, head, broken } = await verifyAudit(documents);
      return {
        template: "admin/audit-verify",
        view: {
          count,
          nameless,
          older,
          head,
          from: from === undefined ? undefined : dayOf(from),
          wrong: broken.length,
          broken: broken
            .slice(0, NAMED)
            .map((at, index) => ({ more: index > 0, at: minuteOf(at) })),
        },
      };
    },
  });
}
