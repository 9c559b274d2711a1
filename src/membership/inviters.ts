import { HOUR_MS } from "../kernel/days.ts";
import type { Clock } from "../kernel/clock.ts";
import { serverOf, type UserId } from "../kernel/ids.ts";

/** Who may invite Usher, and how often; `config.access.inviters`. */
export interface InviterRules {
  /** Globs: with an `@` of whole Matrix ids (`@*:example.org`), without one of servers (`*.example.org`). */
  readonly allow: readonly string[];
  /** Invitations of one person that are accepted in an hour. */
  readonly perSenderPerHour: number;
  /** Invitations of all people together that are accepted in an hour. */
  readonly perHour: number;
}

/** An invitation that was accepted; kept in memory for an hour (abuse protection, D15). */
export interface Accepted {
  readonly sender: UserId;
  readonly at: number;
}

/** Whether to join, decided from the invitation alone, before joining. */
export function decideInvite(
  sender: UserId,
  rules: InviterRules,
  accepted: readonly Accepted[],
  now: number,
): "accept" | "invite-refused" | "invite-budget" {
  if (!rules.allow.some((glob) => matches(glob, sender))) return "invite-refused";
  const recent = accepted.filter(({ at }) => now - at < HOUR_MS);
  const own = recent.filter((one) => one.sender === sender);
  return recent.length >= rules.perHour || own.length >= rules.perSenderPerHour
    ? "invite-budget"
    : "accept";
}

/** Judges whoever would bring Usher into a room, and counts those it let. */
export class InviteBudget {
  readonly #rules: InviterRules;
  readonly #clock: Clock;
  #accepted: readonly Accepted[] = [];

  constructor(rules: InviterRules, clock: Clock) {
    this.#rules = rules;
    this.#clock = clock;
  }

  take(sender: UserId): ReturnType<typeof decideInvite> {
    const at = this.#clock.now();
    this.#accepted = this.#accepted.filter((one) => at - one.at < HOUR_MS);
    const decision = decideInvite(sender, this.#rules, this.#accepted, at);
    if (decision === "accept") this.#accepted = [...this.#accepted, { sender, at }];
    return decision;
  }
}

function matches(glob: string, user: UserId): boolean {
  const pattern = glob
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`, "iu").test(glob.includes("@") ? user : serverOf(user));
}
