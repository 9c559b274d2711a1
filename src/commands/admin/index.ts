import type { Command } from "../../chat/command.ts";
import type { Carrier } from "../../integrations/carrier.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { CryptoStatus } from "../../matrix/crypto/openCipher.ts";
import type { MatrixPort } from "../../matrix/port.ts";
import { recordAudit } from "../../store/audit.ts";
import type { Documents } from "../../store/documents.ts";
import type { Health } from "../status.ts";
import { audited } from "./audited.ts";
import type { Comparisons } from "./comparisons.ts";
import { adminCrypto } from "./crypto.ts";
import { adminLeave } from "./leave.ts";
import { adminRooms } from "./rooms.ts";
import { adminStatus } from "./status.ts";
import { adminVerify } from "./verify.ts";

export interface AdminParts {
  readonly matrix: Pick<MatrixPort, "me" | "joinedRooms" | "resolveAlias" | "members" | "state" | "leave">;
  readonly documents: Documents;
  readonly carriers: readonly Carrier[];
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly cryptoReport: () => Promise<CryptoStatus | undefined>;
  readonly comparisons: Comparisons;
  /** The sentence that a room's members see when operators have Usher leave. */
  readonly leaveReason: () => string;
}

/** What operators can say, in their room or in a direct chat with Usher. Each leaves an audit record. */
export function adminCommands(parts: AdminParts): readonly Command[] {
  const record: Parameters<typeof audited>[1] = (deed) => recordAudit(parts.documents, parts.clock, deed);
  return [
    audited(adminStatus(parts), record),
    audited(adminRooms(parts), record),
    audited(adminLeave({ ...parts, reason: parts.leaveReason }), record, ["room"]),
    audited(adminCrypto(parts.cryptoReport), record),
    audited(adminVerify(parts.comparisons), record, ["user"]),
  ];
}
