import type { Answer } from "../chat/command.ts";
import { dayOf } from "../kernel/days.ts";
import type { View } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { Part } from "../matrix/part.ts";
import type { Once } from "../matrix/transaction.ts";
import type { Documents } from "../store/documents.ts";
import { personDocument } from "../store/people.ts";
import type { Editions } from "./editions.ts";
import { whatIsNew } from "./whatIsNew.ts";
import type { Wording } from "./wording.ts";
import { detached, eachInTurn } from "../kernel/tasks.ts";

interface AnnouncementsDeps {
  readonly documents: Documents;
  readonly editions: Pick<Editions, "all" | "newest">;
  readonly wordings: readonly Wording[];
  /** What the notice is filled with now. */
  readonly facts: View;
  /** Says something to one person alone; whether that went out. */
  readonly tell: (person: UserId, answer: Answer, once: Once) => Promise<boolean>;
  readonly log: Log;
}

/**
 * Tells everybody about whom anything is kept of a new version of the notice, once, by direct message (R11). Nobody has to agree to it. What
 * is written of each is which version they were told of; who cannot be told today is tried again tomorrow.
 */
export class Announcements implements Part {
  readonly name = "announcements";
  readonly rounds = [{ name: "announcements", when: "29 6 * * *", work: () => this.announce() }];
  readonly #deps: AnnouncementsDeps;
  #stopped = false;
  #announcing: Promise<void> | undefined;

  constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
  }

  /** Beside all else: there can be many to tell. */
  ready(): Promise<void> {
    void this.announce().catch((error: unknown) => {
      this.#deps.log.error({ class: "ops", what: "announcements.failed", ...errorFields(error) });
    });
    return Promise.resolve();
  }

  stop(): Promise<void> | undefined {
    this.#stopped = true;
    return this.#announcing;
  }

  /** Settles when everybody has been told who can be. Asked again meanwhile, it is the same. */
  announce(): Promise<void> {
    this.#announcing ??= detached(() => this.#announce()).finally(
      () => (this.#announcing = undefined),
    );
    return this.#announcing;
  }

  async #announce(): Promise<void> {
    const { documents, editions } = this.#deps;
    const { version } = editions.newest;
    // There was no other before the first.
    if (version === 1) return;
    const untold: { readonly person: UserId; readonly seen: number }[] = [];
    for await (const { document } of documents.scan(personDocument)) {
      const { person, noticeSeen } = document;
      const seen = Number(noticeSeen ?? 0);
      if (person !== undefined && seen < version) untold.push({ person, seen });
    }
    const failures: unknown[] = [];
    await eachInTurn(untold, async ({ person, seen }) => {
      // What cannot be stored would be told again.
      if (!this.#stopped && failures.length === 0)
        await this.#tell(person, seen).catch((error: unknown) => failures.push(error));
    });
    if (failures.length > 0) throw failures[0];
  }

  async #tell(person: UserId, seen: number): Promise<void> {
    const { documents, tell, editions } = this.#deps;
    const { version } = editions.newest;
    const once = { cause: `notice ${String(version)} ${person}`, step: "notice" };
    if (!(await tell(person, this.#news(seen), once))) return;
    await documents.update(personDocument, person, (known) =>
      // They may have been erased meanwhile.
      known.person === undefined ? known : { ...known, noticeSeen: String(version) },
    );
  }

  #news(seen: number): Answer {
    const { editions, wordings, facts } = this.#deps;
    const { all, newest } = editions;
    const known = all.find(({ version }) => version === Math.max(seen, 1));
    const since = all.filter(({ version }) => version > (known?.version ?? 0));
    return {
      template: "privacy/announced",
      view: {
        version: newest.version,
        day: dayOf(newest.at),
        ...whatIsNew(known, since, wordings),
        successors: facts["successors"],
      },
    };
  }
}
