import type { Conversation } from "../chat/conversation.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { History } from "../integrations/history.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Round } from "../kernel/rounds.ts";
import type { SweepName } from "../privacy/record.ts";
import { sweepAudit } from "../store/audit.ts";
import type { Documents } from "../store/documents.ts";
import type { Readiness } from "../store/readiness.ts";
import type { ComingAndGoing } from "./parts.ts";

interface Parts {
  readonly conversation: Conversation;
  readonly membership: ComingAndGoing;
  readonly history: History;
  readonly owed: OwedWords;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly readiness: Readiness;
}

/** What Usher does at intervals, and the sweep alone, which a start begins with. */
export function rounds({ conversation, membership, history, owed, documents, clock, readiness }: Parts): {
  readonly all: readonly Round[];
  readonly sweep: () => Promise<void>;
} {
  // What the data map promises to end, by the names that its records use.
  const sweeps: Readonly<Record<SweepName, () => Promise<void>>> = {
    audit: () => sweepAudit(documents, clock),
    changes: () => history.forgetOld(),
    "owed-words": () => owed.forgetOld(),
    previews: () => conversation.forgetExpired(),
  };
  const sweep = async (): Promise<void> => {
    for (const name of ["audit", "changes", "owed-words"] as const) await sweeps[name]();
  };
  const housekeeping = async (): Promise<void> => {
    await sweeps.previews();
    await conversation.hintAtUnread();
    await membership.leaveEmptyRooms();
  };
  return {
    sweep,
    all: [
      { name: "housekeeping", when: "*/10 * * * * *", work: housekeeping },
      { name: "health", when: "*/15 * * * * *", work: () => readiness.write() },
      { name: "sweep", when: "7 * * * *", work: sweep },
    ],
  };
}
