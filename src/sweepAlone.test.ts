import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { filesWith } from "../test/harness/filesIn.ts";
import { sweepConfig } from "../test/harness/sweepConfig.ts";
import { ManualClock } from "./kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "./kernel/days.ts";
import type { EventId, RoomId, UserId } from "./kernel/ids.ts";
import { exportDocument } from "./store/exports.ts";
import { auditDocument, recordAudit } from "./store/audit.ts";
import { caseDocument } from "./store/cases.ts";
import { definedDocuments, type Documents } from "./store/documents.ts";
import { receiptDocument } from "./store/erasures.ts";
import { openStore } from "./store/openStore.ts";
import { personDocument } from "./store/people.ts";
import { roomDocument } from "./store/room.ts";
import { sweepAlone } from "./sweepAlone.ts";

const ROOM = "!den:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const asked = { event: "$e" as EventId, person: ANN, calledAs: "!usher", line: "x", at: 0 };
const done = { cause: "$c" as EventId, person: ANN, deed: "add-widget", id: "pad-1", name: "Pad" };

let folder: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-alone-"));
  clock = new ManualClock(Date.UTC(2026, 10, 29, 6, 20));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const config = () => sweepConfig(folder);

async function stored<T>(work: (documents: Documents) => Promise<T>): Promise<T> {
  const dir = join(folder, "data");
  const documents = await openStore({ dir, clock, onQuarantine: () => undefined });
  try {
    return await work(documents);
  } finally {
    await documents.close();
  }
}

/** One thing of every sort that can be left behind, as of now. */
async function leave(documents: Documents): Promise<void> {
  const at = clock.now();
  await recordAudit(documents, clock, {
    who: ANN,
    what: "admin leave",
    targets: [],
    event: "$a" as EventId,
  });
  await documents.update(receiptDocument, "r", () => ({
    receipt: { secret: "s", at, state: "verified" as const, began: [], left: [] },
  }));
  await documents.update(caseDocument, "c", () => ({
    facts: {
      person: ANN,
      kind: "human" as const,
      at,
      due: at,
      extended: false,
      state: "answered" as const,
      closedAt: at,
    },
    words: [{ person: ANN, text: "needle", replies: [] }],
  }));
  await documents.update(roomDocument, ROOM, (room) => ({
    ...room,
    owed: [{ template: "hello", view: {}, cause: "$e", step: "s", until: at + 7 * DAY_MS }],
    pending: [{ ...asked, preview: "$p" as EventId, expiresAt: at + 300_000 }],
    changes: [{ ...done, at }],
    setUps: [
      {
        ...{ ...done, at, step: "invite", state: "stopped" as const, results: {} },
        failure: { code: "unexpected", view: {}, at, told: true },
      },
    ],
  }));
  const logs = join(folder, "data", "logs", "bot");
  mkdirSync(logs, { recursive: true });
  writeFileSync(
    join(logs, "bot-2026-11-29T06Z.ndjson"),
    `{"time":${String(at)},"who":"Pseudonym1"}\n`,
  );
}

it("R55 R60 deletes while Usher is off whatever has been kept long enough, and says how it stands", async () => {
  await stored(leave);
  const before = await sweepAlone(config(), clock);
  expect(before.code).toBe(0);
  expect(before.lines).toContain("D19, 12 months: oldest of 2026-11-29 06:20 UTC (0.0 days)");
  expect(before.lines).toContain("D26, 3 days: nothing held");
  expect(before.lines.at(-1)).toBe("Everything that was to go is gone.");
  // Who nothing else is kept about is forgotten 30 days after that is seen.
  for (const days of [4 * 366, 1, 31]) {
    clock.advance(days * DAY_MS);
    expect((await sweepAlone(config(), clock)).code).toBe(0);
  }
  await stored(async (documents) => {
    const left: string[] = [];
    for (const type of definedDocuments())
      for await (const { document } of documents.scan(type))
        left.push(`${type.kind} ${JSON.stringify(document)}`);
    expect(left.filter((one) => one.includes("ann") || one.includes("needle"))).toEqual([]);
    expect(await documents.get(auditDocument, "2026-11")).toBeUndefined();
    expect(await documents.get(personDocument, ANN)).toBeUndefined();
  });
  expect(readdirSync(join(folder, "data", "logs", "bot"))).toEqual([]);
  // Not in any byte of any file, be it a document, a log, an account of a run or what is half written.
  for (const needle of ["ann:example.org", "needle", "pad-1", "Pseudonym1"])
    expect([needle, await filesWith(folder, needle)]).toEqual([needle, []]);
});

it("R55 ends with 1 where something is left that only the homeserver can delete, and names it", async () => {
  await stored((documents) =>
    documents.update(exportDocument, "$export", () => ({
      person: ANN,
      room: ROOM,
      at: clock.now(),
      messages: [],
      leftOut: 0,
    })),
  );
  clock.advance(2 * DAY_MS);
  expect((await sweepAlone(config(), clock)).code).toBe(0);
  clock.advance(2 * DAY_MS);
  const { code, lines } = await sweepAlone(config(), clock);
  expect(code).toBe(1);
  expect(lines).toContain(
    "D26, 3 days: oldest of 2026-11-29 06:20 UTC (4.0 days): NOT ALL IS GONE",
  );
  expect(lines.at(-1)).toMatch(
    /^Not everything is gone that should be \(overdue\); docs\/running.md says of each code/,
  );
});

it("R55 two never sweep at once: beside an Usher that runs nothing is changed, and its last run is told", async () => {
  await stored(leave);
  const silent = await stored(() => sweepAlone(config(), clock));
  expect(silent).toEqual({ code: 1, lines: ["Usher runs and deletes by itself; it has not yet."] });
  await sweepAlone(config(), clock);
  clock.advance(HOUR_MS);
  const beside = await stored(() => sweepAlone(config(), clock));
  expect(beside).toEqual({
    code: 0,
    lines: ["Usher runs and deletes by itself; it did last at 2026-11-29 06:20 UTC."],
  });
  clock.advance(HOUR_MS);
  expect((await stored(() => sweepAlone(config(), clock))).code).toBe(1);
  expect(readdirSync(join(folder, "data", "retention"))).toHaveLength(1);
});

it("R55 ends with 1 and says so where the account of the runs was changed, also beside an Usher that runs", async () => {
  for (let run = 0; run < 3; run += 1) {
    await sweepAlone(config(), clock);
    clock.advance(HOUR_MS / 2);
  }
  const runs = join(folder, "data", "retention");
  const file = join(runs, readdirSync(runs)[0] ?? "");
  // What a crash leaves is none.
  appendFileSync(file, '{"run":');
  expect((await sweepAlone(config(), clock)).code).toBe(0);
  const whole = readFileSync(file, "utf8");
  writeFileSync(file, whole.replace(/(?<="run":2,.*)"outcome":"kept"/, '"outcome":"failed"'));
  const alone = await sweepAlone(config(), clock);
  expect(alone.code).toBe(1);
  expect(alone.lines.at(-2)).toContain("is not as it was written, from run 2 on");
  const beside = await stored(() => sweepAlone(config(), clock));
  expect([beside.code, beside.lines[0]]).toEqual([1, alone.lines.at(-2)]);
  writeFileSync(file, whole);
  const cut = await stored(() => sweepAlone(config(), clock));
  expect([cut.code, cut.lines[0]]).toEqual([
    1,
    "Runs are missing at the end of their account, up to that of 2026-11-29 07:50 UTC: somebody took them away, or a backup from before was restored. Find out which.",
  ]);
  rmSync(file);
  mkdirSync(file);
  const unread = await sweepAlone(config(), clock);
  expect([unread.code, unread.lines.at(-2)]).toEqual([
    1,
    "The account of the runs cannot be read (EISDIR).",
  ]);
});
