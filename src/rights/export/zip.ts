import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { ExportManifest, ExportPart } from "./format.ts";

/** One file to go into a ZIP. Its bytes are asked for when it is its turn. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/**
 * A ZIP of these files in this order, and of `manifest.json` last, with the size and the SHA-256 of each. Of no file more than a piece is in memory.
 * Fails as the source of a file does. `madeAt`: ms since the epoch.
 */
export async function* zip(
  entries: readonly ZipEntry[],
  madeAt: number,
  part: ExportPart,
): AsyncGenerator<Uint8Array, void> {
  const file = new ZipFile();
  const files: ExportManifest["files"] = [];
  const output = file.outputStream as Readable;
  const add = (name: string, bytes: () => AsyncIterable<Uint8Array>): void => {
    file.addReadStreamLazy(name, { mtime: new Date(madeAt) }, (give) => {
      // The library pipes, and hears of no failure by itself.
      give(
        null,
        Readable.from(bytes(), { objectMode: false }).on("error", (error) => output.destroy(error)),
      );
    });
  };
  for (const { name, bytes } of entries)
    add(name, () => measured(bytes(), (size, sha256) => files.push({ name, size, sha256 })));
  add("manifest.json", () => manifest(files, madeAt, part));
  file.end();
  for await (const piece of output) yield piece as Uint8Array;
}

async function* measured(
  bytes: AsyncIterable<Uint8Array>,
  done: (size: number, sha256: string) => void,
): AsyncGenerator<Uint8Array, void> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    size += piece.byteLength;
    yield piece;
  }
  done(size, hash.digest("hex"));
}

async function* manifest(
  files: ExportManifest["files"],
  madeAt: number,
  part: ExportPart,
): AsyncGenerator<Uint8Array, void> {
  const found: ExportManifest = {
    format: "usher-export-manifest",
    version: 2,
    madeAt: new Date(madeAt).toISOString(),
    part,
    files,
  };
  yield await Promise.resolve(Buffer.from(`${JSON.stringify(found, null, 2)}\n`));
}
