import type { EventId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { beginningDocument, type BeginningDocument } from "../store/beginning.ts";
import type { Documents } from "../store/documents.ts";

/** After so many starts that ended before their first batch had settled, the next one is careful. */
const MANY = 4;
/** How often the reading of one event may be what a start ended in. */
const TRIES = 2;
/** How many events are remembered that starts have ended in. */
const SUSPECTS = 50;

/**
 * Whether this start must be careful, because those before it ended before what the homeserver had to tell was dealt with, and before they had
 * answered anybody: the same would meet this one. Then gaps are not filled, and an event is passed by in whose reading two starts have ended.
 */
export class Beginning {
  readonly #documents: Documents;
  readonly #log: Log;
  /** How often a start ended in the reading of these. */
  readonly #suspects: ReadonlyMap<EventId, number>;
  #careful: boolean;
  #over = false;
  #gotOn = false;

  private constructor(
    documents: Documents,
    log: Log,
    { unfinished, suspects = [] }: BeginningDocument,
  ) {
    this.#documents = documents;
    this.#log = log;
    this.#suspects = new Map(suspects.map(({ event, tries }) => [event, tries]));
    this.#careful = unfinished >= MANY;
    if (this.#careful) log.error({ class: "ops", what: "start.careful", count: unfinished });
  }

  /** Counts this start. A disk that takes nothing only costs the count. */
  static async of(documents: Documents, log: Log): Promise<Beginning> {
    const {
      unfinished: before = 0,
      reading,
      suspects: known = [],
    } = (await documents.get(beginningDocument, "self")) ?? {};
    const suspects =
      reading === undefined
        ? known
        : [...known.filter(({ event }) => event !== reading.event), reading].slice(-SUSPECTS);
    const beginning = new Beginning(documents, log, { unfinished: before, suspects });
    await beginning.#keep(() => ({
      unfinished: before + 1,
      ...(suspects.length === 0 ? {} : { suspects }),
    }));
    return beginning;
  }

  get careful(): boolean {
    return this.#careful;
  }

  /** Whether the event is to be read; that is on the disk before it is. */
  async mayRead(event: EventId): Promise<boolean> {
    if (!this.#careful) return true;
    const tries = this.#suspects.get(event) ?? 0;
    if (tries >= TRIES) {
      this.#log.error({ class: "ops", what: "event.set-aside", count: tries });
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
      this.#log.error({ class: "ops", what: "start.not-counted", ...errorFields(error) });
    }
  }
}
