import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Backups } from "../../src/backup/backups.ts";
import { logLimits } from "../../src/config/logs.ts";
import { nodeFiles } from "../../src/files/files.ts";
import { ManualClock, systemClock } from "../../src/kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, UserId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { nameOfHour } from "../../src/logs/folder.ts";
import { LogFiles, type LogTrouble } from "../../src/logs/logFiles.ts";
import { Runs, runsEnd } from "../../src/retention/runs.ts";
import { auditDocument, recordAudit } from "../../src/store/audit.ts";
import { openStore } from "../../src/store/openStore.ts";
import { sweepAlone } from "../../src/sweepAlone.ts";
import { sweepConfig } from "../harness/sweepConfig.ts";

let folder: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-disk-"));
  clock = new ManualClock(Date.UTC(2026, 10, 10, 6, 20));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const data = (...names: readonly string[]): string => join(folder, "data", ...names);
const sweep = () => sweepAlone(sweepConfig(folder), clock);

/** A disk of this size is the folder; undefined where nobody may mount one here. */
function disk(mebibytes: number): { readonly end: () => void } | undefined {
  const options = `size=${String(mebibytes)}m`;
  if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status !== 0)
    return undefined;
  return { end: () => void spawnSync("umount", [folder]) };
}
const MAY_MOUNT = ((): boolean => {
  folder = mkdtempSync(join(tmpdir(), "usher-disk-"));
  const probe = disk(1);
  probe?.end();
  rmSync(folder, { recursive: true });
  return probe !== undefined;
})();

/** Takes all room that is left. */
function fill(): void {
  const file = openSync(join(folder, "filler"), "w");
  const piece = Buffer.alloc(4096, "x");
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  } finally {
    closeSync(file);
  }
}

async function events(): Promise<readonly string[]> {
  const found: string[] = [];
  const documents = await openStore({ dir: data(), clock, onQuarantine: () => undefined });
  for await (const { document } of documents.scan(auditDocument))
    found.push(...document.entries.map(({ event }) => event));
  await documents.close();
  return found.sort();
}

/** An entry of what operators did. */
async function record(event: string): Promise<void> {
  const documents = await openStore({ dir: data(), clock, onQuarantine: () => undefined });
  await recordAudit(documents, clock, {
    ...{ who: "@olga:example.org" as UserId, what: "admin leave", targets: [] },
    event: event as EventId,
  });
  await documents.close();
}

/** A log file of an hour that began so long before this moment. */
function logOf(hoursAgo: number, now = clock.now()): string {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS - hoursAgo * HOUR_MS;
  const name = nameOfHour("bot", hour);
  mkdirSync(data("logs", "bot"), { recursive: true });
  writeFileSync(data("logs", "bot", name), `{"time":${String(hour)},"class":"bot"}\n`);
  return name;
}
const logs = (): readonly string[] => readdirSync(data("logs", "bot")).sort();
const runs = () => new Runs(data(), nodeFiles, runsEnd(sweepConfig(folder)));
const faults = () => runs().verify(clock.now());
const WHOLE = { torn: 0, broken: [], missing: undefined, noted: true };

describe.skipIf(!MAY_MOUNT)("R55 a disk of its own (skipped where none may be mounted)", () => {
  let own: ReturnType<typeof disk>;
  beforeEach(() => {
    own = disk(4);
  });
  afterEach(() => {
    own?.end();
  });

  /** A year ago an entry that is too old now, and ten days after it one that is not. */
  async function ofAYearAgo(): Promise<void> {
    await record("$old");
    clock.advance(10 * DAY_MS);
    await record("$young");
    expect((await sweep()).code).toBe(0);
    clock.advance(360 * DAY_MS);
  }

  it("that is full: old lines go, which takes no room, and what they leave is enough for the rest", async () => {
    await ofAYearAgo();
    const [, young] = [logOf(14 * 24), logOf(1)];
    fill();
    expect((await sweep()).code).toBe(0);
    expect([logs(), await events()]).toEqual([[young], ["$young"]]);
  });

  it("that is full: what cannot go is a failed run that says so, and goes when there is room", async () => {
    await ofAYearAgo();
    fill();
    const full = await sweep();
    expect(full.code).toBe(1);
    expect(full.lines.at(-1)).toMatch(/^Not everything is gone that should be \(/);
    rmSync(join(folder, "filler"));
    expect(await events()).toEqual(["$old", "$young"]);
    const after = await sweep();
    expect([after.code, after.lines.at(-1)]).toEqual([0, "Everything that was to go is gone."]);
    expect(await events()).toEqual(["$young"]);
    expect((await faults()).broken).toEqual([]);
  });

  it("that is full stops nobody's command: lines are not written, told once, and written again after", () => {
    const troubles: LogTrouble[] = [];
    const files = new LogFiles({
      ...{ dataDir: data(), clock, limits: logLimits({}) },
      trouble: (one) => troubles.push(one),
      sweep: () => undefined,
    });
    const log = createLog("info", files, clock);
    const said = (): readonly string[] =>
      logs().flatMap((name) =>
        readFileSync(data("logs", "bot", name), "utf8")
          .trim()
          .split("\n"),
      );
    log.info({ class: "bot", what: "before" });
    fill();
    // What is left of the file's own block takes some still.
    for (let count = 0; count < 200; count += 1) log.info({ class: "bot", what: "full" });
    expect(troubles).toEqual([{ is: "not-written", code: "ENOSPC" }]);
    rmSync(join(folder, "filler"));
    log.info({ class: "bot", what: "after" });
    const whole = said().filter((line) => line.includes('"what"') && line.endsWith("}"));
    expect(whole.some((line) => line.includes('"before"'))).toBe(true);
    expect(whole.at(-1)).toContain('"after"');
    expect(troubles).toHaveLength(1);
  });

  it("that may not be written is said, with what to do; nothing is touched, and all goes when it may be", async () => {
    await record("$old");
    const old = logOf(0);
    clock.advance(400 * DAY_MS);
    spawnSync("mount", ["-o", "remount,ro", folder]);
    const refused = await sweep().then(
      ({ lines }) => lines,
      (error: unknown) => (error as { code?: unknown }).code,
    );
    expect(refused).toBe("data-directory-not-writable");
    expect(logs()).toEqual([old]);
    spawnSync("mount", ["-o", "remount,rw", folder]);
    expect((await sweep()).code).toBe(0);
    expect([logs(), await events()]).toEqual([[], []]);
  });
});

describe.skipIf(!MAY_MOUNT)("R55 an old backup that cannot be deleted", () => {
  it("has no other made until it is gone", async () => {
    const { backup, ...config } = sweepConfig(folder);
    const recipient = await identityToRecipient(await generateIdentity());
    const backups = new Backups({
      ...{ ...config, clock, identities: undefined },
      backup: { ...backup, recipient },
    });
    await record("$one");
    const { data: first } = await backups.make();
    clock.advance(31 * DAY_MS);
    // What something is mounted at cannot be deleted, whoever tries.
    rmSync(first);
    mkdirSync(first);
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", first]);
    await expect(backups.make()).rejects.toMatchObject({
      ...{ code: "backup-not-kept", view: { code: "EBUSY" } },
    });
    expect(readdirSync(backup.folder)).toEqual([basename(first)]);
    spawnSync("umount", [first]);
    const { data: second } = await backups.make();
    expect(existsSync(first)).toBe(false);
    expect(existsSync(second)).toBe(true);
  });
});

describe("R55 what comes in between", () => {
  it("a file that somebody holds open goes all the same, and the account says so", async () => {
    const name = logOf(14 * 24);
    const held = openSync(data("logs", "bot", name), "r");
    const { code } = await sweep();
    closeSync(held);
    expect([code, logs()]).toEqual([0, []]);
    const [run] = await runs().open(0);
    const bot = run?.classes.find(({ id }) => id === "log.bot");
    expect(bot?.deleted.files.map((file) => file.name)).toEqual([name]);
  });

  it("29 days off: the first sweep deletes what became old meanwhile, and nothing younger", async () => {
    for (let day = 0; day < 20; day += 1) logOf(day * 24);
    expect((await sweep()).code).toBe(0);
    expect(logs()).toHaveLength(14);
    clock.advance(29 * DAY_MS);
    const young = [13, 5, 0].map((day) => logOf(day * 24)).sort();
    expect((await sweep()).code).toBe(0);
    expect(logs()).toEqual(young);
  });
});

describe("R55 real processes that sweep", () => {
  const many = 400;
  beforeEach(() => {
    const now = systemClock.now();
    for (let hour = 0; hour < many; hour += 1) logOf(15 * 24 + hour, now);
    logOf(1, now);
    writeFileSync(join(folder, "access-token"), "secret", { mode: 0o600 });
    const homeserver = {
      ...{ url: "http://127.0.0.1:9", userId: "@usher:example.org" },
      accessTokenFile: "access-token",
    };
    const config = { mode: "trial", homeserver, dataDir: "data", runsEndFile: "runs-end" };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  });

  function sweeper() {
    const child = spawn(process.execPath, ["src/sweepAlone.ts"], {
      env: { PATH: process.env["PATH"], USHER_CONFIG: join(folder, "config.json") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (said += text.toString()));
    const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
      child.on("close", (code) => {
        resolve({ code, said });
      });
    });
    return { child, ended };
  }

  it("one that is killed between a deletion and its record leaves nothing old to the next, whose account is whole", async () => {
    const { child, ended } = sweeper();
    // The first file that goes is the sign: its record comes after the last.
    const seen = watch(data("logs", "bot"), () => {
      if (logs().length <= many) child.kill("SIGKILL");
    });
    const { code, said } = await ended;
    seen.close();
    expect([code, said]).toEqual([null, ""]);
    expect(existsSync(data("retention"))).toBe(false);
    const next = await sweeper().ended;
    expect([next.code, next.said]).toEqual([0, expect.stringContaining("Everything")]);
    expect(logs()).toHaveLength(1);
    expect(await faults()).toEqual(WHOLE);
  });

  it("two at once: one sweeps, the other says that it does, and nothing is done or told twice", async () => {
    const both = await Promise.all([sweeper().ended, sweeper().ended]);
    const third = await sweeper().ended;
    expect(third.code).toBe(0);
    for (const { said } of both) expect(said).toMatch(/Everything that was to go|Usher runs and/);
    expect(both.map(({ code }) => code)).toContain(0);
    expect(logs()).toHaveLength(1);
    expect(await faults()).toEqual(WHOLE);
    const named = (await runs().open(0)).flatMap(({ classes }) =>
      classes.flatMap(({ deleted }) => deleted.files.map(({ name }) => name)),
    );
    expect(named).toHaveLength(many);
    expect(new Set(named).size).toBe(many);
  });
});
