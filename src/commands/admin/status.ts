import { defineCommand, type Command } from "../../chat/command.ts";
import { allAddedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Rooms } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { duration } from "../duration.ts";
import type { Health } from "../status.ts";

interface AdminStatusDeps {
  readonly matrix: Pick<Rooms, "joinedRooms">;
  readonly documents: Documents;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  /** What kinds say of the programs that they need. */
  readonly checkups: () => Promise<readonly KindFinding[]>;
}

/** `admin status`: how Usher is as a whole, for operators. */
export function adminStatus(parts: AdminStatusDeps): Command {
  return defineCommand({
    words: "admin status",
    parameters: {},
    operatorsOnly: true,
    example: "admin status",
    changes: false,
    answer: async () => {
      const { matrix, documents, upgradeHandlers, clock, health, checkups } = parts;
      const [{ version, startedAt, lastHeard, engine, verified }, rooms, programs] =
        await Promise.all([health(), matrix.joinedRooms(), checkups()]);
      const counts = { things: 0, previews: 0, running: 0, upgrades: 0 };
      for await (const { document } of documents.scan(roomDocument)) {
        counts.things += allAddedItems(upgradeHandlers, document).length;
        counts.previews += document.pending.length;
        counts.running += document.journal.length;
        if (
          document.upgrade !== undefined &&
          !["carried", "refused"].includes(document.upgrade.state)
        )
          counts.upgrades += 1;
      }
      const now = clock.now();
      return {
        template: "admin/status",
        view: {
          version,
          since: duration(now - startedAt),
          heard: duration(now - (lastHeard ?? startedAt)),
          engine,
          verified,
          memory: Math.round(process.memoryUsage.rss() / 1_048_576),
          rooms: rooms.length,
          ...counts,
          programs,
        },
      };
    },
  });
}
