import type { Answer, Command } from "../../chat/command.ts";
import type { Beyond } from "../../integrations/kind.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import type { Clock } from "../../kernel/clock.ts";
import type {
  Identities,
  Media,
  OwnAccount,
  PowerLevels,
  RequestLimits,
  RoomMembers,
  Rooms,
  RoomState,
} from "../../matrix/port.ts";
import type { AuditTrail } from "../../store/auditTrail.ts";
import type { Documents } from "../../store/documents.ts";
import type { Health } from "../status.ts";
import { adminArticle30, type Article30Deps } from "./article30.ts";
import { adminAudit, shownInAudit } from "./audit.ts";
import { ROLES } from "../../config/roles.ts";
import type { Deed } from "../../store/auditChain.ts";
import { audited, type RolesOf } from "./audited.ts";
import { adminAuditVerify } from "./auditVerify.ts";
import { adminComplaints } from "./complaints.ts";
import { adminController, type ControllerDeps } from "./controller.ts";
import { adminDisclosureAdd } from "./disclosure.ts";
import { adminDisclosures, shownInDisclosures } from "./disclosures.ts";
import { adminSummary } from "./summary.ts";
import { adminBackup, type BackupCommandDeps } from "./backup.ts";
import { adminCaseAdd } from "./caseAdd.ts";
import { adminCase, adminCases, type AdminCasesDeps } from "./cases.ts";
import type { EmojiVerifications } from "./emojiVerifications.ts";
import { catalogueCommands } from "./catalogue.ts";
import { adminCrypto } from "./crypto.ts";
import { adminDoctor, type DoctorDeps } from "./doctor/index.ts";
import { adminIdentity } from "./identity.ts";
import { keysCommands, type KeysDeps } from "./keys.ts";
import { adminLeave } from "./leave.ts";
import { adminRooms, shownInRooms } from "./rooms.ts";
import { adminStatus } from "./status.ts";
import type { Underage } from "../../rights/people/underage.ts";
import { adminUnderage } from "./underage.ts";
import { adminVerify } from "./verify.ts";

export interface AdminDeps
  extends DoctorDeps, AdminCasesDeps, Article30Deps, BackupCommandDeps, KeysDeps, ControllerDeps {
  readonly matrix: AdminCasesDeps["matrix"] &
    OwnAccount &
    RequestLimits &
    RoomState &
    PowerLevels &
    RoomMembers &
    Identities &
    Pick<Rooms, "joinedRooms" | "resolveAlias" | "leave"> &
    Pick<Media, "sendFile">;
  readonly audit: Pick<AuditTrail, "record" | "verify">;
  readonly documents: Documents;
  readonly rolesOf: RolesOf;
  readonly underage: Pick<Underage, "report">;
  readonly offer: LiveCatalogue;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly emojiVerifications: EmojiVerifications;
  /** A sentence as plain text, for where no message bears it. */
  readonly asText: (answer: Answer) => string;
}

/** What operators can say, in their room or in a direct chat with Usher. Each leaves an audit record. */
export function adminCommands(parts: AdminDeps, ofKinds: Beyond["commands"]): readonly Command[] {
  const by = {
    record: (deed: Deed) => parts.audit.record(deed),
    rolesOf: parts.rolesOf,
  };
  const both = ["operator", "dpo"] as const;
  const answering = ["dpo", "support"] as const;
  return [
    audited(adminStatus(parts), by, { roles: ROLES }),
    audited(adminDoctor(parts), by),
    ...catalogueCommands(parts).map((command) => audited(command, by, { targets: ["id"] })),
    audited(adminRooms(parts), by, { look: { reason: "support", about: shownInRooms(parts) } }),
    audited(adminLeave(parts), by, { targets: ["room"] }),
    ...ofKinds.map(({ command, targets }) => audited(command, by, { targets })),
    audited(adminCases(parts), by, { roles: answering }),
    audited(adminCase(parts, by), by, { targets: ["id"], roles: answering }),
    audited(adminCaseAdd(parts), by, { targets: ["user"], roles: ["dpo"] }),
    audited(adminComplaints(parts), by, { roles: ["dpo"] }),
    audited(adminDisclosureAdd(parts), by, {
      ...{ targets: ["user"], unnamed: "untold", roles: ["dpo"] },
    }),
    audited(adminDisclosures(parts), by, {
      ...{ roles: ["dpo"], look: { reason: "law", about: shownInDisclosures(parts) } },
    }),
    audited(adminUnderage(parts), by, { roles: ["dpo"] }),
    audited(adminSummary(parts), by, { roles: both }),
    audited(adminController(parts), by, { roles: both }),
    audited(adminAudit(parts), by, {
      roles: both,
      look: { reason: "security", about: shownInAudit(parts) },
    }),
    audited(adminAuditVerify(parts), by, { roles: both }),
    audited(adminArticle30(parts), by, { roles: both }),
    audited(adminBackup(parts), by),
    audited(adminCrypto(parts.cryptoReport), by),
    audited(adminVerify(parts.emojiVerifications), by, { targets: ["user"] }),
    audited(adminIdentity(parts), by, {
      ...{ targets: ["user"], roles: ["dpo"] },
      look: { reason: "request" },
    }),
    ...keysCommands(parts).map((command) => audited(command, by)),
  ];
}
