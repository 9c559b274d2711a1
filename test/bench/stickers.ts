import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { sendAttachment } from "../harness/attachments.ts";
import type { Content } from "../harness/clientApi.ts";
import { ask, messageFrom } from "../harness/expect.ts";
import { flat, png } from "../harness/pictureFiles.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { zipOf } from "../harness/zipFiles.ts";
import { compared, median, type Row } from "./figures.ts";
import { COMMAND } from "./rounds.ts";
import { makeRooms, residentMb, setStage, stopWith, type Stage } from "./stage.ts";

/** What a pack takes that is imported from a zip, and commands in another room before it and meanwhile. */
export async function stickerRows(
  pictures: number,
  say: (sentence: string) => void,
): Promise<Row[]> {
  const synapse = await startSynapse({ progress: say });
  const stage = await setStage(synapse, 0);
  const usher = await UsherProcess.prepare({
    ...{ homeserver: synapse.url, account: stage.usher },
    config: { limits: { commandsPerMinute: 100_000 } },
  });
  try {
    await usher.start();
    const [room = "", other = ""] = await makeRooms(stage, 2);
    await stage.person.setLevel(room, stage.usher.userId, 50);
    const alone = await times(stage, other, 30);
    const zip = zipOf(
      Array.from({ length: pictures }, (_, at) => ({
        name: `p${String(at)}.png`,
        bytes: png(512, 512, { rgba: flat(512, 512, [at % 256, at >> 8, 90, 200]) }),
        stored: true as const,
      })),
    );
    const sent = await sendAttachment(stage.person, room, zip, {
      ...{ name: "Many.zip", msgtype: "m.file", encrypted: false },
    });
    await ask(stage.person, room, "!usher add stickers", { replyTo: sent });
    const idle = residentMb(usher.pid);
    say(`${String(pictures)} pictures …`);
    const from = stage.person.mark();
    const begin = performance.now();
    await stage.person.say(room, "!usher yes");
    const ended = new AbortController();
    const done = stage.person
      .waitFor(
        (event) =>
          messageFrom(stage.usher.userId, room)(event) &&
          /stickers now/.test(bodyOf(event.content)),
        { from, stillMs: 600_000 },
      )
      .finally(() => {
        ended.abort();
      });
    const meanwhile: number[] = [];
    const memory: number[] = [];
    while (!ended.signal.aborted) {
      meanwhile.push(...(await times(stage, other, 1)));
      memory.push(residentMb(usher.pid));
      await Promise.race([done, wait(250)]);
    }
    await done;
    const seconds = (performance.now() - begin) / 1000;
    const [first, last] = [memory.slice(0, 10), memory.slice(-10)].map(median);
    return [
      one(`${String(pictures)} pictures imported`, `${(pictures / seconds).toFixed(1)} a second`),
      one("resident memory before", `${idle.toFixed(0)} MB`),
      {
        ...one("resident memory, first and last of it", `${mb(last)} MB`),
        ...{ beside: `${mb(first)} MB`, ratio: ((last ?? 0) / (first ?? 1)).toFixed(2) },
        target: "≤ 1.30",
      },
      compared("a command in another room meanwhile, median", meanwhile, alone, 0.5, 1.3),
    ];
  } finally {
    if (usher.running) await usher.kill();
    await stopWith(stage);
    await rm(usher.folder, { recursive: true, force: true });
  }
}

function bodyOf(content: Content): string {
  return String((content["m.new_content"] as Content | undefined)?.["body"] ?? content["body"]);
}

function one(what: string, usher: string): Row {
  return { what, usher, beside: "", ratio: "", target: "" };
}

function mb(size: number | undefined): string {
  return (size ?? NaN).toFixed(0);
}

async function times({ person }: Stage, room: string, rounds: number): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await ask(person, room, COMMAND);
    all.push(performance.now() - begin);
  }
  return all;
}
