import { Console } from "node:console";
import { exit, stderr, stdin, stdout } from "node:process";
import { UsherError } from "../../../kernel/errors.ts";
import type { Answer, Job } from "./jobs.ts";
import type { PictureKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import { drawSheet } from "./sheet.ts";
import { stickerOf } from "./sticker.ts";
import { drawTile } from "./tile.ts";
import { packed, Unpacking } from "./wire.ts";

// The process in which strangers' pictures are decoded: `childProcess.ts` starts it, gives it one job at a time and ends it.

// Standard output is for answers; some libraries write there when they fail.
globalThis.console = new Console(stderr);

/** A sheet is of twenty tiles that this process made itself; a picture is smaller. */
const MOST_BYTES = LIMITS.megabytes * 1e6 + 1e6;

/** Kinds that are decoded in WebAssembly. */
const IN_WEBASSEMBLY: ReadonlySet<PictureKind> = new Set(["gzip", "lottie", "webm"]);

interface Done {
  readonly answer: Answer;
  readonly body?: Uint8Array;
}

async function done(job: Job, body: Buffer): Promise<Done> {
  if (job.task === "tile") return { answer: { is: "tile" }, body: await drawTile(body) };
  if (job.task === "sheet") {
    const { bytes, width, height } = await drawSheet(job.tiles, body);
    return { answer: { is: "sheet", width, height }, body: bytes };
  }
  const { bytes, ...sticker } = await stickerOf(job.kind, body, job.format);
  return { answer: { is: "sticker", ...sticker }, body: bytes };
}

async function answer(job: Job, body: Buffer): Promise<void> {
  try {
    const { answer: head, body: bytes = Buffer.alloc(0) } = await done(job, body);
    await send(head, bytes);
  } catch (error) {
    await send(refusal(error));
    // WebAssembly that stopped in the middle may be of no use any more.
    if (job.task === "sticker" && IN_WEBASSEMBLY.has(job.kind)) exit(0);
  }
}

function refusal(error: unknown): Answer {
  if (!(error instanceof UsherError))
    return {
      is: "refused",
      code: outOfMemory(error) ? "picture-slow" : "picture-broken",
      view: {},
    };
  const { code, view } = error;
  return { is: "refused", code, view } as Answer;
}

function outOfMemory(error: unknown): boolean {
  return /out of memory|allocation failed|unable to allocate/i.test(
    error instanceof Error ? error.message : "",
  );
}

/** Resolves when it is written. */
async function send(head: Answer, body: Uint8Array = Buffer.alloc(0)): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  for (const piece of packed(head, body)) stdout.write(piece);
  stdout.write("", resolve);
  await promise;
}

const unpacking = new Unpacking(MOST_BYTES);
let last = Promise.resolve();
stdin.on("data", (piece: Buffer) => {
  for (const { head, body } of unpacking.add(piece))
    last = last.then(() => answer(head as Job, body));
});
// Who started it has gone, or wants it to. What it is at is ended with it.
stdin.on("end", () => {
  exit(0);
});
await send({ is: "ready" });
