import { createHash } from "node:crypto";
import { z } from "zod";
import { appendLine } from "../files/appendLine.ts";
import type { Files } from "../files/files.ts";
import { dayOf } from "../kernel/days.ts";
import { declareFilesIn } from "../privacy/declared.ts";
import { keptSince } from "../privacy/kept.ts";
import { RUNS } from "../privacy/records/runs.ts";

const inFolder = declareFilesIn("retention", RUNS);

/** What became of one record of the data map, or of one class of log lines: `log.bot`. */
const ofClass = z.strictObject({
  id: z.string(),
  /** How long it is kept: "14 days". */
  limit: z.string(),
  /** What is older should be gone; ms since the epoch. */
  cutoff: z.number(),
  /** How many things there were, or how many files. */
  scanned: z.number(),
  deleted: z.strictObject({
    things: z.number(),
    files: z.array(z.strictObject({ name: z.string(), bytes: z.number() })),
  }),
  /** Since when the oldest is held that is left; ms since the epoch. */
  oldest: z.number().optional(),
  /** Codes of what went wrong. */
  errors: z.array(z.string()),
});
export type ClassRun = z.infer<typeof ofClass>;

const facts = {
  /** One higher each time. */
  run: z.int(),
  startedAt: z.number(),
  finishedAt: z.number(),
  outcome: z.enum(["kept", "failed"]),
  /** Those of which something was there, went, or failed. */
  classes: z.array(ofClass),
};
const runSchema = z.strictObject({
  ...facts,
  /** The hash of the run before; empty for the first. */
  prev: z.string(),
  /** Of all else in this one. */
  hash: z.string(),
});
export type Run = z.infer<typeof runSchema>;
type RunFacts = Omit<Run, "prev" | "hash" | "run">;

/** What is wrong with the runs that are kept. */
export interface ChainFaults {
  /** Lines that are none, as a crash leaves them. */
  readonly torn: number;
  /** Numbers of runs before which something is missing, or that are not what they were. */
  readonly broken: readonly number[];
}

/** Runs of the sweeps (D35): appended and never changed, a file for each day (UTC), which goes when its first run has been kept long enough. */
export class Runs {
  readonly #dataDir: string;
  readonly #files: Files;
  #last: Run | undefined;
  #begun: string | undefined;

  constructor(dataDir: string, files: Files) {
    this.#dataDir = dataDir;
    this.#files = files;
  }

  /** Those that began after `since` (ms since the epoch), and the last one in any case, newest first; reads where the chain goes on. */
  async open(since: number): Promise<readonly Run[]> {
    let found: Run[] = [];
    let newest: Run | undefined;
    for (const name of await this.#names()) {
      const lines = await this.#lines(name);
      const last = lastRun(lines);
      // Where the clock was put back over midnight, the newest run does not stand in the newest file.
      if (last !== undefined && last.run > (newest?.run ?? 0)) newest = last;
      // Every other file of a year is looked at by its last run alone.
      if (last !== undefined && last.startedAt >= since) found.push(...runsOf(lines));
    }
    this.#last = newest;
    found = found.filter(({ run, startedAt }) => startedAt >= since && run !== newest?.run);
    return [...(newest === undefined ? [] : [newest]), ...found.sort((a, b) => b.run - a.run)];
  }

  /** Throws as the system does. */
  append(found: RunFacts): Run {
    const run = { run: (this.#last?.run ?? 0) + 1, ...found, prev: this.#last?.hash ?? "" };
    const whole = { ...run, hash: hashOf(run) };
    const name = nameOf(found.startedAt);
    appendLine(inFolder(this.#dataDir, name), `${JSON.stringify(whole)}\n`, this.#begun === name);
    this.#begun = name;
    this.#last = whole;
    return whole;
  }

  /** Deletes days that have been kept long enough. Resolves with the names, and since when the oldest that is left is held. */
  async sweep(now: number): Promise<Pick<ClassRun, "cutoff" | "scanned" | "deleted" | "oldest">> {
    const cutoff = keptSince(RUNS, now);
    const names = await this.#names();
    const old = await this.#withOlder(
      names,
      names.filter((name) => startOf(name) < cutoff),
    );
    for (const name of old) await this.#files.remove(inFolder(this.#dataDir, name));
    if (old.length > 0) await this.#files.syncFolder(inFolder(this.#dataDir));
    const [oldest] = names.filter((name) => !old.includes(name)).map(startOf);
    return {
      cutoff,
      scanned: names.length,
      deleted: { things: 0, files: old.map((name) => ({ name, bytes: 0 })) },
      ...(oldest === undefined ? {} : { oldest }),
    };
  }

  /** Follows the chain from the oldest run that is kept. */
  async verify(): Promise<ChainFaults> {
    const lines: string[] = [];
    for (const name of await this.#names()) lines.push(...(await this.#lines(name)));
    const runs = runsOf(lines).sort((a, b) => a.run - b.run);
    const broken = runs.filter(({ hash, ...rest }, index) => {
      const before = runs[index - 1];
      return hash !== hashOf(rest) || (before !== undefined && rest.prev !== before.hash);
    });
    return { torn: lines.length - runs.length, broken: broken.map(({ run }) => run) };
  }

  async #names(): Promise<readonly string[]> {
    const names = await this.#files.list(inFolder(this.#dataDir));
    return names.filter((name) => /^runs-\d{4}-\d{2}-\d{2}\.ndjson$/.test(name)).sort();
  }

  /**
   * Those files, and with them each that has a run before one of theirs, as where the clock was put back: what is left is to be whole, so a run goes rather
   * a little early than out of the middle.
   */
  async #withOlder(names: readonly string[], gone: readonly string[]): Promise<readonly string[]> {
    if (gone.length === 0) return gone;
    const numbers = new Map<string, readonly number[]>();
    for (const name of names)
      numbers.set(
        name,
        runsOf(await this.#lines(name)).map(({ run }) => run),
      );
    const numbersOf = (name: string): readonly number[] => numbers.get(name) ?? [];
    let all = gone;
    for (let before = -1; before < all.length;) {
      before = all.length;
      const newest = Math.max(0, ...all.flatMap(numbersOf));
      all = names.filter(
        (name) => gone.includes(name) || numbersOf(name).some((run) => run < newest),
      );
    }
    return all;
  }

  async #lines(name: string): Promise<readonly string[]> {
    const text = (await this.#files.read(inFolder(this.#dataDir, name))) ?? "";
    return text.split("\n").filter((line) => line !== "");
  }
}

function runsOf(lines: readonly string[]): Run[] {
  return lines.flatMap((line) => readRun(line) ?? []);
}

function lastRun(lines: readonly string[]): Run | undefined {
  for (const line of lines.toReversed()) {
    const run = readRun(line);
    if (run !== undefined) return run;
  }
  return undefined;
}

function nameOf(at: number): string {
  return `runs-${dayOf(at)}.ndjson`;
}

function startOf(name: string): number {
  return Date.parse(name.slice("runs-".length, -".ndjson".length));
}

function hashOf(run: Omit<Run, "hash">): string {
  return createHash("sha256").update(JSON.stringify(run)).digest("hex");
}

function readRun(line: string): Run | undefined {
  try {
    return runSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
