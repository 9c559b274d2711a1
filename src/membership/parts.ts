import type { Answer } from "../chat/command.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { Carrier } from "../integrations/carrier.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type { MatrixPort, MessageContent } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { InviteBudget, type InviterRules } from "./inviters.ts";
import { Membership } from "./membership.ts";
import { orphanTeller } from "./orphans.ts";
import { Removals } from "./removals.ts";
import { privateTeller } from "./tellPrivately.ts";
import { Upgrades } from "./upgrades.ts";

interface Parts {
  readonly matrix: MatrixPort;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: KeyedQueue;
  readonly render: (answer: Answer) => MessageContent;
  readonly owed: OwedWords;
  readonly operators: OperatorsRoom;
  readonly carriers: readonly Carrier[];
  readonly inviters: InviterRules;
  readonly canReadEncrypted: boolean;
  /** How long Usher stays where nobody else is; ms. */
  readonly aloneMs: number;
}

/** Usher's coming and going, and what becomes of what it put into rooms when it or they go. */
export interface ComingAndGoing {
  /** Takes up what the last run left, and what happened since. Before the first batch. */
  start(): Promise<void>;
  /** Settles when everything in the batch that is about coming and going has been dealt with. */
  handle(batch: Batch): Promise<void>;
  leaveEmptyRooms(): Promise<void>;
}

export function comingAndGoing({ inviters, canReadEncrypted, aloneMs, ...parts }: Parts): ComingAndGoing {
  const tell = privateTeller(parts);
  // Whoever may not invite Usher cannot have it follow them into another room either.
  const budget = new InviteBudget(inviters, parts.clock);
  const tellOrphaned = orphanTeller({ ...parts, tell });
  const membership = new Membership({ ...parts, budget, tell, tellOrphaned, canReadEncrypted, aloneMs });
  const upgrades = new Upgrades({ ...parts, budget });
  const removals = new Removals({ ...parts, tell });
  return {
    start: async () => {
      await membership.reconcile();
      await parts.owed.start();
      await upgrades.start();
    },
    handle: async (batch) => {
      // In this order in each room's turn: what Usher is, what it owes, what is new.
      await Promise.all([membership.handle(batch), parts.owed.handle(batch), upgrades.handle(batch), removals.handle(batch)]);
    },
    leaveEmptyRooms: () => membership.leaveEmptyRooms(),
  };
}
