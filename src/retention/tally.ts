import type { Duration } from "../privacy/duration.ts";
import { sinceWhen } from "../privacy/kept.ts";
import type { DataRecord, Lasting } from "../privacy/record.ts";
import { allRecords } from "../privacy/records/index.ts";
import { definedDocuments, type DocumentType } from "../store/documents.ts";
import { datedIn, heldSince } from "../store/heldSince.ts";

/** What is held of one record of the data map. */
export interface Count {
  readonly held: number;
  /** How much of it should be gone. */
  readonly overdue: number;
  /** Since when the oldest is held; ms since the epoch. */
  readonly oldest: number | undefined;
}

const NOTHING: Count = { held: 0, overdue: 0, oldest: undefined };

export type LastingRecord = DataRecord<Lasting>;

/** What the configuration makes shorter than the data map has it, by the record's id. */
export type Shorter = Readonly<Record<string, Duration>>;

/** How long it is kept here. */
export function lengthOf(record: LastingRecord, shorter: Shorter): Duration {
  return shorter[record.id] ?? record.retention.for;
}

/** The records that end after a time, in the order of the map. */
export function lastingRecords(): readonly LastingRecord[] {
  return allRecords().filter((record): record is LastingRecord => "for" in record.retention);
}

/** Kinds of documents that hold such things. */
export function datedDocuments(): readonly DocumentType<object>[] {
  return definedDocuments().filter((type) => datedIn(type).length > 0);
}

/** Counts what documents hold, by record, against one moment (ms since the epoch). */
export class Tally {
  readonly #cutoffs: ReadonlyMap<string, number>;
  readonly #counts = new Map<string, Count>();

  /** The moment; ms since the epoch. */
  readonly now: number;

  constructor(now: number, shorter: Shorter = {}) {
    this.now = now;
    this.#cutoffs = new Map(
      lastingRecords().map((record) => [record.id, sinceWhen(lengthOf(record, shorter), now)]),
    );
  }

  of(record: string): Count {
    return this.#counts.get(record) ?? NOTHING;
  }

  /** Where `only` is given, what else is in it is not counted. */
  add<T extends object>(type: DocumentType<T>, document: T, only?: ReadonlySet<string>): void {
    for (const id of datedIn(type))
      if (only?.has(id) !== false) this.addAll(id, heldSince(type, id, document));
  }

  /** To count it anew. */
  forget(id: string): void {
    this.#counts.delete(id);
  }

  addAll(id: string, starts: readonly number[]): void {
    for (const at of starts) {
      const { held, overdue, oldest } = this.of(id);
      this.#counts.set(id, {
        held: held + 1,
        overdue: overdue + (this.#isOverdue(id, at) ? 1 : 0),
        oldest: Math.min(oldest ?? at, at),
      });
    }
  }

  /** Whether something in it should be gone. */
  hasOverdue<T extends object>(type: DocumentType<T>, document: T): boolean {
    return datedIn(type).some((id) =>
      heldSince(type, id, document).some((at) => this.#isOverdue(id, at)),
    );
  }

  #isOverdue(id: string, at: number): boolean {
    return at < (this.#cutoffs.get(id) ?? Number.NEGATIVE_INFINITY);
  }
}
