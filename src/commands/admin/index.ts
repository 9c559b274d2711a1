import type { Answer, Command } from "../../chat/command.ts";
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
import { recordAudit } from "../../store/audit.ts";
import type { Documents } from "../../store/documents.ts";
import type { Health } from "../status.ts";
import { adminArticle30, type Article30Deps } from "./article30.ts";
import { adminAudit } from "./audit.ts";
import { audited } from "./audited.ts";
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
import { adminRooms } from "./rooms.ts";
import { adminStatus } from "./status.ts";
import { adminVerify } from "./verify.ts";

export interface AdminDeps
  extends DoctorDeps, AdminCasesDeps, Article30Deps, BackupCommandDeps, KeysDeps {
  readonly matrix: AdminCasesDeps["matrix"] &
    OwnAccount &
    RequestLimits &
    RoomState &
    PowerLevels &
    RoomMembers &
    Identities &
    Pick<Rooms, "joinedRooms" | "resolveAlias" | "leave"> &
    Pick<Media, "sendFile">;
  readonly documents: Documents;
  readonly offer: LiveCatalogue;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly emojiVerifications: EmojiVerifications;
  /** A sentence as plain text, for where no message bears it. */
  readonly asText: (answer: Answer) => string;
}

/** What operators can say, in their room or in a direct chat with Usher. Each leaves an audit record. */
export function adminCommands(parts: AdminDeps): readonly Command[] {
  const record: Parameters<typeof audited>[1] = (deed) =>
    recordAudit(parts.documents, parts.clock, deed);
  return [
    audited(adminStatus(parts), record),
    audited(adminDoctor(parts), record),
    ...catalogueCommands(parts).map((command) => audited(command, record, ["id"])),
    audited(adminRooms(parts), record),
    audited(adminLeave(parts), record, ["room"]),
    audited(adminCases(parts), record),
    audited(adminCase(parts, record), record, ["id"]),
    audited(adminCaseAdd(parts), record, ["user"]),
    audited(adminAudit(parts), record),
    audited(adminArticle30(parts), record),
    audited(adminBackup(parts), record),
    audited(adminCrypto(parts.cryptoReport), record),
    audited(adminVerify(parts.emojiVerifications), record, ["user"]),
    audited(adminIdentity(parts), record, ["user"]),
    ...keysCommands(parts).map((command) => audited(command, record)),
  ];
}
