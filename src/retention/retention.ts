import { nodeFiles } from "../files/files.ts";
import { systemCode } from "../files/systemCode.ts";
import type { Clock } from "../kernel/clock.ts";
import { HOUR_MS } from "../kernel/days.ts";
import { LOG_CLASS_NAMES } from "../kernel/log.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import type { LogsSwept } from "../logs/sweepLogs.ts";
import { durationInWords } from "../privacy/duration.ts";
import { keptSince, sinceWhen } from "../privacy/kept.ts";
import { LOG_CLASSES, type LogLimits } from "../privacy/logClasses.ts";
import type { DataRecord, Stopping, SweepName } from "../privacy/record.ts";
import { RUNS } from "../privacy/records/runs.ts";
import type { Documents, DocumentType } from "../store/documents.ts";
import { datedIn } from "../store/heldSince.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { codeOf, failureOf, logRuns, recordOf, runOf, type Failures } from "./classRuns.ts";
import type { EndFile } from "../files/endFile.ts";
import { Runs, type ChainFaults, type ClassRun, type Run } from "./runs.ts";
import {
  datedDocuments,
  lastingRecords,
  lengthOf,
  Tally,
  type LastingRecord,
  type Shorter,
} from "./tally.ts";

interface RetentionDeps {
  readonly dataDir: string;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly limits: LogLimits;
  /** Of all else than log lines. */
  readonly shorter?: Shorter;
  /** Where it is noted how the account of the runs ends. */
  readonly runsEnd: EndFile;
  readonly sweepLogs: () => Promise<LogsSwept>;
  /** Since when things are held that stand in no document, by the record's id. */
  readonly beside: Readonly<Record<string, () => Promise<readonly number[]>>>;
}

/** What is swept as files: those are kept by their age alone. */
export type FileSweep = "logs" | "runs";
/** What parts of Usher sweep, in documents and elsewhere. */
export type PartSweep = Exclude<SweepName, FileSweep>;

/** What a sweep tells of its one pass over all that is stored. */
export interface Pass {
  /** Counts a document. */
  count<T extends object>(type: DocumentType<T>, document: T): void;
  /** Counts a room as `after` leaves it. */
  countRoom(room: RoomDocument, after: () => Promise<void>): Promise<void>;
  /** Whether something of this record was counted that should be gone. */
  isDue(record: string): boolean;
}

/** How it stands with one record of the data map. */
export interface Standing {
  readonly record: LastingRecord;
  /** How long it is kept here. */
  readonly limit: string;
  /** Since when the oldest is held; undefined where there is none. Ms since the epoch, as the next. */
  readonly oldest: number | undefined;
  /** When its last sweep without a fault began. */
  readonly lastGood: number | undefined;
  /** Nothing new of it is kept until what is too old is gone. Classes of log lines stop by themselves. */
  readonly stopped: boolean;
}

/** The sweeps of everything that ends after a time, with an account of each run (D35): what was there, what went, what is left. */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #shorter: Shorter;
  readonly #runs: Runs;
  readonly #lastGood = new Map<string, number>();
  /** What the last run left of each record. */
  #left: readonly ClassRun[] = [];
  /** When the last run began to sweep, if it has not come to its end; ms since the epoch. Nobody knows what it left where it rejected or takes too long. */
  #begun: number | undefined;
  #rejected = false;
  #last: Run | undefined;
  /** When the last run began, whatever became of it: one that fails each time is tried once an hour, not each minute. */
  #tried: number | undefined;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
    this.#shorter = deps.shorter ?? {};
    this.#runs = new Runs(deps.dataDir, nodeFiles, deps.runsEnd);
  }

  /** Learns of the runs before. Where they cannot be read nothing is known, and the next run fails. */
  async open(): Promise<void> {
    // A class that has failed for a month has not been well for long.
    const since = this.#deps.clock.now() - 31 * 24 * HOUR_MS;
    const runs = await this.#runs.open(since).catch(() => []);
    this.#last = runs[0];
    this.#left = this.#last?.classes ?? [];
    for (const run of runs.toReversed()) this.#note(run);
  }

  /** Whether the hour has passed since the last run; also where the clock was set back. */
  isDue(): boolean {
    const last = this.#tried ?? this.#last?.startedAt;
    return last === undefined || runOf(last) !== runOf(this.#deps.clock.now());
  }

  /**
   * One run. `sweep` has everything swept that lies elsewhere than in files of its own, and counts each document before that, so that none is read for the
   * account alone. Resolves with the first failure, after trying all: a run with one has failed, and so has one after which something is still held that
   * should be gone.
   */
  async run(sweep: (pass: Pass) => Promise<Failures>): Promise<Error | undefined> {
    const { clock, sweepLogs } = this.#deps;
    const startedAt = clock.now();
    this.#tried = startedAt;
    const logs = await sweepLogs();
    const before = new Tally(startedAt, this.#shorter);
    const after = new Tally(startedAt, this.#shorter);
    const failures = await this.#swept(sweep, before, after);
    const classes = [
      ...logRuns(logs, this.#deps.limits),
      ...this.#recordRuns(before, after, failures, startedAt),
      await this.#ownRun(),
    ];
    this.#left = classes;
    const well = failures.size === 0 && classes.every(({ errors }) => errors.length === 0);
    const outcome = well ? "kept" : "failed";
    const told = classes.filter(
      ({ scanned, deleted, errors }) =>
        scanned + deleted.things + deleted.files.length + errors.length > 0,
    );
    try {
      const facts = { startedAt, finishedAt: clock.now(), outcome, classes: told } as const;
      const run = await this.#runs.append(facts);
      this.#last = run;
      this.#note(run);
    } catch (error) {
      // What went is gone; that nobody can see it is a fault, too.
      return error instanceof Error ? error : new Error("sweep", { cause: error });
    }
    return well ? undefined : failureOf(classes, failures);
  }

  /**
   * Whether nothing new of this record is kept, for it would be one more of a promise that is not: its last sweep failed, and the oldest that it left should be
   * gone by now. Ends with the first sweep that goes well.
   */
  stops(record: DataRecord<Stopping>): boolean {
    const left = this.#left.find(({ id }) => id === record.id);
    const now = this.#deps.clock.now();
    const hangs = this.#begun !== undefined && now - this.#begun > HANGS_MS;
    const failed = this.#rejected || hangs || (left?.errors.length ?? 0) > 0;
    return failed && (left?.oldest ?? Infinity) < sinceWhen(lengthOf(record, this.#shorter), now);
  }

  /** The last run, and how it stood with each record then; undefined before the first. */
  report(): { readonly at: number; readonly standings: readonly Standing[] } | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const standings = lastingRecords().map((record) => {
      const own = last.classes.filter(({ id }) => recordOf(id) === record.id);
      const starts = own.flatMap(({ oldest }) => oldest ?? []);
      return {
        record,
        limit: own[0]?.limit ?? this.#limitOf(record),
        oldest: starts.length === 0 ? undefined : Math.min(...starts),
        lastGood: this.#lastGood.get(record.id),
        stopped: isStopping(record) && this.stops(record),
      };
    });
    return { at: last.startedAt, standings };
  }

  /** Whether the account of the runs is as it was written. */
  verify(): Promise<ChainFaults> {
    return this.#runs.verify(this.#deps.clock.now());
  }

  /** Has all swept, and counts what there was and what is left. */
  async #swept(
    sweep: (pass: Pass) => Promise<Failures>,
    before: Tally,
    after: Tally,
  ): Promise<Failures> {
    this.#begun = before.now;
    try {
      await this.#countBeside(before);
      const failures = await sweep({
        count: (type, document) => {
          for (const tally of [before, after]) tally.add(type, document);
        },
        countRoom: (room, work) => this.#countRoom(room, work, before, after),
        isDue: (id) => before.of(id).overdue > 0,
      });
      await this.#countAgain(after);
      await this.#countBeside(after);
      this.#rejected = false;
      return failures;
    } catch (error) {
      this.#rejected = true;
      throw error;
    } finally {
      this.#begun = undefined;
    }
  }

  #note(run: Run): void {
    const failed = new Set(
      run.classes.filter(({ errors }) => errors.length > 0).map(({ id }) => recordOf(id)),
    );
    for (const { id } of lastingRecords())
      // Of a later run, which by a clock that was put back may be of an earlier time.
      if (!failed.has(id)) this.#lastGood.set(id, run.startedAt);
  }

  #limitOf(record: LastingRecord): string {
    const of = LOG_CLASS_NAMES.find((name) => LOG_CLASSES[name] === record);
    return durationInWords(
      of === undefined ? lengthOf(record, this.#shorter) : this.#deps.limits[of],
    );
  }

  /** Counts anew what was overdue: it may have been swept since. */
  async #countAgain(after: Tally): Promise<void> {
    const types = datedDocuments().filter(({ kind }) => kind !== roomDocument.kind);
    const due = new Set(types.flatMap(datedIn).filter((id) => after.of(id).overdue > 0));
    for (const id of due) after.forget(id);
    for (const type of types.filter((one) => datedIn(one).some((id) => due.has(id))))
      for await (const { document } of this.#deps.documents.scan(type))
        after.add(type, document, due);
  }

  async #countBeside(tally: Tally): Promise<void> {
    for (const [id, starts] of Object.entries(this.#deps.beside))
      // Where it cannot be read, its sweep fails as well, and says so.
      tally.addAll(id, await starts().catch(() => []));
  }

  async #countRoom(
    room: RoomDocument,
    work: () => Promise<void>,
    before: Tally,
    after: Tally,
  ): Promise<void> {
    before.add(roomDocument, room);
    await work();
    const left = before.hasOverdue(roomDocument, room)
      ? await this.#deps.documents.get(roomDocument, room.id)
      : room;
    if (left !== undefined) after.add(roomDocument, left);
  }

  #recordRuns(
    before: Tally,
    after: Tally,
    failures: Failures,
    startedAt: number,
  ): readonly ClassRun[] {
    return lastingRecords()
      .filter((record) => isSweptByPart(record.retention.sweep))
      .map((record) => {
        const { held, overdue, oldest } = after.of(record.id);
        const found = before.of(record.id);
        const failed = failures.get(record.retention.sweep) ?? [];
        return {
          id: record.id,
          limit: this.#limitOf(record),
          cutoff: sinceWhen(lengthOf(record, this.#shorter), startedAt),
          scanned: found.held,
          deleted: { things: Math.max(0, found.held - held), files: [] },
          ...(oldest === undefined ? {} : { oldest }),
          errors: [...failed.map(codeOf), ...(overdue > 0 ? ["overdue"] : [])],
        };
      });
  }

  async #ownRun(): Promise<ClassRun> {
    const now = earlierOf(this.#deps.clock);
    const limit = durationInWords(RUNS.retention.for);
    try {
      return { id: RUNS.id, limit, ...(await this.#runs.sweep(now)), errors: [] };
    } catch (error) {
      const deleted = { things: 0, files: [] };
      const cutoff = keptSince(RUNS, now);
      return { id: RUNS.id, limit, cutoff, scanned: 1, deleted, errors: [systemCode(error)] };
    }
  }
}

/** A run that takes so long counts as one that failed: the next should have come, and waits for it. As where a homeserver answers nothing for long; ms. */
const HANGS_MS = 2 * HOUR_MS;

function isStopping(record: LastingRecord): record is DataRecord<Stopping> {
  return record.retention.late === "stop";
}

function isSweptByPart(sweep: SweepName): sweep is PartSweep {
  return sweep !== "logs" && sweep !== "runs";
}
