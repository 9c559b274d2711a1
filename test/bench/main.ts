import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ask } from "../harness/expect.ts";
import { SetupFault } from "../harness/fault.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { EchoProcess } from "./echoProcess.ts";
import { keyRows, talkRows } from "./encryption.ts";
import { bridgeRows } from "./bridges.ts";
import { compared, median, ms, table, type Row } from "./figures.ts";
import { COMMAND, manyAtOnce, roundTrips } from "./rounds.ts";
import { privacyRows } from "./privacy.ts";
import { retentionRows } from "./retention.ts";
import { residentMb, setStage, stopWith, type Stage } from "./stage.ts";
import { starts } from "./starts.ts";
import { stickerRows } from "./stickers.ts";
import { sweepTripRows } from "./sweepTrips.ts";
import { writes } from "./writes.ts";

/** `npm run bench`: prints how Usher compares, in one run, with the least that a bot could do. Asserts nothing. */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: {
      type: "string",
      default: "chat,start,write,encrypted,keys,privacy,retention,bridges,stickers",
    },
  },
});
const parts = new Set(values.only.split(","));
const encryption = values.quick
  ? { rounds: 40, messages: 300, handled: 100, sessions: 1_000, opened: 5 }
  : { rounds: 150, messages: 5_000, handled: 400, sessions: 10_000, opened: 15 };
const size = values.quick
  ? {
      rooms: 30,
      atOnce: 20,
      rounds: 60,
      bursts: 4,
      starts: 2,
      documents: [100, 1_000, 10_000],
      writes: 100,
    }
  : {
      rooms: 300,
      atOnce: 100,
      rounds: 300,
      bursts: 9,
      starts: 5,
      documents: [100, 10_000, 100_000],
      writes: 400,
    };

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

async function onOneHomeserver(): Promise<Row[]> {
  // Otherwise a second start would be answered from what the first had computed.
  const synapse = await startSynapse({
    progress: say,
    settings: { caches: { sync_response_cache_duration: "0s" } },
  });
  say(`Making ${String(size.rooms)} rooms …`);
  const stage = await setStage(synapse, size.rooms);
  const common = {
    homeserver: synapse.url,
    account: stage.usher,
    env: { USHER_LOG_LEVEL: "info" },
  };
  const limits = { commandsPerMinute: 100_000 };
  const usher = await UsherProcess.prepare({ ...common, config: { limits } });
  const plain = await UsherProcess.prepare({
    ...common,
    config: { limits, crypto: { engine: "off" } },
  });
  try {
    // The first start of all makes an identity for encryption; that is done once in a lifetime.
    await usher.start();
    const rows = parts.has("chat") ? await chat(stage, usher) : [];
    await usher.stop({ keep: true });
    if (parts.has("start")) {
      say("Starts …");
      const [name, rounds] = [`start with ${String(size.rooms)} rooms`, size.starts];
      const alike = await starts(stage, plain, rounds);
      // With few rooms it is Node's loading of the program that is compared.
      const target = values.quick ? undefined : 1.2;
      rows.push(
        compared(`${name}, without encryption, median`, alike.usher, alike.beside, 0.5, target),
      );
      const whole = await starts(stage, usher, rounds);
      rows.push(
        compared(`${name}, with encryption, median`, whole.usher, whole.beside, 0.5, undefined),
      );
    }
    return rows;
  } finally {
    await stopWith(stage);
    for (const { folder } of [usher, plain]) await rm(folder, { recursive: true, force: true });
  }
}

async function chat(stage: Stage, usher: UsherProcess): Promise<Row[]> {
  const { body, format, formatted_body } = (await ask(stage.person, stage.rooms[0] ?? "", COMMAND))
    .content;
  const echo = await EchoProcess.start(stage.synapse.url, stage.echo, {
    body,
    format,
    formatted_body,
  });
  try {
    const idle = memory("resident memory, idle", usher, echo);
    say("One command at a time …");
    const trips = await roundTrips(stage, stage.rooms.slice(0, 20), size.rounds);
    say(`${String(size.atOnce)} rooms at once …`);
    const bursts = await manyAtOnce(stage, stage.rooms.slice(0, size.atOnce), size.bursts);
    return [
      compared("round trip, median", trips.usher, trips.beside, 0.5, 1.15),
      compared("round trip, p95", trips.usher, trips.beside, 0.95, 1.3),
      compared(
        `${String(size.atOnce)} rooms at once, median`,
        bursts.usher,
        bursts.beside,
        0.5,
        1.15,
      ),
      compared(`${String(size.atOnce)} rooms at once, p95`, bursts.usher, bursts.beside, 0.95, 1.3),
      idle,
      memory("resident memory, after all that", usher, echo),
    ];
  } finally {
    await echo.stop();
  }
}

/** Right now. The target is for an idle Usher with encryption. */
function memory(what: string, usher: UsherProcess, echo: EchoProcess): Row {
  const [own, other] = [residentMb(usher.pid), residentMb(echo.pid)];
  return {
    what,
    usher: `${own.toFixed(0)} MB`,
    beside: `${other.toFixed(0)} MB`,
    ratio: (own / other).toFixed(2),
    target: what.endsWith("idle") ? "< 150 MB" : "",
  };
}

async function onDisk(): Promise<Row[]> {
  say("Documents …");
  const measured = await writes(size.documents, size.writes);
  const [smallest, ...larger] = [...measured];
  if (smallest === undefined) return [];
  return larger.map(([documents, times]) => ({
    what: `durable write, ${documents.toLocaleString("en")} documents beside ${String(smallest[0])}, median`,
    usher: ms(median(times)),
    beside: ms(median(smallest[1])),
    ratio: (median(times) / median(smallest[1])).toFixed(2),
    target: "≤ 1.30",
  }));
}

try {
  const rows = parts.has("chat") || parts.has("start") ? await onOneHomeserver() : [];
  if (parts.has("write")) rows.push(...(await onDisk()));
  if (parts.has("encrypted")) rows.push(...(await talkRows(encryption, say)));
  if (parts.has("keys")) rows.push(...(await keyRows(encryption, say)));
  if (parts.has("privacy"))
    rows.push(...(await privacyRows(values.quick ? [10, 1_000] : [10, 10_000, 100_000], say)));
  if (parts.has("retention")) {
    rows.push(
      ...(await (values.quick
        ? retentionRows(100_000, 5_000, say)
        : retentionRows(1_000_000, 100_000, say))),
    );
    rows.push(...(await sweepTripRows(values.quick ? 20_000 : 100_000, say)));
  }
  if (parts.has("bridges")) {
    const bridges = values.quick ? { rounds: 6, atOnce: 10 } : { rounds: 30, atOnce: 200 };
    rows.push(...(await bridgeRows(bridges, say)));
  }
  if (parts.has("stickers")) rows.push(...(await stickerRows(values.quick ? 100 : 1_000, say)));
  process.stdout.write(`${table(rows)}\n`);
} catch (error) {
  if (!(error instanceof SetupFault)) throw error;
  say(error.message);
  process.exitCode = 1;
}
