import type { Readable } from "node:stream";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { UsherError } from "../../../kernel/errors.ts";
import { LeftOut } from "./found.ts";

/** What a zip may be, so that a small one cannot become a large one; files and bytes. */
export const ZIP_LIMITS = {
  /** Of the zip itself: what homeservers usually take. */
  bytes: 50 * 1024 * 1024,
  files: 2_000,
  /** Of one file, when it is inflated. */
  fileBytes: 8 * 1024 * 1024,
  /** Of all files that are read, when they are inflated. */
  allBytes: 256 * 1024 * 1024,
} as const;

/** One file of a zip. */
export interface ZippedFile {
  /** As the zip says: whatever stands there, it is never a path. */
  readonly name: string;
  /** The last part of the name, which is told people. */
  readonly baseName: string;
  /** Inflates it, counting. Rejects with `LeftOut`. */
  read(): Promise<Uint8Array>;
}

/** By its first bytes, also of an empty one. */
export function isZip(bytes: Uint8Array): boolean {
  const first = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  return first === "PK\x03\x04" || first === "PK\x05\x06";
}

/**
 * The files of a zip, in its order, without folders; each is inflated when it is read. Rejects with `zip-none` where it is no zip, is damaged, or is in several
 * parts, and with `zip-files` where there are too many.
 */
export async function openZip(bytes: Uint8Array): Promise<readonly ZippedFile[]> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const zip = await yauzl.fromBufferPromise(whole, { decodeStrings: false });
    const sum = { left: ZIP_LIMITS.allBytes };
    const files: ZippedFile[] = [];
    let entries = 0;
    for await (const entry of zip.eachEntry()) {
      // Counted, since what a zip says of that may be wrong.
      entries += 1;
      if (entries > ZIP_LIMITS.files) throw tooMany();
      const file = fileOf(zip, entry, sum);
      if (file !== undefined) files.push(file);
    }
    return files;
  } catch (error) {
    if (error instanceof UsherError) throw error;
    // The library says what is wrong in many words, of which none help.
    throw new UsherError("zip-none", {}, { cause: error });
  }
}

function tooMany(): UsherError {
  return new UsherError("zip-files", { most: ZIP_LIMITS.files });
}

function fileOf(zip: ZipFile, entry: Entry, sum: { left: number }): ZippedFile | undefined {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const name = yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  if (name.endsWith("/")) return undefined;
  const baseName = name.split(/[/\\]/).at(-1) ?? name;
  // Nothing is ever written by it; but whoever made such a name means harm with the file too.
  const isPath = yauzl.validateFileName(name) !== null;
  return {
    ...{ name, baseName },
    read: () => {
      if (isPath) throw new LeftOut("misnamed");
      return inflated(zip, entry, sum);
    },
  };
}

/** Links in a zip as Unix makes it: the upper half of the attributes is the file's mode. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170_000) === 0o120_000;
}

async function inflated(zip: ZipFile, entry: Entry, sum: { left: number }): Promise<Uint8Array> {
  if (entry.isEncrypted()) throw new LeftOut("sealed");
  if (isLink(entry)) throw new LeftOut("link");
  const most = Math.min(ZIP_LIMITS.fileBytes, sum.left);
  if (entry.uncompressedSize > most) throw new LeftOut("large");
  try {
    const bytes = await within(await zip.openReadStreamPromise(entry), most);
    sum.left -= bytes.length;
    return bytes;
  } catch (error) {
    if (error instanceof LeftOut) throw error;
    throw new LeftOut("broken", { cause: error });
  }
}

/** What a zip says of sizes may be wrong: what comes out is counted. */
async function within(stream: Readable, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop ends the inflating.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw new LeftOut("large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
