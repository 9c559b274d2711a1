import type { Answer } from "../../chat/command.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { Once } from "../../matrix/transaction.ts";
import type { Documents } from "../../store/documents.ts";
import { personDocument } from "../../store/people.ts";
import type { Restrictions } from "./restrictions.ts";
import { unusedStep, type UnusedStep } from "./unusedSteps.ts";

interface UnusedDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Who runs Usher is named in its configuration, used or not. */
  readonly operators: readonly UserId[];
  readonly restrictions: Pick<Restrictions, "against">;
  /** After how many months; 0: never. */
  readonly months: number;
  /** Says something to one person alone; whether that went out. */
  readonly tell: (person: UserId, answer: Answer, once: Once) => Promise<boolean>;
  /** Erases everything about somebody. */
  readonly erase: (person: UserId) => Promise<void>;
}

/** Erases whoever has not used Usher for long, after two warnings by direct message. Whoever wants their data kept and unused (R37) keeps it. */
export class Unused implements Part {
  readonly name = "unused";
  readonly rounds = [{ name: "unused", when: "37 * * * *", work: () => this.#daily() }];
  readonly #deps: UnusedDeps;
  #lookedOn = "";
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: UnusedDeps) {
    this.#deps = deps;
  }

  /** A machine that is on for an hour a day keeps the promise too. Beside all else: there can be many to tell. */
  ready(): Promise<void> {
    void this.#daily().catch((error: unknown) => {
      this.#deps.log.error({ class: "ops", what: "unused.failed", ...errorFields(error) });
    });
    return Promise.resolve();
  }

  stop(): Promise<void> | undefined {
    this.#stopped = true;
    return this.#looking;
  }

  /** Settles when everybody has been looked at. Asked again meanwhile, it is the same. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Once a day, also where the machine was off or asleep for a part of it. */
  async #daily(): Promise<void> {
    if (this.#lookedOn === dayOf(this.#deps.clock.now())) return;
    await this.look();
    this.#lookedOn = dayOf(this.#deps.clock.now());
  }

  async #look(): Promise<void> {
    const { documents, clock, operators, restrictions, months } = this.#deps;
    if (months === 0) return;
    const due: { readonly person: UserId; readonly step: UnusedStep }[] = [];
    for await (const { document } of documents.scan(personDocument)) {
      const { person } = document;
      if (person === undefined || operators.includes(person)) continue;
      if (restrictions.against(person) !== undefined) continue;
      const step = unusedStep(document, months, clock.now());
      if (step.is !== "nothing") due.push({ person, step });
    }
    for (const { person, step } of due) {
      if (this.#stopped) return;
      try {
        await this.#do(person, step);
      } catch (error) {
        const who = pseudonym(person);
        this.#deps.log.error({ class: "bot", what: "unused.failed", who, ...errorFields(error) });
      }
    }
  }

  async #do(person: UserId, step: UnusedStep): Promise<void> {
    const { documents, clock, log, months, tell, erase } = this.#deps;
    if (step.is === "erase") {
      log.info({ class: "audit", what: "unused.erased", who: pseudonym(person) });
      await erase(person);
    }
    if (step.is !== "warn") return;
    const { lastUsed } = (await documents.get(personDocument, person)) ?? {};
    const view = { since: lastUsed, months, goes: dayOf(step.goesAt), last: step.last };
    const once = { cause: `unused ${person} ${dayOf(clock.now())}`, step: "unused" };
    // Whoever cannot be told is not kept longer for that.
    await tell(person, { template: "privacy/unused", view }, once);
    await documents.update(personDocument, person, (known) => ({
      ...known,
      warned: [...(known.warned ?? []), clock.now()],
    }));
  }
}
