import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepConfig } from "../harness/sweepConfig.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { sweepAlone } from "../../src/sweepAlone.ts";
import { roomDocument } from "../../src/store/room.ts";
import type { Row } from "./figures.ts";
import { fill } from "./writes.ts";

const PERSON = "@ann:example.org" as UserId;

/** How long a sweep takes, and what memory, over so many log lines and rooms of which half is due. */
export async function retentionRows(
  lines: number,
  rooms: number,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "usher-bench-"));
  const clock = new ManualClock(Date.UTC(2026, 10, 29));
  const config = sweepConfig(folder);
  try {
    say(`${String(lines)} log lines and ${String(rooms)} rooms …`);
    await fillLog(config.dataDir, lines, clock.now());
    const change = {
      cause: "$c" as EventId,
      person: PERSON,
      deed: "add-widget",
      id: "p",
      name: "P",
    };
    await fill(config.dataDir, rooms, (documents, index) => {
      const at = clock.now() - (index % 2 === 0 ? 31 : 1) * DAY_MS;
      return documents.update(roomDocument, `!r${String(index)}:example.org` as RoomId, (room) => ({
        ...room,
        changes: [{ ...change, at }],
      }));
    });
    const rows: Row[] = [];
    for (const what of ["half of it due", "nothing due"]) {
      const before = process.memoryUsage().rss;
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
      const begin = performance.now();
      const { code } = await sweepAlone(config, clock);
      clearInterval(watch);
      const took = `${((performance.now() - begin) / 1000).toFixed(1)} s`;
      const grown = `+${String(Math.round((peak - before) / 1_048_576))} MB`;
      const size = `${String(lines)} lines, ${String(rooms)} rooms, ${what}`;
      rows.push({ what: `sweep, ${size}`, usher: took, beside: "", ratio: "", target: "" });
      rows.push({
        what: `memory of it (code ${String(code)})`,
        usher: grown,
        beside: "",
        ratio: "",
        target: "",
      });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The lines lie in files of an hour, over four weeks. */
async function fillLog(dataDir: string, lines: number, now: number): Promise<void> {
  const hours = 28 * 24;
  const logs = join(dataDir, "logs", "bot");
  await mkdir(logs, { recursive: true, mode: 0o700 });
  for (let back = 0; back < hours; back++) {
    const hour = now - back * HOUR_MS;
    const line = `{"level":30,"time":${String(hour)},"class":"bot","what":"command.done","who":"AbCdEfGhIj","where":"AbCdEfGhIj","command":"list"}\n`;
    const name = `bot-${new Date(hour).toISOString().slice(0, 13)}Z.ndjson`;
    await writeFile(join(logs, name), line.repeat(Math.ceil(lines / hours)));
  }
}
