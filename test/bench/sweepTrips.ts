import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { HOUR_MS, MINUTE_MS } from "../../src/kernel/days.ts";
import { receiptDocument } from "../../src/store/erasures.ts";
import { answerTo } from "../harness/expect.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { compared, type Row } from "./figures.ts";
import { COMMAND } from "./rounds.ts";
import { setStage, stopWith, type Stage } from "./stage.ts";
import { fill } from "./writes.ts";

/** How many answers are waited for before and after the sweep, at least. */
const BESIDE = 100;
/** Usher's clock when it starts: its hour ends so soon after that. */
const BEFORE_HOUR_MS = 4 * MINUTE_MS;

interface Trip {
  /** When it began, by Usher's clock; ms since the epoch. */
  readonly at: number;
  readonly ms: number;
}

interface Run {
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** How long answers take while an hourly sweep goes over so many documents, beside those right before and after it, of the same Usher. */
export async function sweepTripRows(
  documents: number,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const synapse = await startSynapse({ progress: say });
  const stage = await setStage(synapse, 1);
  const usher = await UsherProcess.prepare({
    homeserver: synapse.url,
    account: stage.usher,
    env: { USHER_LOG_LEVEL: "info", USHER_LOGS_TO: "files" },
    config: { limits: { commandsPerMinute: 100_000 } },
  });
  try {
    say(`${String(documents)} documents, and an Usher whose hour ends in minutes …`);
    const at = usher.now();
    const receipt = { secret: "s", at, state: "verified" as const, began: [], left: [] };
    await fill(usher.dataDir, documents, (stored, index) =>
      stored.update(receiptDocument, `receipt-${String(index)}`, () => ({ receipt })),
    );
    const minute = (HOUR_MS - (usher.now() % HOUR_MS) - BEFORE_HOUR_MS + HOUR_MS) % HOUR_MS;
    await usher.restartLater(Math.floor(minute / MINUTE_MS) * MINUTE_MS);
    const trips: Trip[] = [];
    const swept = async (): Promise<Run | undefined> => (await runs(usher.dataDir))[1];
    while ((await swept()) === undefined) trips.push(await trip(stage, usher));
    for (let more = 0; more < BESIDE; more += 1) trips.push(await trip(stage, usher));
    const run = await swept();
    if (run === undefined) throw new Error("there was no sweep");
    return rowsOf(documents, run, trips);
  } finally {
    if (usher.running) await usher.stop();
    await stopWith(stage);
    await rm(usher.folder, { recursive: true, force: true });
  }
}

function rowsOf(documents: number, run: Run, trips: readonly Trip[]): Row[] {
  const during = trips.filter(({ at }) => at >= run.startedAt && at <= run.finishedAt);
  const before = trips.filter(({ at }) => at < run.startedAt).slice(-BESIDE);
  const after = trips.filter(({ at }) => at > run.finishedAt).slice(0, BESIDE);
  const times = (some: readonly Trip[]): number[] => some.map(({ ms }) => ms);
  const what = `answers while ${documents.toLocaleString("en")} documents are swept (${String(during.length)}) beside others`;
  const sides = [times(during), times([...before, ...after])] as const;
  const took = `${((run.finishedAt - run.startedAt) / 1000).toFixed(1)} s`;
  return [
    compared(`${what}, median`, ...sides, 0.5, 1.15),
    compared(`${what}, p95`, ...sides, 0.95, undefined),
    { what: "that sweep", usher: took, beside: "", ratio: "", target: "" },
  ];
}

async function trip({ person, rooms }: Stage, usher: UsherProcess): Promise<Trip> {
  const at = usher.now();
  const from = person.mark();
  const begin = performance.now();
  const asked = await person.say(rooms[0] ?? "", COMMAND);
  await person.waitFor(answerTo(asked), { from, stillMs: 120_000 });
  return { at, ms: performance.now() - begin };
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
