import { Allowance } from "../../kernel/allowance.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import {
  caseDocument,
  type CaseFacts,
  type CaseKind,
  type CaseReply,
  sweepCases,
} from "../../store/cases.ts";
import type { Documents } from "../../store/documents.ts";
import {
  closedAs,
  newCase,
  withReply,
  withSaid,
  withToldOn,
  type Opening,
  type Replying,
} from "./caseChanges.ts";
import { dayToTell, isLastCall, type ToldOn } from "./dueDates.ts";
import { PutOff } from "./putOff.ts";
import { caseIdOf, isLive, isSame, knownOf, type KnownCase } from "./knownCase.ts";
import { NewCases } from "./newCases.ts";
import { remind, type TellOperators } from "./reminders.ts";
import { sayReply, type SayReplyDeps } from "./sayReply.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import { detached, eachInTurn } from "../../kernel/tasks.ts";

/** How many cases one person may open a day: each is told to the operators, and kept for years. */
const OPENED = { times: 10, withinMs: DAY_MS, most: 5000 };

interface CasesDeps extends SayReplyDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly tellOperators: TellOperators;
  /** Sends by itself the export that could not be sent; whether that was done. Never rejects. */
  readonly exportByItself: (known: KnownCase) => Promise<boolean>;
  /** What follows when a case is closed. Called again where a crash may have come before. */
  readonly ended: (id: string, facts: CaseFacts) => Promise<void>;
}

/**
 * What people ask of the operators themselves (D22; R66, R78, R80): kept from before it is acknowledged, told to operators until they close it, and
 * answered to the person alone, however long it takes until that can be said.
 */
export class Cases implements Part {
  readonly name = "cases";
  readonly rounds = [{ name: "cases", when: "40 */5 * * * *", work: () => this.work() }];
  readonly #deps: CasesDeps;
  readonly #new: NewCases;
  readonly #opened = new Allowance<UserId>(OPENED);
  /** Apart from the others: those are taken from any device, so that whoever has got hold of the account could use them up. */
  readonly #objected = new Allowance<UserId>(OPENED);
  /** Those of which something may be to do. */
  readonly #live = new Set<string>();
  readonly #telling = new Set<string>();
  /** Replies that could not be said, and exports that could not be sent. */
  readonly #putOff = new PutOff();
  #working: Promise<void> = Promise.resolve();

  constructor(deps: CasesDeps) {
    this.#deps = deps;
    this.#new = new NewCases(deps.tellOperators);
  }

  /** Takes up what the last run left, beside all else. */
  async start(): Promise<void> {
    for await (const { id, document } of this.#deps.documents.scan(caseDocument))
      if (isLive(document)) this.#live.add(id);
    void this.work();
  }

  readonly stop = (): Promise<void> => this.#working;

  /**
   * Keeps what somebody asks, once for an event, and once for the same words as long as nobody has answered them. Rejects with `cases-enough` where they have
   * opened many of late, and with `case-unknown` where the event is known as somebody else's.
   */
  async open(opening: Opening): Promise<KnownCase> {
    const { person, event, kind, text } = opening;
    const id = caseIdOf(person, event);
    const before = await this.known(id);
    if (before?.facts.person !== undefined && before.facts.person !== person)
      throw new UsherError("case-unknown", { id, operator: false });
    const same = before ?? (await this.of(person)).find((one) => isSame(one, kind, text));
    if (same !== undefined) return same;
    const now = this.#deps.clock.now();
    const had = kind === "object" ? this.#objected : this.#opened;
    if (!had.allows(person, now)) throw new UsherError("cases-enough", {});
    had.take(person, now);
    return this.#keep(opening, now);
  }

  /**
   * Keeps what somebody asked by another way than in chat, as by mail: due from the day on which it was received (ms since the epoch). Its person is told of
   * it, for it may not have been them. Once for an operator's event.
   */
  async enter(opening: Opening, received: number): Promise<KnownCase> {
    const before = await this.known(caseIdOf(opening.person, opening.event));
    return before ?? this.#keep(opening, received, true);
  }

  /** Keeps that Usher could not do what somebody asked, as one case until it is done, however often they ask. Never rejects: they are told of it anyway. */
  async failed(opening: Opening): Promise<void> {
    const isOpen = ({ facts }: KnownCase): boolean =>
      facts.kind === opening.kind && facts.state === "open";
    try {
      if (!(await this.of(opening.person)).some(isOpen))
        await this.#keep(opening, this.#deps.clock.now());
    } catch (error) {
      this.#deps.log.error({ class: "ops", what: "case.failed", ...errorFields(error) });
    }
  }

  /** What Usher could not do before has been done. */
  done(person: UserId, kind: CaseKind): Promise<void> {
    return this.#close(person, "answered", (facts) => facts.kind === kind);
  }

  async #keep(opening: Opening, at: number, elsewhere = false): Promise<KnownCase> {
    const id = caseIdOf(opening.person, opening.event);
    const document = newCase(opening, at, elsewhere);
    await this.#deps.documents.update(caseDocument, id, () => document);
    this.#live.add(id);
    void this.work();
    return { id, facts: document.facts, words: document.words[0] };
  }

  async known(id: string): Promise<KnownCase | undefined> {
    const document = await this.#deps.documents.get(caseDocument, id);
    return document === undefined ? undefined : knownOf(id, document);
  }

  /** A person's own, those that are due first at the head. */
  async of(person: UserId): Promise<readonly KnownCase[]> {
    const found: KnownCase[] = [];
    for await (const { id, document } of this.#deps.documents.aboutPerson(caseDocument, person)) {
      const known = knownOf(id, document);
      if (known !== undefined) found.push(known);
    }
    return found.sort((a, b) => a.facts.due - b.facts.due);
  }

  /** All that wait for operators, those that are due first at the head. */
  async waiting(): Promise<readonly KnownCase[]> {
    const found: KnownCase[] = [];
    for (const id of this.#live) {
      const known = await this.known(id);
      if (known?.facts.state === "open") found.push(known);
    }
    return found.sort((a, b) => a.facts.due - b.facts.due);
  }

  /**
   * Keeps what an operator says to a case, and tells the person; once for an event. Whether they have been told: else they are as soon as that can be.
   * Rejects as `withReply` does.
   */
  async reply(id: string, replying: Replying): Promise<boolean> {
    const { documents, clock } = this.#deps;
    if ((await this.known(id)) === undefined)
      throw new UsherError("case-unknown", { id, operator: true });
    const now = laterOf(clock);
    const { facts } = await documents.update(caseDocument, id, (document) =>
      withReply(document, replying, now),
    );
    if (facts !== undefined) await this.#deps.ended(id, facts);
    this.#live.add(id);
    return this.#settle(id);
  }

  /** Its person wants no answer any more. Rejects with `case-unknown`, also where it is somebody else's, and `case-closed`. */
  async withdraw(id: string, person: UserId): Promise<void> {
    const { documents, clock } = this.#deps;
    if ((await this.known(id))?.facts.person !== person)
      throw new UsherError("case-unknown", { id, operator: false });
    const now = laterOf(clock);
    const { facts } = await documents.update(caseDocument, id, (document) =>
      closedAs(document, "withdrawn", now),
    );
    if (facts !== undefined) await this.#deps.ended(id, facts);
  }

  /** Ends what waits of somebody who is being erased: nobody could be answered. */
  forget(person: UserId): Promise<void> {
    return this.#close(person, "forgotten", () => true);
  }

  /** Closes those of a person that are open. One that somebody else closes meanwhile stays as that has it. */
  async #close(
    person: UserId,
    state: "answered" | "forgotten",
    isMeant: (facts: CaseFacts) => boolean,
  ): Promise<void> {
    const { documents, clock } = this.#deps;
    for (const { id, facts } of await this.of(person))
      if (facts.state === "open" && isMeant(facts))
        await documents.update(caseDocument, id, (document) =>
          document.facts?.state === "open" ? closedAs(document, state, laterOf(clock)) : document,
        );
  }

  /** Deletes what has been kept as long as its record says. */
  readonly sweep = (): Promise<void> => sweepCases(this.#deps.documents, this.#deps.clock);

  /** Tells operators what waits for them, and people what they have not been told; after what is being told. Never rejects. */
  work(): Promise<void> {
    return (this.#working = this.#working.then(() => detached(() => this.#tellAll())));
  }

  async #tellAll(): Promise<void> {
    const many: string[] = [];
    const tell = (id: string): Promise<void> =>
      this.#careful(async () => {
        if (await this.#remind(id)) many.push(id);
        await this.#doByItself(id);
        await this.#settle(id);
      });
    await eachInTurn(this.#live, tell, { busy: this.#telling });
    await this.#careful(async () => {
      if (await this.#new.together(many, this.#deps.clock.now()))
        for (const id of many) await this.#noteTold(id, 0);
    });
  }

  async #careful(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.error({ class: "ops", what: "case.failed", ...errorFields(error) });
    }
  }

  /** Whether it is new, and one of too many to be told by itself. */
  async #remind(id: string): Promise<boolean> {
    const { clock, tellOperators } = this.#deps;
    const facts = (await this.known(id))?.facts;
    if (facts?.state !== "open") return false;
    const now = clock.now();
    const isNew = dayToTell(facts, now) === 0;
    if (isNew && !this.#new.isTold(now)) return true;
    const what = `privacy ${facts.kind}`;
    const toldOn = await remind(tellOperators, { ...facts, id, what, is: "case" }, now);
    if (toldOn === undefined) return false;
    if (isNew) this.#new.told(now);
    await this.#noteTold(id, toldOn);
    return false;
  }

  async #noteTold(id: string, toldOn: ToldOn): Promise<void> {
    await this.#deps.documents.update(caseDocument, id, (one) => withToldOn(one, toldOn));
  }

  /** What can be done without operators is done when it must not wait any longer. */
  async #doByItself(id: string): Promise<void> {
    const { clock, exportByItself } = this.#deps;
    const known = await this.known(id);
    const now = clock.now();
    if (known?.facts.state !== "open" || known.facts.kind !== "export") return;
    if (!isLastCall(known.facts, now) || !this.#putOff.isOver(id, now)) return;
    if (!(await exportByItself(known))) this.#putOff.again(id, clock.now());
  }

  /** Says what the person has not been told, where its time has come. Whether they know all; never rejects. */
  async #settle(id: string): Promise<boolean> {
    const { clock } = this.#deps;
    const known = await this.known(id);
    if (known !== undefined) {
      const mayTry = this.#putOff.isOver(id, clock.now());
      for (const reply of known.words?.replies ?? [])
        if (!reply.said && !(mayTry && (await this.#say(known, reply)))) return false;
      if (known.facts.state === "open") return true;
    }
    this.#live.delete(id);
    this.#putOff.forget(id);
    return true;
  }

  /** Whether it was said. */
  async #say(known: KnownCase, reply: CaseReply): Promise<boolean> {
    const { documents, clock, log } = this.#deps;
    const { id, facts } = known;
    if (facts.person === undefined) return false;
    try {
      await sayReply(this.#deps, known, reply);
    } catch (error) {
      this.#putOff.again(id, clock.now());
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.warn({ class: "bot", what: "case.untold", who: pseudonym(facts.person), ...code });
      return false;
    }
    await documents.update(caseDocument, id, (document) => withSaid(document, reply.event));
    return true;
  }
}
