import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALLOCATOR, NODE_OPTIONS } from "../../scripts/memory.mjs";
import { systemClock } from "../../src/kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { roomDocument } from "../../src/store/room.ts";
import type { Row } from "./figures.ts";
import { fill } from "./writes.ts";

const PERSON = "@ann:example.org" as UserId;
/** The least of it, of which the memory is what a sweep takes in any case. */
const FEW = { lines: 10_000, rooms: 1_000 };

/** How much there is to sweep. */
interface Size {
  readonly lines: number;
  readonly rooms: number;
}

/** What one sweep took. */
interface Swept {
  readonly seconds: number;
  /** The most that was resident; MB. */
  readonly mb: number;
}

/** How long `npm run retention` takes, and what memory, over so many log lines and rooms of which half is due, beside one over few. */
export async function retentionRows(
  lines: number,
  rooms: number,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const few = await sweeps(FEW, say);
  const many = await sweeps({ lines, rooms }, say);
  return ["half of it due", "nothing due"].flatMap((what, index) => {
    const [own, other] = [many[index], few[index]];
    if (own === undefined || other === undefined) return [];
    const size = `${lines.toLocaleString("en")} lines, ${rooms.toLocaleString("en")} rooms, ${what}`;
    return [
      {
        ...{ what: `sweep, ${size}`, usher: `${own.seconds.toFixed(1)} s` },
        ...{ beside: `${other.seconds.toFixed(1)} s`, ratio: "", target: "" },
      },
      {
        ...{
          what: `most memory of it, beside one over ${FEW.lines.toLocaleString("en")} lines, ${FEW.rooms.toLocaleString("en")} rooms`,
          usher: `${own.mb.toFixed(0)} MB`,
        },
        ...{ beside: `${other.mb.toFixed(0)} MB`, ratio: (own.mb / other.mb).toFixed(2) },
        target: "≤ 1.25",
      },
    ];
  });
}

/** A sweep where half is due, and the next, where nothing is. */
async function sweeps({ lines, rooms }: Size, say: (sentence: string) => void): Promise<Swept[]> {
  const folder = await mkdtemp(join(tmpdir(), "usher-bench-"));
  const now = systemClock.now();
  const dataDir = join(folder, "data");
  try {
    say(`${String(lines)} log lines and ${String(rooms)} rooms …`);
    await fillLog(dataDir, lines, now);
    const change = {
      cause: "$c" as EventId,
      person: PERSON,
      deed: "add-widget",
      id: "p",
      name: "P",
    };
    await fill(dataDir, rooms, (documents, index) => {
      const at = now - (index % 2 === 0 ? 31 : 1) * DAY_MS;
      return documents.update(roomDocument, `!r${String(index)}:example.org` as RoomId, (room) => ({
        ...room,
        changes: [{ ...change, at }],
      }));
    });
    await writeFile(join(folder, "access-token"), "none", { mode: 0o600 });
    const homeserver = {
      ...{ url: "http://127.0.0.1:9", userId: "@usher:example.org" },
      accessTokenFile: "access-token",
    };
    const config = { mode: "trial", homeserver, dataDir: "data", logs: { to: "files" } };
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    return [await sweep(folder), await sweep(folder)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As `npm run retention` does it, with what keeps memory small there. */
async function sweep(folder: string): Promise<Swept> {
  const begin = performance.now();
  const child = spawn(process.execPath, [...NODE_OPTIONS, "src/sweepAlone.ts"], {
    env: { PATH: process.env["PATH"], ...ALLOCATOR, USHER_CONFIG: join(folder, "config.json") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let [said, mb] = ["", 0];
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  const watch = setInterval(() => (mb = Math.max(mb, mostResidentMb(child.pid))), 50);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`The sweep ended with ${String(code)}: ${said}`);
  return { seconds: (performance.now() - begin) / 1000, mb };
}

/** The most that was ever resident of a process; MB. None where it has ended. */
function mostResidentMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The lines lie in files of an hour, over four weeks. */
async function fillLog(dataDir: string, lines: number, now: number): Promise<void> {
  const hours = 28 * 24;
  const logs = join(dataDir, "logs", "bot");
  await mkdir(logs, { recursive: true, mode: 0o700 });
  for (let back = 0; back < hours; back++) {
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS - back * HOUR_MS;
    const line = `{"level":30,"time":${String(hour)},"class":"bot","what":"command.done","who":"AbCdEfGhIj","where":"AbCdEfGhIj","command":"list"}\n`;
    const name = `bot-${new Date(hour).toISOString().slice(0, 13)}Z.ndjson`;
    await writeFile(join(logs, name), line.repeat(Math.ceil(lines / hours)));
  }
}
