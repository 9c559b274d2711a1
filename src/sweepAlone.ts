import { Backups } from "./backup/backups.ts";
import { finishRestore } from "./backup/replaceDirectory.ts";
import { withoutExpired } from "./chat/journal.ts";
import { withoutOldWords } from "./chat/owed.ts";
import { loadConfig, type Config } from "./config/load.ts";
import { nodeFiles } from "./files/files.ts";
import { systemCode } from "./files/systemCode.ts";
import { withoutOldChanges } from "./integrations/changes.ts";
import { SetUpRecords } from "./integrations/setUpRecords.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import { HOUR_MS, minuteOf } from "./kernel/days.ts";
import { UsherError } from "./kernel/errors.ts";
import { silentLog } from "./kernel/log.ts";
import { sentencesOf } from "./program.ts";
import type { Retention, Standing } from "./retention/retention.ts";
import { Runs, runsEnd } from "./retention/runs.ts";
import { sweepAccounts } from "./rights/accounts/deactivations.ts";
import { sweepQuestions } from "./rights/erasure/erasureRequest.ts";
import { People } from "./rights/people/people.ts";
import { openLog } from "./start/log.ts";
import { openRetention } from "./start/retention.ts";
import { sweepAll, type Sweepers } from "./start/sweepAll.ts";
import { storedSweeps } from "./start/storedSweeps.ts";
import { sweepCases } from "./store/cases.ts";
import type { Documents } from "./store/documents.ts";
import { logQuarantined, openStore } from "./store/openStore.ts";
import { roomDocument, type RoomDocument } from "./store/room.ts";
import { openAuditTrail, type AuditTrail } from "./store/auditTrail.ts";
import { openTombstones, type Tombstones } from "./store/tombstones.ts";

/** A run of a running Usher that is older than this has been missed; ms. */
const RECENT_MS = 2 * HOUR_MS;

interface Ended {
  readonly code: 0 | 1;
  /** What whoever runs this reads. */
  readonly lines: readonly string[];
}

/**
 * `npm run retention`: deletes what has been kept long enough while Usher does not run, and says how it stands. Where Usher runs, it does so itself, and its
 * last run is told. The code is 0 where everything is gone that should be.
 */
export async function sweepAlone(
  config: Pick<
    Config,
    | "auditEndFile"
    | "backup"
    | "dataDir"
    | "homeserver"
    | "language"
    | "logLevel"
    | "logs"
    | "retention"
    | "runsEndFile"
    | "tombstonesFile"
  >,
  clock: Clock = systemClock,
): Promise<Ended> {
  await finishRestore(config.dataDir);
  const { log, sweepLogs } = openLog(config, clock);
  let documents: Documents;
  try {
    documents = await openStore({
      dir: config.dataDir,
      clock,
      onQuarantine: logQuarantined(log),
    });
  } catch (error) {
    if (!(error instanceof UsherError) || error.code !== "data-directory-in-use") throw error;
    return lastOfRunning(config, clock.now());
  }
  try {
    const tombstones = await openTombstones(config, { documents, clock });
    const retention = await openRetention({ config, clock, documents, tombstones, sweepLogs });
    const backups = new Backups({ ...config, clock, identities: undefined });
    const { language } = config;
    const audit = openAuditTrail(config, { documents, clock, log });
    const sweepers = sweepersOf({
      documents,
      clock,
      audit,
      tombstones,
      backups,
      language,
      retention,
    });
    const parts = Object.values(sweepers);
    const failure = await retention.run((pass) => sweepAll({ parts, sweepers, documents }, pass));
    const report = retention.report();
    const told = report?.standings.map((one) => lineOf(one, report.at)) ?? [];
    const changed = await changedRuns(retention);
    return {
      code: failure === undefined && changed.length === 0 ? 0 : 1,
      lines: [...told, ...changed, ending(failure)],
    };
  } finally {
    await documents.close();
  }
}

/** What can be done with nothing but what is stored. Whatever else must go is counted, and is a fault where it is late. */
function sweepersOf({
  documents,
  clock,
  audit,
  tombstones,
  backups,
  language,
  retention,
}: {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly tombstones: Tombstones;
  readonly backups: Backups;
  readonly language: string;
  readonly retention: Retention;
}): Sweepers {
  const inRooms = (change: (room: RoomDocument, now: number) => RoomDocument) => ({
    sweepRoom: async (room: RoomDocument): Promise<void> => {
      const now = clock.now();
      if (change(room, now) !== room)
        await documents.update(roomDocument, room.id, (current) => change(current, now));
    },
  });
  const people = new People({
    ...{ documents, clock, log: silentLog, language, noticeVersion: "" },
    // Nobody is asked who somebody is.
    matrix: { identity: () => Promise.resolve({ is: "unreachable" }) },
    restrictions: { against: () => undefined },
  });
  const setUps = new SetUpRecords({ documents, retention });
  return {
    people,
    ...storedSweeps({ documents, clock, audit, tombstones, backups }),
    cases: { name: "cases", sweep: () => sweepCases(documents, clock) },
    deactivations: { name: "deactivations", sweep: () => sweepAccounts(documents, clock) },
    erasures: { name: "erasures", sweep: () => sweepQuestions(documents, clock) },
    "owed-words": { name: "owed-words", ...inRooms(withoutOldWords) },
    previews: { name: "previews", ...inRooms(withoutExpired) },
    changes: { name: "changes", ...inRooms(withoutOldChanges) },
    "set-ups": {
      name: "set-ups",
      sweepRoom: ({ id, setUps: some }) =>
        some === undefined ? Promise.resolve() : setUps.dropOld(id, clock.now()),
    },
    // Their messages and files lie on the homeserver, which only Usher itself asks.
    exports: { name: "exports" },
    // Their people are told, which only Usher itself can.
    credentials: { name: "credentials" },
    // Which rooms Usher is in is known to the homeserver.
    keys: { name: "keys" },
  };
}

/** What to say where the account of the runs is not as it was written, or cannot be read. */
async function changedRuns(runs: Pick<Retention, "verify">): Promise<readonly string[]> {
  try {
    const { broken, missing } = await runs.verify();
    const which = broken.slice(0, 10).join(", ");
    const changed = `The account of the runs is not as it was written, from run ${which} on: files in retention of the data directory were changed. Find out by whom.`;
    return [
      ...(broken.length === 0 ? [] : [changed]),
      ...(missing === undefined
        ? []
        : [
            `Runs are missing at the end of their account, up to that of ${minuteOf(missing)} UTC: somebody took them away, or a backup from before was restored. Find out which.`,
          ]),
    ];
  } catch (error) {
    return [`The account of the runs cannot be read (${systemCode(error)}).`];
  }
}

async function lastOfRunning(
  config: Pick<Config, "dataDir" | "runsEndFile">,
  now: number,
): Promise<Ended> {
  const runs = new Runs(config.dataDir, nodeFiles, runsEnd(config));
  const [last] = await runs.open(now);
  const changed = await changedRuns({ verify: () => runs.verify(now) });
  const recent = last !== undefined && now - last.startedAt < RECENT_MS;
  const code = recent && last.outcome === "kept" && changed.length === 0 ? 0 : 1;
  const when = last === undefined ? "has not yet" : `did last at ${minuteOf(last.startedAt)} UTC`;
  const how = last?.outcome === "failed" ? ", and not everything went that should have" : "";
  return { code, lines: [...changed, `Usher runs and deletes by itself; it ${when}${how}.`] };
}

function lineOf({ record, limit, oldest, lastGood, stopped }: Standing, now: number): string {
  const held = oldest === undefined ? "nothing held" : `oldest of ${minuteOf(oldest)} UTC`;
  const days =
    oldest === undefined ? "" : ` (${((now - oldest) / (24 * HOUR_MS)).toFixed(1)} days)`;
  const fault =
    lastGood === now ? "" : ": NOT ALL IS GONE" + (stopped ? ", and nothing new is kept" : "");
  return `${record.id}, ${limit}: ${held}${days}${fault}`;
}

function ending(failure: Error | undefined): string {
  if (failure === undefined) return "Everything that was to go is gone.";
  const code = "code" in failure ? String(failure.code) : failure.name;
  return `Not everything is gone that should be (${code}); docs/running.md says of each code what to do. What lies on the homeserver goes when Usher runs.`;
}

/* v8 ignore start -- the process around it */
if (process.argv[1] === import.meta.filename) {
  try {
    const { code, lines } = await sweepAlone(loadConfig(process.env));
    for (const line of lines) console.log(line);
    process.exitCode = code;
  } catch (error) {
    console.error(sentencesOf(error));
    process.exitCode = 1;
  }
}
