import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { HOUR_MS, MINUTE_MS } from "../../src/kernel/days.ts";
import { receiptDocument } from "../../src/store/erasures.ts";
import { answerTo } from "../harness/expect.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { compared, median, type Row } from "./figures.ts";
import { COMMAND } from "./rounds.ts";
import { residentMb, setStage, stopWith, type Stage } from "./stage.ts";
import { fill } from "./writes.ts";

/** How many pairs are waited for before and after the sweep. */
const BESIDE = 100;
/** The clock of the Usher that sweeps when it starts: its hour ends so soon after that. */
const BEFORE_HOUR_MS = 4 * MINUTE_MS;
/** The other's: its hour ends after all is measured. */
const IN_HOUR_MS = HOUR_MS - 5 * MINUTE_MS;
/** How the other is called, in the same room. */
const OTHER = "!other";

/** One command to each, the order changing from pair to pair. */
interface Pair {
  /** When the one to the Usher that sweeps began, by its clock; ms since the epoch. */
  readonly at: number;
  readonly sweeping: number;
  readonly other: number;
  /** Resident memory of the one that sweeps; MB. */
  readonly mb: number;
}

interface Run {
  readonly startedAt: number;
  readonly finishedAt: number;
}

/**
 * How long answers take while an hourly sweep goes over so many documents, beside those of a second Usher with as many documents in the same room that does not sweep; asked
 * in turns, so that what else the machine does burdens both alike. Before and after the sweep the two are compared as well: what differs then is not the sweep's.
 */
export async function sweepTripRows(
  documents: number,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const synapse = await startSynapse({ progress: say });
  const stage = await setStage(synapse, 1);
  const prepared = async (account: Stage["usher"], prefix: string): Promise<UsherProcess> => {
    const usher = await UsherProcess.prepare({
      ...{ homeserver: synapse.url, account },
      env: { USHER_LOG_LEVEL: "info", USHER_LOGS_TO: "files" },
      config: { limits: { commandsPerMinute: 100_000 }, prefixes: [prefix] },
    });
    const at = usher.now();
    const receipt = { secret: "s", at, state: "verified" as const, began: [], left: [] };
    await fill(usher.dataDir, documents, (stored, index) =>
      stored.update(receiptDocument, `receipt-${String(index)}`, () => ({ receipt })),
    );
    return usher;
  };
  say(`${String(documents)} documents, and an Usher whose hour ends in minutes …`);
  const usher = await prepared(stage.usher, "!usher");
  const other = await prepared(stage.echo, OTHER);
  try {
    await other.restartLater(untilHour(other, IN_HOUR_MS));
    await usher.restartLater(untilHour(usher, BEFORE_HOUR_MS));
    const pairs: Pair[] = [];
    const more = async (): Promise<number> => pairs.push(await pair(stage, usher, pairs.length));
    const swept = async (): Promise<Run | undefined> => (await runs(usher.dataDir))[1];
    while ((await swept()) === undefined) await more();
    for (let after = 0; after < BESIDE; after += 1) await more();
    const run = await swept();
    if (run === undefined) throw new Error("there was no sweep");
    if ((await runs(other.dataDir)).length > 1) throw new Error("the other swept as well");
    return rowsOf(documents, run, pairs);
  } finally {
    for (const one of [usher, other]) {
      // What has stopped in order would wait for its next life, and the bench for it.
      if (one.running) await one.kill();
      await rm(one.folder, { recursive: true, force: true });
    }
    await stopWith(stage);
  }
}

/** By how much its clock is to go ahead so that its hour ends so soon, in whole minutes; ms. */
function untilHour(usher: UsherProcess, beforeMs: number): number {
  const ms = (HOUR_MS - (usher.now() % HOUR_MS) - beforeMs + HOUR_MS) % HOUR_MS;
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function rowsOf(documents: number, run: Run, pairs: readonly Pair[]): Row[] {
  const during = pairs.filter(({ at }) => at >= run.startedAt && at <= run.finishedAt);
  const before = pairs.filter(({ at }) => at < run.startedAt).slice(-BESIDE);
  const after = pairs.filter(({ at }) => at > run.finishedAt).slice(0, BESIDE);
  const sides = (some: readonly Pair[]) =>
    [some.map(({ sweeping }) => sweeping), some.map((one) => one.other)] as const;
  const what = `answers while ${documents.toLocaleString("en")} documents are swept, in turns with another Usher's (${String(during.length)})`;
  const none = `the same two before and after that (${String(before.length + after.length)})`;
  const [most, idle] = [during, before].map((some) => Math.max(0, ...some.map(({ mb }) => mb)));
  const took = `${((run.finishedAt - run.startedAt) / 1000).toFixed(1)} s`;
  const [swept, without] = [during, [...before, ...after]].map((some) => {
    const [own, other] = sides(some);
    return median(own) / median(other);
  });
  return [
    compared(`${what}, median`, ...sides(during), 0.5, undefined),
    compared(`${what}, p95`, ...sides(during), 0.95, undefined),
    compared(`${none}, median`, ...sides([...before, ...after]), 0.5, undefined),
    compared(`${none}, p95`, ...sides([...before, ...after]), 0.95, undefined),
    {
      ...{ what: "the first of these ratios beside the third: what the sweep costs", usher: "" },
      ...{ beside: "", ratio: ((swept ?? NaN) / (without ?? NaN)).toFixed(2), target: "≤ 1.15" },
    },
    { what: "that sweep", usher: took, beside: "", ratio: "", target: "" },
    {
      ...{ what: "most resident memory in it, beside right before", usher: mbOf(most) },
      ...{ beside: mbOf(idle), ratio: ((most ?? 0) / (idle ?? 0)).toFixed(2), target: "≤ 1.25" },
    },
  ];
}

function mbOf(mb = 0): string {
  return `${mb.toFixed(0)} MB`;
}

async function pair(stage: Stage, usher: UsherProcess, count: number): Promise<Pair> {
  const at = usher.now();
  const lines = [COMMAND, COMMAND.replace("!usher", OTHER)] as const;
  const times = new Map<string, number>();
  for (const line of count % 2 === 0 ? lines : lines.toReversed())
    times.set(line, await trip(stage, line));
  const [sweeping = NaN, other = NaN] = lines.map((line) => times.get(line));
  return { at, sweeping, other, mb: residentMb(usher.pid) };
}

async function trip({ person, rooms }: Stage, line: string): Promise<number> {
  const from = person.mark();
  const begin = performance.now();
  const asked = await person.say(rooms[0] ?? "", line);
  await person.waitFor(answerTo(asked), { from, stillMs: 120_000 });
  return performance.now() - begin;
}

async function runs(dataDir: string): Promise<readonly Run[]> {
  const folder = join(dataDir, "retention");
  const texts = await Promise.all(
    (await readdir(folder)).sort().map((name) => readFile(join(folder, name), "utf8")),
  );
  return texts
    .flatMap((text) => text.split("\n").slice(0, -1))
    .map((line) => JSON.parse(line) as Run);
}
