import type { Answer } from "../chat/command.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import type { SetUps } from "../integrations/setUps.ts";
import type { Ability } from "../integrations/ability.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Part } from "../matrix/part.ts";
import type { MatrixPort, MessageContent } from "../matrix/port.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import type { Documents } from "../store/documents.ts";
import { InviteBudget, type InviterRules } from "./inviters.ts";
import type { GreetingsDeps } from "./greetings.ts";
import { Membership, type MembershipDeps } from "./membership.ts";
import type { LeftRooms } from "./leftRooms.ts";
import { orphanTeller } from "./orphans.ts";
import { Removals } from "./removals.ts";
import { privateTeller } from "./tellPrivately.ts";
import { Upgrades } from "./upgrades.ts";

interface ComingAndGoingDeps {
  readonly matrix: MatrixPort;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: KeyedQueue;
  readonly render: (answer: Answer) => MessageContent;
  readonly owed: OwedWords;
  readonly operators: OperatorsRoom;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly setUps: SetUps;
  readonly restrictions: Pick<Restrictions, "follow">;
  readonly inviters: InviterRules;
  readonly canReadEncrypted: boolean;
  /** What the kinds do in rooms. */
  readonly abilities: readonly Ability[];
  readonly isProgram: GreetingsDeps["isProgram"];
  readonly endAll: MembershipDeps["endAll"];
  readonly noteLost: MembershipDeps["noteLost"];
  /** How long Usher stays where nobody else is; ms. */
  readonly aloneMs: number;
  readonly keys: LeftRooms;
}

/** For what was said in public and was personal. */
export const REMOVE_MESSAGES: Ability = {
  id: "redact",
  need: { kind: "redact" },
  said: "right/redact",
};

/** Usher's coming and going, and what becomes of what it put into rooms when it or they go. */
export function comingAndGoing({
  inviters,
  canReadEncrypted,
  aloneMs,
  abilities: ofKinds,
  ...deps
}: ComingAndGoingDeps): readonly Part[] {
  const tell = privateTeller({ ...deps, canEncrypt: canReadEncrypted });
  const abilities = [...ofKinds, REMOVE_MESSAGES];
  // Whoever may not invite Usher cannot have it follow them into another room either.
  const budget = new InviteBudget(inviters, deps.clock);
  const tellOrphaned = orphanTeller({ ...deps, tell });
  // In this order in each room's turn: what Usher is, what it owes, what is new.
  return [
    new Membership({ ...deps, budget, tell, tellOrphaned, canReadEncrypted, aloneMs, abilities }),
    deps.owed,
    new Upgrades({ ...deps, budget }),
    new Removals({ ...deps, tell }),
  ];
}
