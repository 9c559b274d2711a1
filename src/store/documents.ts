import type { z } from "zod";
import type { UserId } from "../kernel/ids.ts";

/** One kind of stored document: its name, schema, first form, and how older versions become the present one. */
export interface DocumentType<T extends object> {
  /** A short lower-case word; a folder name on disk. */
  readonly kind: string;
  /** The present version; 1 for the first. */
  readonly version: number;
  readonly schema: z.ZodType<T>;
  /** The document of an id that nothing is stored for yet. */
  readonly empty: (id: string) => T;
  /** `migrations[n]` turns a document of version n into one of version n + 1. One for each older version. */
  readonly migrations: Readonly<Record<number, (old: unknown) => unknown>>;
  /** Everybody whom the document is about, for `aboutPerson`. */
  readonly people: (document: T) => readonly UserId[];
}

/**
 * Durable JSON documents by kind and id. Implementations pass `test/contract/documents.ts`.
 *
 * A document of a newer version is left as it is, and whoever would read it gets `data-directory-newer`.
 * One that cannot be read (torn, not JSON, not of its schema) is put aside whole and reported
 * through `onQuarantine`; for its readers it is then absent. Nothing else is harmed by it.
 */
export interface Documents {
  get<T extends object>(type: DocumentType<T>, id: string): Promise<T | undefined>;
  /**
   * Changes one document under its lock and resolves with what is stored, after it is durable. `change` gets the stored document
   * or the empty one, must not modify it, and returns the next; returning what it was given writes nothing.
   */
  update<T extends object>(type: DocumentType<T>, id: string, change: (current: T) => T): Promise<T>;
  /** Whether there was one. */
  delete<T extends object>(type: DocumentType<T>, id: string): Promise<boolean>;
  /** Every readable document of the kind, in no order, as it is when its turn comes; none that is gone by then. */
  scan<T extends object>(type: DocumentType<T>): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** Those of the kind that are about this person. */
  aboutPerson<T extends object>(type: DocumentType<T>, person: UserId): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** Releases the data directory. */
  close(): Promise<void>;
}
