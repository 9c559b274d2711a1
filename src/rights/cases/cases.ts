import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import { Allowance } from "../../kernel/allowance.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Part } from "../../matrix/part.ts";
import type { Rooms } from "../../matrix/port.ts";
import { keptSince } from "../../privacy/kept.ts";
import { CASE } from "../../privacy/records/cases.ts";
import { caseDocument, type CaseFacts, type CaseKind, type CaseReply } from "../../store/cases.ts";
import type { Documents } from "../../store/documents.ts";
import { closedAs, withReply, withSaid, type Replying } from "./caseChanges.ts";
import { dueDate, isLastCall } from "./dueDates.ts";
import { waitAfter } from "../erasure/erasureRequest.ts";
import { caseIdOf, isLive, knownOf, type KnownCase } from "./knownCase.ts";
import { remind, type TellOperators } from "./reminders.ts";

/** How many cases one person may open a day: each is told to the operators, and kept for years. */
const OPENED = { times: 10, withinMs: DAY_MS, most: 5000 };

interface CasesDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly matrix: Pick<Rooms, "privateRoom">;
  readonly speaker: Pick<Speaker, "say">;
  readonly canEncrypt: boolean;
  readonly tellOperators: TellOperators;
  /** What the person is told of a reply. */
  readonly replied: (known: KnownCase, reply: CaseReply) => Answer;
  /** Sends by itself the export that could not be sent; whether that was done. Never rejects. */
  readonly exportByItself: (known: KnownCase) => Promise<boolean>;
  /** What follows when a case is closed. Called again where a crash may have come before. */
  readonly ended: (id: string, facts: CaseFacts) => Promise<void>;
}

interface Opening {
  readonly person: UserId;
  readonly kind: CaseKind;
  readonly text: string;
  readonly event: EventId;
}

/**
 * What people ask of the operators themselves (D22; R66, R78, R80): kept from before it is acknowledged, told to operators until they close it, and
 * answered to the person alone, however long it takes until that can be said.
 */
export class Cases implements Part {
  readonly name = "cases";
  readonly rounds = [{ name: "cases", when: "40 */5 * * * *", work: () => this.work() }];
  readonly #deps: CasesDeps;
  readonly #opened = new Allowance<UserId>(OPENED);
  /** Apart from the others: those are taken from any device, so that whoever has got hold of the account could use them up. */
  readonly #objected = new Allowance<UserId>(OPENED);
  /** Those of which something may be to do. */
  readonly #live = new Set<string>();
  /** Of replies that could not be said: how often, and when they are tried again. */
  readonly #putOff = new Map<string, { readonly tries: number; readonly until: number }>();

  #working: Promise<void> = Promise.resolve();

  constructor(deps: CasesDeps) {
    this.#deps = deps;
  }

  /** Takes up what the last run left, beside all else. */
  async start(): Promise<void> {
    for await (const { id, document } of this.#deps.documents.scan(caseDocument))
      if (isLive(document)) this.#live.add(id);
    void this.work();
  }

  /** Keeps what somebody asks, once for an event. Rejects with `cases-enough` where they have opened many of late. */
  async open(opening: Opening): Promise<KnownCase> {
    const { person, event, kind } = opening;
    const before = await this.known(caseIdOf(event));
    if (before !== undefined) return before;
    const now = this.#deps.clock.now();
    const had = kind === "object" ? this.#objected : this.#opened;
    if (!had.allows(person, now)) throw new UsherError("cases-enough", {});
    had.take(person, now);
    return this.#keep(opening);
  }

  /** Keeps that Usher could not do what somebody asked, as one case until it is done, however often they ask. Never rejects: they are told of it anyway. */
  async failed(opening: Opening): Promise<void> {
    const isOpen = ({ facts }: KnownCase): boolean =>
      facts.kind === opening.kind && facts.state === "open";
    try {
      if (!(await this.of(opening.person)).some(isOpen)) await this.#keep(opening);
    } catch (error) {
      this.#deps.log.error({ class: "ops", what: "case.failed", ...errorFields(error) });
    }
  }

  /** What Usher could not do before has been done. */
  done(person: UserId, kind: CaseKind): Promise<void> {
    return this.#close(person, "answered", (facts) => facts.kind === kind);
  }

  async #keep({ person, kind, text, event }: Opening): Promise<KnownCase> {
    const { documents, clock } = this.#deps;
    const id = caseIdOf(event);
    const at = clock.now();
    const facts: CaseFacts = {
      ...{ person, kind, at, due: dueDate(at) },
      ...{ extended: false, state: "open" },
    };
    const words = [{ person, text, replies: [] }];
    await documents.update(caseDocument, id, () => ({ facts, words }));
    this.#live.add(id);
    void this.work();
    return { id, facts, words: words[0] };
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
    const now = clock.now();
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
    const now = clock.now();
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
    const now = clock.now();
    for (const { id, facts } of await this.of(person))
      if (facts.state === "open" && isMeant(facts))
        await documents.update(caseDocument, id, (document) =>
          document.facts?.state === "open" ? closedAs(document, state, now) : document,
        );
  }

  /** Deletes what has been kept as long as its record says. */
  async sweep(): Promise<void> {
    const { documents, clock } = this.#deps;
    const since = keptSince(CASE, clock.now());
    for await (const { id, document } of documents.scan(caseDocument))
      if ((document.facts?.closedAt ?? since) < since) await documents.delete(caseDocument, id);
  }

  /** Tells operators what waits for them, and people what they have not been told; after what is being told. Never rejects. */
  work(): Promise<void> {
    this.#working = this.#working.then(() => this.#tellAll());
    return this.#working;
  }

  async #tellAll(): Promise<void> {
    for (const id of this.#live) {
      try {
        await this.#remind(id);
        await this.#doByItself(id);
        await this.#settle(id);
      } catch (error) {
        this.#deps.log.error({ class: "ops", what: "case.failed", ...errorFields(error) });
      }
    }
  }

  async #remind(id: string): Promise<void> {
    const { documents, clock, tellOperators } = this.#deps;
    const facts = (await this.known(id))?.facts;
    if (facts?.state !== "open") return;
    const what = `privacy ${facts.kind}`;
    const toldOn = await remind(tellOperators, { ...facts, id, what, is: "case" }, clock.now());
    if (toldOn === undefined) return;
    await documents.update(caseDocument, id, (document) =>
      document.facts === undefined
        ? document
        : { ...document, facts: { ...document.facts, toldOn } },
    );
  }

  /** What can be done without operators is done when it must not wait any longer. */
  async #doByItself(id: string): Promise<void> {
    const { clock, exportByItself } = this.#deps;
    const known = await this.known(id);
    const { until = 0 } = this.#putOff.get(id) ?? {};
    const now = clock.now();
    if (known?.facts.state !== "open" || known.facts.kind !== "export") return;
    if (isLastCall(known.facts, now) && until <= now && !(await exportByItself(known)))
      this.#wait(id);
  }

  #wait(id: string): void {
    const tries = (this.#putOff.get(id)?.tries ?? 0) + 1;
    this.#putOff.set(id, { tries, until: this.#deps.clock.now() + waitAfter(tries - 1) });
  }

  /** Says what the person has not been told, where its time has come. Whether they know all; never rejects. */
  async #settle(id: string): Promise<boolean> {
    const { clock } = this.#deps;
    const known = await this.known(id);
    if (known !== undefined) {
      const { until = 0 } = this.#putOff.get(id) ?? {};
      for (const reply of known.words?.replies ?? [])
        if (!reply.said && (until > clock.now() || !(await this.#say(known, reply)))) return false;
      if (known.facts.state === "open") return true;
    }
    this.#live.delete(id);
    this.#putOff.delete(id);
    return true;
  }

  /** Whether it was said. */
  async #say(known: KnownCase, reply: CaseReply): Promise<boolean> {
    const { documents, log, matrix, speaker, canEncrypt, replied } = this.#deps;
    const { id, facts } = known;
    const { person } = facts;
    if (person === undefined) return false;
    try {
      const room = await matrix.privateRoom(person, canEncrypt ? "encrypted" : undefined);
      const place = {
        room,
        event: reply.event,
        apart: true,
        thread: undefined,
        calledAs: "",
      } as const;
      await speaker.say(place, { ...replied(known, reply), onlyFor: person }, "case");
    } catch (error) {
      this.#wait(id);
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.warn({ class: "bot", what: "case.untold", who: pseudonym(person), ...code });
      return false;
    }
    await documents.update(caseDocument, id, (document) => withSaid(document, reply.event));
    return true;
  }
}
