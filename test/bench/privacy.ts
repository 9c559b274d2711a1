import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { exportDocument } from "../../src/store/exports.ts";
import { connectEncrypted, type EncryptedPerson } from "../harness/encryptedPerson.ts";
import { answerTo, finalAnswerTo, messageFrom } from "../harness/expect.ts";
import type { Predicate } from "../harness/observed.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { ms, type Row } from "./figures.ts";
import { residentMb } from "./stage.ts";
import { fill } from "./writes.ts";

const SETTLE_MS = 5_000;
const ANSWER_MS = 600_000;

const isFile: Predicate = ({ content }) => content["msgtype"] === "m.file";

/** How long a person waits for what is kept about them, by how much there is, and what memory it takes. */
export async function privacyRows(
  sizes: readonly number[],
  say: (sentence: string) => void,
): Promise<Row[]> {
  const synapse = await startSynapse({ progress: say });
  const account = await synapse.register("bench-usher", { displayName: "Usher" });
  const usher = await UsherProcess.prepare({
    homeserver: synapse.url,
    account,
    env: { USHER_LOG_LEVEL: "info" },
  });
  let ann: EncryptedPerson | undefined;
  try {
    await usher.start();
    ann = await connectEncrypted(synapse, await synapse.register("ann"));
    const room = await ann.createRoom({ direct: true, encrypted: true, invite: [usher.userId] });
    await ann.waitFor(messageFrom(usher.userId, room));
    const rows: Row[] = [];
    let stored = 0;
    for (const size of sizes) {
      say(`${String(size)} things about one person …`);
      await usher.stop({ keep: true });
      await fill(usher.dataDir, size - stored, (documents, index) =>
        documents.update(exportDocument, `$stored${String(stored + index)}`, () => ({
          person: ann?.account.userId as UserId,
          room: room as RoomId,
          at: Date.now(),
          messages: [],
          leftOut: 0,
        })),
      );
      stored = size;
      await usher.start();
      rows.push(...(await measured(usher, ann, room, size)));
    }
    return rows;
  } finally {
    await ann?.stop();
    if (usher.running) await usher.stop();
    await synapse.stop();
    await rm(usher.folder, { recursive: true, force: true });
  }
}

async function measured(
  usher: UsherProcess,
  ann: EncryptedPerson,
  room: string,
  size: number,
): Promise<Row[]> {
  await wait(SETTLE_MS);
  const idle = residentMb(usher.pid);
  forgetPeak(usher.pid);
  const timed = async (line: string, fits: (asked: string) => Predicate): Promise<number> => {
    const begin = performance.now();
    const asked = await ann.say(room, line);
    await ann.waitFor(fits(asked), { stillMs: ANSWER_MS, what: `the answer to ${line}` });
    return performance.now() - begin;
  };
  const told = await timed("privacy data", (asked) => finalAnswerTo(asked, ann));
  const file = await timed(
    "privacy export",
    (asked) => (event) => answerTo(asked)(event) && isFile(event),
  );
  const peak = peakMb(usher.pid);
  const name = size.toLocaleString("en");
  return [
    row(`\`privacy data\`, ${name} things`, ms(told), size > 10_000 ? "" : "< 5000 ms"),
    row(
      `\`privacy export\`, ${name} things, to the file`,
      ms(file),
      size > 10_000 ? "" : "< 60000 ms",
    ),
    {
      what: `peak of resident memory meanwhile, beside idle, ${name} things`,
      usher: `${peak.toFixed(0)} MB`,
      beside: `${idle.toFixed(0)} MB`,
      ratio: (peak / idle).toFixed(2),
      target: "≤ 1.20",
    },
  ];
}

function row(what: string, usher: string, target: string): Row {
  return { what, usher, beside: "", ratio: "", target };
}

/** From now on the peak is counted anew (Linux). */
function forgetPeak(pid: number | undefined): void {
  writeFileSync(`/proc/${String(pid)}/clear_refs`, "5");
}

function peakMb(pid: number | undefined): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, "utf8");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
