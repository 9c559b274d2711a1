import type { Command } from "../chat/command.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";
import type { Clock } from "../kernel/clock.ts";
import type { CryptoStatus } from "../matrix/crypto/openCipher.ts";
import type { MatrixPort } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import type { Comparisons } from "./admin/comparisons.ts";
import { adminCrypto } from "./admin/crypto.ts";
import { adminVerify } from "./admin/verify.ts";
import { addWidget } from "./addWidget.ts";
import { help } from "./help.ts";
import { list } from "./list.ts";
import { privacy } from "./privacy.ts";
import { remove } from "./remove.ts";
import { status, type Health } from "./status.ts";

interface Parts {
  readonly matrix: Pick<MatrixPort, "me" | "power" | "encryption">;
  readonly widgets: Widgets;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly cryptoReport: () => Promise<CryptoStatus | undefined>;
  readonly comparisons: Comparisons;
}

/** Every command, in the order in which help lists them. */
export function allCommands(parts: Parts): readonly Command[] {
  const commands: readonly Command[] = [
    help(parts.matrix, () => commands),
    addWidget(parts.widgets),
    list(parts.widgets),
    remove(parts.widgets),
    status(parts),
    privacy(),
    adminCrypto(parts.cryptoReport),
    adminVerify(parts.comparisons),
  ];
  return commands;
}
