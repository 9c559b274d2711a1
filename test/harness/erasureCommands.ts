import { adminCaseAdd } from "../../src/commands/admin/caseAdd.ts";
import { adminCase, adminCases } from "../../src/commands/admin/cases.ts";
import { adminComplaints } from "../../src/commands/admin/complaints.ts";
import { adminDisclosureAdd } from "../../src/commands/admin/disclosure.ts";
import { adminDisclosures } from "../../src/commands/admin/disclosures.ts";
import { adminSummary } from "../../src/commands/admin/summary.ts";
import { caseCommands } from "../../src/commands/privacy/cases.ts";
import { eraseCommands } from "../../src/commands/privacy/erase.ts";
import { objectCommands } from "../../src/commands/privacy/object.ts";
import { privacyRestrict, privacyResume } from "../../src/commands/privacy/restrict.ts";
import { privacyCancel, privacyStatus } from "../../src/commands/privacy/status.ts";
import type { RecordAudit } from "../../src/commands/admin/audited.ts";
import type { Command } from "../../src/chat/command.ts";
import { botPart } from "../../src/kinds/bots/records.ts";
import { widgetPart } from "../../src/kinds/widgets/records.ts";

/** Kinds without what they do in rooms; what the bot "paper" keeps, nobody but operators can erase. */
export const KINDS = [
  {
    kind: "widget",
    plural: "widgets",
    rights: { part: widgetPart, byItself: "nothing", byHand: "nothing", outward: "nothing" },
  },
  {
    ...{ kind: "bot", plural: "bots" },
    rights: {
      part: botPart,
      byItself: "nothing",
      byHand: ({ id }: Readonly<Record<string, unknown>>) =>
        id === "paper" ? "Paper bot" : undefined,
      outward: "nothing",
    },
  },
] as const;

type Deps = Parameters<typeof eraseCommands>[0] &
  Parameters<typeof objectCommands>[0] &
  Parameters<typeof privacyStatus>[0] &
  Parameters<typeof caseCommands>[0] &
  Parameters<typeof adminCaseAdd>[0] &
  Parameters<typeof adminSummary>[0] &
  Parameters<typeof adminCase>[0];

/** The commands that ask for something of a person's rights, and those of operators that answer. */
export function erasureCommands(deps: Deps, record: RecordAudit): readonly Command[] {
  return [
    ...eraseCommands(deps),
    privacyRestrict(deps),
    privacyResume(deps),
    ...objectCommands(deps),
    privacyStatus(deps),
    privacyCancel(deps),
    ...caseCommands(deps),
    adminCases(deps),
    adminCase(deps, { record }),
    adminCaseAdd(deps),
    adminComplaints(deps),
    adminDisclosureAdd(deps),
    adminDisclosures(deps),
    adminSummary(deps),
  ];
}
