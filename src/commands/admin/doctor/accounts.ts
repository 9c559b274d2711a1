import { minuteOf } from "../../../kernel/days.ts";
import { serverOf, type UserId } from "../../../kernel/ids.ts";
import type { AdminFault } from "../../../matrix/synapseAdmin.ts";
import type { DeactivationFacts } from "../../../rights/accounts/deactivations.ts";
import type { Finding } from "./finding.ts";

/** How Usher learns that accounts were deactivated, and what it has learned. */
export interface AccountFacts extends DeactivationFacts {
  /** Whether it listens for the module in the homeserver. */
  readonly module: boolean;
  /** Whether it may ask the homeserver, or what is wrong with that. */
  readonly admin: "none" | "well" | AdminFault;
}

/** Usher must learn of it somehow, and each way that is configured must work (R26). */
export function accounts(facts: AccountFacts, me: UserId): Finding {
  const { module, admin, completedAt, deactivated, suspected } = facts;
  const blind = !module && admin === "none";
  const well = !blind && (admin === "none" || admin === "well");
  const view = {
    blind,
    well,
    module,
    asks: admin === "well",
    token: admin === "token",
    ownToken: admin === "own-token",
    forbidden: admin === "forbidden",
    silent: admin === "silent",
    elsewhere: admin === "elsewhere",
    server: serverOf(me),
    last: completedAt === undefined ? undefined : minuteOf(completedAt),
    deactivated,
    suspected,
  };
  return { well, finding: { template: "doctor/accounts", view } };
}
