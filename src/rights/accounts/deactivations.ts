import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { AccountStates } from "../../matrix/synapseAdmin.ts";
import { keptSince } from "../../privacy/kept.ts";
import { DEACTIVATION } from "../../privacy/records/deactivations.ts";
import { deactivationsDocument, type AccountSigns } from "../../store/deactivations.ts";
import type { DocumentOf, Documents } from "../../store/documents.ts";
import { erasureDocument } from "../../store/erasures.ts";
import { daysLate, isPastLastLook, isToBeErased, withSignal, type Signal } from "./deactivation.ts";
import type { Erasures } from "../erasure/erasures.ts";
import type { KnownPeople } from "./knownPeople.ts";
import { detached } from "../../kernel/tasks.ts";

/** How long an account that was found in use again is remembered, so that what was said before it says nothing; ms. */
const IN_USE_MS = 30 * DAY_MS;
/** How old the answer may be to who is known: a homeserver may tell of many accounts at once; ms. */
const FRESH_MS = 10_000;
/** How long after the homeserver did not answer right before an erasure it is asked again; ms. */
const ASK_AGAIN_MS = HOUR_MS;

interface DeactivationsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells of accounts on Usher's own homeserver; undefined where it may not ask. */
  readonly admin: AccountStates | undefined;
  readonly knownPeople: Pick<KnownPeople, "has">;
  readonly erasures: Pick<Erasures, "eraseDeactivated">;
}

export interface DeactivationFacts {
  /** Of how many accounts it is known, and of how many it is suspected, that they were deactivated. */
  readonly deactivated: number;
  readonly suspected: number;
  /** When the last round of questions began to which all answers came; ms since the epoch. */
  readonly completedAt: number | undefined;
}

/** What is known of accounts that were deactivated. Erases what is kept about their people when the grace is over (R26). */
export class Deactivations implements Part {
  readonly name = "deactivations";
  readonly rounds = [{ name: "deactivations", when: "40 * * * * *", work: () => this.eraseDue() }];
  readonly #deps: DeactivationsDeps;
  /** The day on which operators were told last that somebody's erasure is late. */
  readonly #toldOn = new Map<UserId, number>();
  /** Whom the homeserver was last asked about in vain, right before an erasure; ms since the epoch. */
  readonly #askedInVain = new Map<UserId, number>();
  #erasing: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: DeactivationsDeps) {
    this.#deps = deps;
  }

  /** Takes up what was due while Usher did not run, beside all else. */
  start(): Promise<void> {
    this.#eraseBeside();
    return Promise.resolve();
  }

  stop(): Promise<void> | undefined {
    this.#stopped = true;
    return this.#erasing;
  }

  /** Something says something of an account. Settles when that is stored; of strangers nothing is. */
  async heard(person: UserId, signal: Signal): Promise<void> {
    const { documents, log, knownPeople } = this.#deps;
    if (!(await knownPeople.has(person, FRESH_MS))) return;
    // What is being erased goes to its end.
    if ((await documents.get(erasureDocument, person))?.request?.deactivatedAt !== undefined)
      return;
    let changed = false;
    await documents.update(deactivationsDocument, "self", (document) => {
      const known = document.accounts.find((one) => one.person === person) ?? { person };
      const next = withSignal(known, signal);
      changed = next !== known;
      if (!changed) return document;
      const others = document.accounts.filter((one) => one.person !== person);
      return { ...document, accounts: [...others, { ...next, person }] };
    });
    if (!changed) return;
    log.info({ class: "bot", what: `account.${signal.is}`, who: pseudonym(person) });
    this.#eraseBeside();
  }

  /** Everybody of whom something is known or suspected that a sign of life would end. */
  async inDoubt(): Promise<ReadonlySet<UserId>> {
    const accounts = await this.#accounts();
    return new Set(
      accounts
        .filter((one) => one.deactivatedSince !== undefined || one.suspectedSince !== undefined)
        .map(({ person }) => person),
    );
  }

  #eraseBeside(): void {
    this.eraseDue().catch((error: unknown) => {
      if (!this.#stopped)
        this.#deps.log.error({ class: "ops", what: "deactivations.failed", ...errorFields(error) });
    });
  }

  /** Erases everybody whose grace is over, unless their account turns out to be in use. Tells operators of erasures that are late. */
  eraseDue(): Promise<void> {
    this.#erasing ??= detached(() => this.#eraseDue()).finally(() => {
      this.#erasing = undefined;
    });
    return this.#erasing;
  }

  async #eraseDue(): Promise<void> {
    const { clock, erasures } = this.#deps;
    for (const { person, ...known } of await this.#accounts()) {
      const { deactivatedSince } = known;
      if (this.#stopped) return;
      if (deactivatedSince === undefined || !isToBeErased(known, clock.now())) continue;
      if (await this.#isStillSo(person, known))
        await erasures.eraseDeactivated(person, deactivatedSince);
    }
    await this.#tellLate();
  }

  /** Forgets what has been kept long enough. */
  sweep(): Promise<void> {
    return sweepAccounts(this.#deps.documents, this.#deps.clock);
  }

  async facts(): Promise<DeactivationFacts> {
    const { completedAt } = (await this.#stored()) ?? {};
    const accounts = await this.#accounts();
    return {
      deactivated: accounts.filter((one) => one.deactivatedSince !== undefined).length,
      suspected: accounts.filter((one) => one.suspectedSince !== undefined).length,
      completedAt,
    };
  }

  #stored(): Promise<DocumentOf<typeof deactivationsDocument> | undefined> {
    return this.#deps.documents.get(deactivationsDocument, "self");
  }

  async #accounts(): Promise<readonly AccountSigns[]> {
    return (await this.#stored())?.accounts ?? [];
  }

  /** Right before an erasure the homeserver is asked once more: that an account is in use again may have been told to nobody. */
  async #isStillSo(person: UserId, known: Omit<AccountSigns, "person">): Promise<boolean> {
    const { admin, clock, log } = this.#deps;
    if (admin === undefined) return true;
    const at = clock.now();
    const askedAt = this.#askedInVain.get(person);
    if (askedAt !== undefined && at < askedAt + ASK_AGAIN_MS) return false;
    try {
      const state = await admin.accountState(person);
      this.#askedInVain.delete(person);
      if (state !== "active") return true;
      await this.heard(person, { is: "active", at });
      return false;
    } catch (error) {
      log.warn({
        class: "bot",
        what: "account.not-asked",
        who: pseudonym(person),
        ...errorFields(error),
      });
      if (isPastLastLook(known, at)) return true;
      this.#askedInVain.set(person, at);
      return false;
    }
  }

  async #tellLate(): Promise<void> {
    const { documents, clock, log } = this.#deps;
    for await (const { document } of documents.scan(erasureDocument)) {
      const { person, deactivatedAt } = document.request ?? {};
      if (person === undefined || deactivatedAt === undefined) continue;
      const days = daysLate(deactivatedAt, clock.now());
      if (days === undefined || this.#toldOn.get(person) === days) continue;
      this.#toldOn.set(person, days);
      log.error({ class: "bot", what: "erasure.late", who: pseudonym(person), count: days });
    }
  }
}

/** Deletes what is known of accounts when it has been kept long enough. */
export async function sweepAccounts(documents: Documents, clock: Clock): Promise<void> {
  const now = clock.now();
  const since = keptSince(DEACTIVATION, now);
  const isKept = ({ deactivatedSince, suspectedSince, activeAt }: AccountSigns): boolean =>
    deactivatedSince !== undefined ||
    (suspectedSince !== undefined && suspectedSince >= since) ||
    (activeAt !== undefined && activeAt >= now - IN_USE_MS);
  const known = await documents.get(deactivationsDocument, "self");
  if ((known?.accounts ?? []).every(isKept)) return;
  await documents.update(deactivationsDocument, "self", (document) => ({
    ...document,
    accounts: document.accounts.filter(isKept),
  }));
}
