import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { KeyedQueue } from "../../kernel/tasks.ts";
import type { Part } from "../../matrix/part.ts";
import type { Identities } from "../../matrix/port.ts";
import type { Restrictions } from "./restrictions.ts";
import { isStandIn } from "../../privacy/erased.ts";
import { keptSince } from "../../privacy/kept.ts";
import { PERSON } from "../../privacy/records/people.ts";
import { actorsIn, peopleIn, type Documents, type DocumentType } from "../../store/documents.ts";
import type { Stored } from "../../store/documentCache.ts";
import { personDocument, type PersonDocument } from "../../store/people.ts";

/** What a pass over all that is stored has seen. */
interface Seen {
  /** Ids of people's own documents. */
  readonly known: Set<string>;
  readonly recorded: Set<UserId>;
  readonly acted: Set<UserId>;
  /** Whoever was erased since it began. */
  readonly erased: Set<UserId>;
}

function newSeen(): Seen {
  return { known: new Set(), recorded: new Set(), acted: new Set(), erased: new Set() };
}

interface PeopleDeps {
  readonly matrix: Identities;
  readonly restrictions: Pick<Restrictions, "against">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** In which Usher speaks. */
  readonly language: string;
  /** The version of the privacy notice that holds: whoever uses Usher first is shown that one. */
  readonly noticeVersion: string;
}

/** How many people's identities are looked at in one sweep: each may be asked of another server. */
const MOST_LOOKS = 50;

/** Everything that changes who is known waits for what does so already. */
const TURN = "people";

/**
 * Who is known (D1): one document for each person about whom anything else is kept. Nothing of it is on the way of an answer: it is written after that,
 * once a day and person at most, and what a crash or a former version left out the next sweep adds.
 */
export class People implements Part {
  readonly name = "people";
  readonly #deps: PeopleDeps;
  readonly #queue: KeyedQueue;
  /** Who has been noted on this day. */
  readonly #noted = new Set<UserId>();
  #notedOn = "";
  /** What the present pass over all that is stored has seen. */
  #seen = newSeen();
  #stopped = false;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue((error) => {
      if (!this.#stopped)
        deps.log.error({ class: "ops", what: "person.failed", ...errorFields(error) });
    });
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#queue.idle();
  }

  /** Somebody has had Usher do something that is kept. Never rejects; resolves when that is noted. */
  async used(person: UserId): Promise<void> {
    const today = this.#today();
    if (this.#notedOn !== today) this.#noted.clear();
    this.#notedOn = today;
    if (this.#noted.has(person)) return;
    this.#noted.add(person);
    await this.#queue.run(TURN, () => this.#note(person, today));
    await this.#look(person);
  }

  /** Somebody has asked Usher something. Who is known uses it; nobody becomes known by that. Never rejects. */
  async asked(person: UserId): Promise<void> {
    if (this.#notedOn === this.#today() && this.#noted.has(person)) return;
    const known = await this.#deps.documents.get(personDocument, person).catch(() => undefined);
    if (known?.person !== undefined) await this.used(person);
  }

  /** The last that goes of somebody who is being erased. */
  async forget(person: UserId): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const turn = this.#queue.run(TURN, () => {
      this.#noted.delete(person);
      this.#seen.erased.add(person);
      return this.#deps.documents.delete(personDocument, person).then(resolve, reject);
    });
    await Promise.all([promise, turn]);
  }

  passBegins(): void {
    this.#seen = newSeen();
  }

  /** Whom anything is kept about, and who of them did or asked for something. */
  sees<T extends object>(type: DocumentType<T>, { id, document }: Stored<T>): void {
    const { known, recorded, acted } = this.#seen;
    if (type.kind === personDocument.kind) {
      known.add(id);
      return;
    }
    for (const person of peopleIn(type, document)) recorded.add(person);
    for (const person of actorsIn(type, document)) if (!isStandIn(person)) acted.add(person);
  }

  /** Knows whoever something is kept about, and forgets whom it was about 30 days ago; by what the pass has seen. */
  async sweep(): Promise<void> {
    const unseen: UserId[] = [];
    await this.#queue.run(TURN, () => this.#sweep(unseen));
    for (const person of unseen.slice(0, MOST_LOOKS)) if (!this.#stopped) await this.#look(person);
  }

  async #note(person: UserId, today: string): Promise<void> {
    const { documents, language, noticeVersion } = this.#deps;
    await documents.update(personDocument, person, ({ aloneSince: _, warned: __, ...known }) => ({
      ...known,
      person,
      language,
      firstUsed: known.firstUsed ?? today,
      lastUsed: today,
      noticeSeen: known.noticeSeen ?? noticeVersion,
    }));
  }

  /** Takes the key that stands for them now as theirs from now on, where none is yet. Another server may have to be asked: not in anybody's turn. */
  async #look(person: UserId): Promise<void> {
    const { documents, matrix, restrictions, log } = this.#deps;
    if (restrictions.against(person) !== undefined) return;
    try {
      const known = await documents.get(personDocument, person);
      if (known === undefined || known.identity?.masterKey !== undefined) return;
      const found = await matrix.identity(person);
      if (found.is === "unreachable" || (found.is === "none" && known.identity !== undefined))
        return;
      const seen = this.#today();
      const identity = found.is === "known" ? { masterKey: found.masterKey, seen } : { seen };
      await documents.update(personDocument, person, (current) =>
        // They may have been erased meanwhile.
        current.person === undefined || current.identity?.masterKey !== undefined
          ? current
          : { ...current, identity },
      );
    } catch (error) {
      if (!this.#stopped)
        log.warn({
          class: "bot",
          what: "person.unknown",
          who: pseudonym(person),
          ...errorFields(error),
        });
    }
  }

  async #sweep(unseen: UserId[]): Promise<void> {
    const { documents } = this.#deps;
    const { known, recorded, acted, erased } = this.#seen;
    this.#seen = newSeen();
    for (const id of known) {
      // As it is now: they may have used Usher since, or been erased.
      const document = await documents.get(personDocument, id);
      if (document === undefined) continue;
      const { person, identity, aloneSince } = document;
      if (person !== undefined) acted.delete(person);
      if (person !== undefined && recorded.has(person)) {
        if (aloneSince !== undefined) await this.#alone(person, undefined);
        if (identity === undefined) unseen.push(person);
      } else await this.#grown(id, document);
    }
    for (const person of acted) {
      if (erased.has(person)) continue;
      await documents.update(personDocument, person, (current) => ({ ...current, person }));
      unseen.push(person);
    }
  }

  /** Nothing else is kept about them: the days count from the first time that this is seen. */
  async #grown(id: string, { person, aloneSince }: PersonDocument): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    if (person === undefined || (aloneSince ?? now) <= keptSince(PERSON, now))
      await documents.delete(personDocument, id);
    else if (aloneSince === undefined) await this.#alone(person, now);
  }

  async #alone(person: UserId, since: number | undefined): Promise<void> {
    await this.#deps.documents.update(personDocument, person, ({ aloneSince: _, ...known }) =>
      since === undefined ? known : { ...known, aloneSince: since },
    );
  }

  #today(): string {
    return dayOf(this.#deps.clock.now());
  }
}
