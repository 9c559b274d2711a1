import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { UsherError } from "../kernel/errors.ts";

/**
 * What is inside a backup, before age seals it: gzip over lines of JSON. The first says what it is; then comes each file, as its name and pieces of its
 * bytes; the last how many files there were, so that a cut one is seen.
 */
const VERSION = 1;
/** How much of a file one line holds; bytes. */
const PIECE = 48 * 1024;
/** No line of ours is longer; characters. */
const LONGEST_LINE = 128 * 1024;

const head = z.strictObject({
  format: z.literal("usher-backup"),
  version: z.int().positive(),
  /** `data`: the data directory; `keys`: the people's data keys, which are kept apart. */
  holds: z.enum(["data", "keys"]),
  madeAt: z.iso.datetime(),
  usher: z.string(),
  userId: z.string(),
});
const file = z.strictObject({ file: z.string() });
const piece = z.strictObject({ piece: z.base64() });
const done = z.strictObject({ sha256: z.string() });
const end = z.strictObject({ files: z.int().nonnegative() });
const line = z.union([head, file, piece, done, end]);

export type BackupHead = z.infer<typeof head>;

/** A file to go in: its name from the data directory on, with "/" between folders. */
export interface BackupEntry {
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What is read of a backup, in order. `bytes` of one must be read before the next is asked for; it fails where they are not what was put in. */
export interface ReadEntry {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The bytes of a backup. However large its files are, no more than a piece of one is in memory. */
export function packed(
  about: Omit<BackupHead, "format" | "version">,
  entries: AsyncIterable<BackupEntry>,
): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(linesOf(about, entries)), createGzip(), nothing);
}

async function* linesOf(
  about: Omit<BackupHead, "format" | "version">,
  entries: AsyncIterable<BackupEntry>,
): AsyncGenerator<string, void> {
  const says = (what: z.infer<typeof line>): string => `${JSON.stringify(what)}\n`;
  yield says({ format: "usher-backup", version: VERSION, ...about });
  let files = 0;
  for await (const { name, bytes } of entries) {
    yield says({ file: name });
    const hash = createHash("sha256");
    for await (const chunk of bytes()) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; at += PIECE)
        yield says({ piece: Buffer.from(chunk.subarray(at, at + PIECE)).toString("base64") });
    }
    yield says({ sha256: hash.digest("hex") });
    files += 1;
  }
  yield says({ files });
}

/** Reads what `packed` made. Rejects with `backup-damaged` where it is anything else, and with `backup-newer` for one of a later Usher. */
export async function unpacked(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: BackupHead; readonly entries: AsyncIterable<ReadEntry> }> {
  const lines = linesIn(bytes);
  const first = await next(lines);
  if (first === undefined || !("format" in first)) throw damaged();
  if (first.version > VERSION) throw new UsherError("backup-newer", { usher: first.usher });
  return { head: first, entries: entriesIn(lines) };
}

async function* entriesIn(lines: AsyncIterator<unknown>): AsyncGenerator<ReadEntry, void> {
  for (let files = 0; ; files += 1) {
    const what = await next(lines);
    if (what === undefined) throw damaged();
    if ("files" in what) {
      if (what.files !== files || (await next(lines)) !== undefined) throw damaged();
      return;
    }
    if (!("file" in what)) throw damaged();
    let whole = false;
    yield { name: what.file, bytes: piecesIn(lines, () => (whole = true)) };
    if (!whole) throw damaged();
  }
}

async function* piecesIn(
  lines: AsyncIterator<unknown>,
  whole: () => void,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash("sha256");
  for (;;) {
    const what = await next(lines);
    if (what !== undefined && "piece" in what) {
      const bytes = Buffer.from(what.piece, "base64");
      hash.update(bytes);
      yield bytes;
      continue;
    }
    if (what === undefined || !("sha256" in what) || what.sha256 !== hash.digest("hex"))
      throw damaged();
    whole();
    return;
  }
}

async function next(lines: AsyncIterator<unknown>): Promise<z.infer<typeof line> | undefined> {
  const read: IteratorResult<unknown, unknown> = await lines.next();
  if (read.done === true) return undefined;
  const parsed = line.safeParse(read.value);
  if (!parsed.success) throw damaged(parsed.error);
  return parsed.data;
}

async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  let rest = "";
  try {
    const plain = pipeline(Readable.from(bytes), createGunzip(), nothing).setEncoding("utf8");
    for await (const chunk of plain) {
      const parts = (rest + String(chunk)).split("\n");
      rest = parts.pop() ?? "";
      if (rest.length > LONGEST_LINE) throw damaged();
      for (const part of parts) yield JSON.parse(part);
    }
  } catch (error) {
    throw error instanceof UsherError ? error : damaged(error);
  }
  if (rest !== "") throw damaged();
}

/** Whoever reads the stream is told of its failure. */
function nothing(): void {}

function damaged(cause?: unknown): UsherError {
  return new UsherError("backup-damaged", {}, { cause });
}
