import type { Round } from "../kernel/rounds.ts";
import type { RoomDocument } from "../store/room.ts";
import type { DocumentType } from "../store/documents.ts";
import type { Stored } from "../store/documentCache.ts";
import type { DataRecord } from "../privacy/record.ts";
import type { Batch, RoomBatch } from "./intake.ts";

/**
 * Something that lives as long as Usher does. Parts are told of everything in the order of their
 * list, and stopped in the opposite one; each leaves out what it does not need.
 */
export interface Part {
  /** What the log and `doctor` call its start where that fails. */
  readonly name: string;
  /** Sees each stored room once, in one pass for all parts, before any of them starts; only remembers. */
  found?(room: RoomDocument): void;
  /** Takes up what the last run left, before the first batch. Where it fails, it is tried again beside all else. */
  start?(): Promise<void>;
  /** Takes note of what has just been read, before any part acts on it. */
  note?(room: RoomBatch): void;
  /** What is left of the batch for all other parts: what programs say to this one alone is nobody else's. Before any part acts on it. */
  sift?(batch: Batch): Batch;
  /** Settles when everything in the batch that is this part's to act on has been acted on. */
  handle?(batch: Batch): Promise<void>;
  /** Usher has heard the homeserver, and answers. */
  ready?(): Promise<void>;
  /** Forgets what has been kept long enough of a room, and of what belongs to no room: at the start, and each hour. */
  sweepRoom?(room: RoomDocument): Promise<void>;
  sweep?(): Promise<void>;
  /** What it sweeps is of this record alone: where nothing of that is due, it need not. */
  readonly sweeps?: DataRecord;
  /** A pass over all that is stored begins, then each document is seen, and after all of them comes `sweep`. */
  passBegins?(): void;
  sees?<T extends object>(type: DocumentType<T>, stored: Stored<T>): void;
  /** What it does at intervals beside that. */
  readonly rounds?: readonly Round[];
  /**
   * Whatever waits ends now. What was heard may still be acted on after that. What it does that nobody waits for is given back: it has settled before
   * what it works with is closed, and its failure is its own.
   */
  stop?(): unknown;
}

/** One that keeps the promise of a record that something goes: without a sweep it does not compile. */
export type SweepingPart = Part &
  (Required<Pick<Part, "sweep">> | Required<Pick<Part, "sweepRoom">>);
