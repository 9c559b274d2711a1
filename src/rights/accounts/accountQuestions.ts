import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, dayOf, HOUR_MS } from "../../kernel/days.ts";
import { serverOf, type UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { AccountStates } from "../../matrix/synapseAdmin.ts";
import { deactivationsDocument } from "../../store/deactivations.ts";
import type { Documents } from "../../store/documents.ts";
import { earliest } from "./deactivation.ts";
import type { Deactivations } from "./deactivations.ts";
import type { KnownPeople } from "./knownPeople.ts";

/** How long after a round to which all answers came the next one is, and after one that failed; ms. */
const EVERY_MS = DAY_MS;
const AGAIN_MS = HOUR_MS;
/** For how long not all answers may have come, until operators hear of it, each day; ms. */
const LATE_MS = 3 * DAY_MS;
/** A round in which so many questions fail one after the other ends. */
const MOST_FAILURES = 5;

interface AccountQuestionsDeps {
  readonly me: UserId;
  readonly admin: AccountStates;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly knownPeople: Pick<KnownPeople, "all">;
  readonly deactivations: Pick<Deactivations, "heard">;
}

/**
 * Asks Usher's own homeserver once a day which of the accounts that something is kept about were deactivated, one after the other: a list of all that were
 * would tell of strangers. What the module told, and was lost on the way, is found so.
 */
export class AccountQuestions implements Part {
  readonly name = "account-questions";
  readonly rounds = [
    { name: "account-questions", when: "10 */10 * * * *", work: () => this.round() },
  ];
  readonly #deps: AccountQuestionsDeps;
  #asking: Promise<void> | undefined;
  /** On which day operators were last told that answers do not come. */
  #toldOn = "";
  #stopped = false;

  constructor(deps: AccountQuestionsDeps) {
    this.#deps = deps;
  }

  /** Where Usher did not run when it was time, it asks now, beside all else. */
  start(): Promise<void> {
    this.round().catch((error: unknown) => {
      if (!this.#stopped)
        this.#deps.log.error({
          class: "ops",
          what: "account-questions.failed",
          ...errorFields(error),
        });
    });
    return Promise.resolve();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Asks about everybody, where it is time to. */
  round(): Promise<void> {
    this.#asking ??= this.#round().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Asks about one account of this homeserver. Rejects where it does not answer. An account that it does not know was not deactivated. */
  async ask(person: UserId): Promise<void> {
    const { completedAt } = await this.#times();
    await this.#ask(person, completedAt);
  }

  async #round(): Promise<void> {
    const { me, documents, clock, knownPeople } = this.#deps;
    const { triedAt, completedAt } = await this.#times();
    const at = clock.now();
    if (completedAt !== undefined && at < completedAt + EVERY_MS) return;
    if (triedAt !== undefined && at < triedAt + AGAIN_MS) return;
    await documents.update(deactivationsDocument, "self", (one) => ({ ...one, triedAt: at }));
    const own = [...(await knownPeople.all(0))].filter(
      (person) => serverOf(person) === serverOf(me),
    );
    // Else what is found later counts from the last time when all were found in use.
    if (await this.#allAnswer(own, completedAt))
      await documents.update(deactivationsDocument, "self", (one) => ({ ...one, completedAt: at }));
    else this.#tellLate(completedAt, at);
  }

  /** Whether an answer came to each question. */
  async #allAnswer(people: readonly UserId[], completedAt: number | undefined): Promise<boolean> {
    let unanswered = 0;
    let inARow = 0;
    for (const person of people) {
      if (this.#stopped || inARow === MOST_FAILURES) return false;
      try {
        await this.#ask(person, completedAt);
        inARow = 0;
      } catch (error) {
        const who = pseudonym(person);
        this.#deps.log.warn({
          class: "bot",
          what: "account.not-asked",
          who,
          ...errorFields(error),
        });
        unanswered += 1;
        inARow += 1;
      }
    }
    return unanswered === 0;
  }

  /** A token that is accepted no longer would break the promise of 30 days, and nobody would see it. */
  #tellLate(completedAt: number | undefined, now: number): void {
    const isLate = completedAt === undefined || now - completedAt >= LATE_MS;
    if (this.#stopped || !isLate || this.#toldOn === dayOf(now)) return;
    this.#toldOn = dayOf(now);
    this.#deps.log.error({ class: "ops", what: "account-questions.unanswered" });
  }

  async #ask(person: UserId, completedAt: number | undefined): Promise<void> {
    const { admin, clock, deactivations } = this.#deps;
    const at = clock.now();
    const state = await admin.accountState(person);
    if (state === "active") await deactivations.heard(person, { is: "active", at });
    if (state === "deactivated")
      await deactivations.heard(person, {
        is: "deactivated",
        at,
        earliest: earliest(at, completedAt),
      });
  }

  async #times(): Promise<{
    readonly triedAt?: number | undefined;
    readonly completedAt?: number | undefined;
  }> {
    return (await this.#deps.documents.get(deactivationsDocument, "self")) ?? {};
  }
}
