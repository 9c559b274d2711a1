import type { EventId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { beginningDocument, type BeginningDocument } from "../store/beginning.ts";
import type { Documents } from "../store/documents.ts";

/** After so many starts that ended before their first batch had settled, the next one is careful. */
const MANY = 4;
/** How often the reading of one event may be what a start ended in. */
const TRIES = 2;

/**
 * Whether this start must be careful, because those before it ended before what the homeserver had to tell was dealt with, and before they had
 * answered anybody: the same would meet this one. Then gaps are not filled, and an event is passed by in whose reading two starts have ended.
 */
export class Beginning {
  readonly #documents: Documents;
  readonly #log: Log;
  #careful: boolean;
  #over = false;
  #gotOn = false;

  private constructor(documents: Documents, log: Log, unfinished: number) {
    this.#documents = documents;
    this.#log = log;
    this.#careful = unfinished >= MANY;
    if (this.#careful) log.error({ what: "start.careful", count: unfinished });
  }

  /** Counts this start. A disk that takes nothing only costs the count. */
  static async of(documents: Documents, log: Log): Promise<Beginning> {
    const before = (await documents.get(beginningDocument, "self"))?.unfinished ?? 0;
    const beginning = new Beginning(documents, log, before);
    await beginning.#keep((document) => ({ ...document, unfinished: before + 1 }));
    return beginning;
  }

  get careful(): boolean {
    return this.#careful;
  }

  /** Whether the event is to be read; that is on the disk before it is. */
  async mayRead(event: EventId): Promise<boolean> {
    if (!this.#careful) return true;
    const before = (await this.#documents.get(beginningDocument, "self"))?.reading;
    const tries = before?.event === event ? before.tries : 0;
    if (tries >= TRIES) {
      this.#log.error({ what: "event.set-aside", count: tries });
      return false;
    }
    await this.#keep((document) => ({ ...document, reading: { event, tries: tries + 1 } }));
    return true;
  }

  /** A command was answered: whatever ends this start, it was not the same that ends every one. */
  async gotOn(): Promise<void> {
    if (this.#gotOn || this.#over || this.#careful) return;
    this.#gotOn = true;
    await this.#keep((document) => ({ ...document, unfinished: 0 }));
  }

  /** The first batch has settled, or Usher ends in order. */
  async over(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#careful = false;
    await this.#keep((document) => (document.unfinished === 0 ? document : { unfinished: 0 }));
  }

  async #keep(change: (document: BeginningDocument) => BeginningDocument): Promise<void> {
    try {
      await this.#documents.update(beginningDocument, "self", change);
    } catch (error) {
      this.#log.error({ what: "start.not-counted", ...errorFields(error) });
    }
  }
}
