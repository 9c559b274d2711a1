import { createHash } from "node:crypto";
import { z } from "zod";
import { appendLine } from "../files/appendLine.ts";
import { endFileAt, type EndFile } from "../files/endFile.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { dayOf } from "../kernel/days.ts";
import { declareFileAnywhere, declareFilesIn, type FilePath } from "../privacy/declared.ts";
import { keptSince } from "../privacy/kept.ts";
import { RUNS, RUNS_END } from "../privacy/records/runs.ts";

const inFolder = declareFilesIn("retention", RUNS);
const endFile = declareFileAnywhere("runsEndFile", RUNS_END);

/** Where it is noted how the runs end, by the configuration. */
export function runsEnd({ runsEndFile }: { readonly runsEndFile: string }): EndFile {
  return endFileAt(endFile(runsEndFile));
}

/** Where they lie in a data directory. */
export function runsFolder(dataDir: string): FilePath {
  return inFolder(dataDir);
}

/** The account begins anew: that of before stayed on another machine. */
export async function forgetRunsEnd({
  runsEndFile,
}: {
  readonly runsEndFile: string;
}): Promise<void> {
  await nodeFiles.remove(endFile(runsEndFile));
}

const endOfRuns = z.strictObject({ run: z.int(), startedAt: z.number(), hash: z.string() });
const notedSchema = z.strictObject({
  version: z.literal(1),
  end: endOfRuns,
  /** The newest end from before that was found to be gone. */
  missing: endOfRuns.optional(),
});
type Noted = z.infer<typeof notedSchema>;
type EndOfRuns = Noted["end"];

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
  /** When the newest run began that is missing at the end; ms since the epoch. */
  readonly missing: number | undefined;
  /** Whether it stands elsewhere where the runs end: without that nobody sees whether some are missing there. */
  readonly noted: boolean;
}

/**
 * Runs of the sweeps (D35): appended and never changed, a file for each day (UTC), which goes when its first run has been kept long enough. Where they end
 * is noted elsewhere after each.
 */
export class Runs {
  readonly #dataDir: string;
  readonly #files: Files;
  readonly #end: EndFile;
  #last: Run | undefined;
  #begun: string | undefined;

  constructor(dataDir: string, files: Files, end: EndFile) {
    this.#dataDir = dataDir;
    this.#files = files;
    this.#end = end;
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

  /** Rejects as the system does. Where only the end cannot be noted it does not: `verify` tells. */
  async append(found: RunFacts): Promise<Run> {
    const missing = await this.#missingSince(found.startedAt);
    const run = { run: (this.#last?.run ?? 0) + 1, ...found, prev: this.#last?.hash ?? "" };
    const whole = { ...run, hash: hashOf(run) };
    const name = nameOf(found.startedAt);
    appendLine(inFolder(this.#dataDir, name), `${JSON.stringify(whole)}\n`, this.#begun === name);
    this.#begun = name;
    this.#last = whole;
    const { run: number, startedAt, hash } = whole;
    const end = { run: number, startedAt, hash };
    const noted: Noted = { version: 1, end, ...(missing === undefined ? {} : { missing }) };
    await this.#end.write(`${JSON.stringify(noted)}\n`).catch(() => undefined);
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

  /** Follows the chain from the oldest run that is kept to where it is noted that it ends. */
  async verify(now: number): Promise<ChainFaults> {
    const lines = await this.#allLines();
    const runs = runsOf(lines).sort((a, b) => a.run - b.run);
    const broken = runs.filter(({ hash, ...rest }, index) => {
      const before = runs[index - 1];
      return hash !== hashOf(rest) || (before !== undefined && rest.prev !== before.hash);
    });
    const noted = await this.#noted();
    return {
      torn: lines.length - runs.length,
      broken: broken.map(({ run }) => run),
      missing: noted && missingOf(noted, runs, now)?.startedAt,
      noted: noted?.end.hash === runs.at(-1)?.hash,
    };
  }

  /** The newest end that was noted and is gone before its time. */
  async #missingSince(now: number): Promise<EndOfRuns | undefined> {
    const noted = await this.#noted();
    if (noted === undefined) return undefined;
    // A crash leaves a run more than is noted. All are read only where something is wrong.
    const { hash, prev } = this.#last ?? {};
    const follows = noted.end.hash === hash || noted.end.hash === prev;
    if (follows && noted.missing === undefined) return undefined;
    const last = this.#last === undefined ? [] : [this.#last];
    return missingOf(noted, [...runsOf(await this.#allLines()), ...last], now);
  }

  /** Undefined where nothing is noted, or nothing that can be read. */
  async #noted(): Promise<Noted | undefined> {
    try {
      return notedSchema.parse(JSON.parse((await this.#end.read()) ?? "null"));
    } catch {
      return undefined;
    }
  }

  async #allLines(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const name of await this.#names()) lines.push(...(await this.#lines(name)));
    return lines;
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

function missingOf(
  { end, missing }: Noted,
  runs: readonly Run[],
  now: number,
): EndOfRuns | undefined {
  const since = keptSince(RUNS, now);
  const hashes = new Set(runs.map(({ hash }) => hash));
  const ends = missing === undefined ? [end] : [end, missing];
  return ends.find(({ startedAt, hash }) => startedAt >= since && !hashes.has(hash));
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
