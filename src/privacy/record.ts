import type { Duration } from "./duration.ts";
import type { End, IN_EXPORT, PlainEnd, SweptEnd, ON_ERASURE, RECIPIENTS } from "./terms.ts";

/** The work that deletes what has been kept long enough. `src/usher.ts` names the part that does each, or it does not compile. */
export type SweepName =
  | "previews"
  | "owed-words"
  | "changes"
  | "set-ups"
  | "credentials"
  | "audit"
  | "cases"
  | "disclosures"
  | "deactivations"
  | "tombstones"
  | "backups"
  | "exports"
  | "erasures"
  | "receipts"
  | "underage"
  | "people"
  | "keys"
  | "logs"
  | "runs";

/**
 * What becomes of new ones while old ones that should be gone cannot be deleted: none is kept until they are, or why they have to be, which follows "since otherwise".
 * (Decision 0017.)
 */
export type WhenLate = "stop" | { readonly goOn: string };

/**
 * How long something is kept. A duration names the sweep that ends it: without one it would be a promise that nothing keeps. It also says what happens where that
 * sweep fails.
 */
export type Retention =
  | {
      readonly for: Duration;
      readonly sweep: SweepName;
      readonly late: WhenLate;
      readonly orUntil?: readonly End[];
    }
  | { readonly until: readonly [PlainEnd, ...(readonly PlainEnd[])] }
  /** What ends in one of these ways goes by no deletion of a document: it is named what looks for it. */
  | { readonly until: readonly [SweptEnd, ...(readonly End[])]; readonly sweep: SweepName }
  /** It lies on homeservers, which keep it by their own rules. */
  | { readonly by: "homeserver" };

/** A retention that is a length of time, which code can read. */
export type Lasting = Extract<Retention, { readonly for: Duration }>;

/** One of which nothing new is kept while it is not kept. */
export type Stopping = Lasting & { readonly late: "stop" };

/** Under what `!usher privacy` tells people of it. The words are the template `kept/<id>`. */
export type Topic = "room" | "person" | "operators" | "encryption" | "log" | "homeserver";

/** Where something lies, and so whose policy governs it (R44): on homeservers, with Usher, with what is integrated, with a service behind that. */
export type Layer = "homeserver" | "manager" | "integration" | "third-party";

interface Facts<R extends Retention> {
  /** D and a number of the project's data map, with a word where there are several: `D7-undo`. */
  readonly id: `D${number}` | `D${number}-${string}`;
  /** What it is, without a full stop. */
  readonly title: string;
  /** Whose policy governs it (R44). */
  readonly layer: Layer;
  readonly purpose: string;
  /** Why it cannot be done without (R21); follows "necessary because". */
  readonly necessity: string;
  readonly recipients: keyof typeof RECIPIENTS;
  readonly retention: R;
  readonly inExport: keyof typeof IN_EXPORT;
  readonly onErasure: keyof typeof ON_ERASURE;
  /** What somebody must know beside the closed terms: of the retention, the export, the erasure. */
  readonly notes?: {
    readonly retention?: string;
    readonly inExport?: string;
    readonly onErasure?: string;
  };
}

/** Whatever is about people is told to them; of other things a record may say so too. */
type Told =
  | { readonly basis: "legitimate interest" | "legal obligation"; readonly told: Topic }
  | { readonly basis: "no personal data"; readonly told?: Topic };

type RecordFacts<R extends Retention> = Facts<R> & Told;

/** One record of the data map. Only `defineRecord` makes one, so that none is missing from the map. */
class DefinedRecord<R extends Retention> {
  readonly facts: RecordFacts<R>;
  /** Makes the type nominal: an object that merely looks like a record is none. */
  declare protected readonly made: never;

  constructor(facts: RecordFacts<R>) {
    this.facts = facts;
  }

  get id(): string {
    return this.facts.id;
  }

  get retention(): R {
    return this.facts.retention;
  }
}

export type DataRecord<R extends Retention = Retention> = DefinedRecord<R>;

const defined = new Map<string, DataRecord>();

/** Defines a record of processing (GDPR article 30). Throws where the id is taken. */
export function defineRecord<const R extends Retention>(facts: RecordFacts<R>): DataRecord<R> {
  if (defined.has(facts.id)) throw new TypeError(`The data map has two records ${facts.id}.`);
  const record = new DefinedRecord(facts);
  defined.set(facts.id, record);
  return record;
}

/** Every record that has been defined by the modules loaded so far, in the order in which they were. */
export function definedRecords(): readonly DataRecord[] {
  return [...defined.values()];
}
