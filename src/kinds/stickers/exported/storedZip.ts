import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { ByteSource } from "../../../matrix/fileContent.ts";

/** A file of a ZIP, whose size is known before it is read. */
export interface ZipMember {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A ZIP of files as they are (pictures are compressed already): its size is known before a byte of it is read, and of no file more than a piece is in memory. Fails as a file does. */
export async function storedZip(members: readonly ZipMember[]): Promise<ByteSource> {
  return { size: await sizeOfZip(members), open: () => piecesOf(members) };
}

type Give = Parameters<Parameters<ZipFile["addReadStreamLazy"]>[2]>[0];

function zipOf(
  members: readonly ZipMember[],
  read: (member: ZipMember, give: Give, file: ZipFile) => void,
): ZipFile {
  const file = new ZipFile();
  for (const member of members) {
    // No time of day: the same pictures are the same file.
    const options = { size: member.size, compress: false, mtime: new Date(Date.UTC(1980, 0, 1)) };
    file.addReadStreamLazy(member.name, options, (give) => {
      read(member, give, file);
    });
  }
  return file;
}

/** Nothing is read for it. */
function sizeOfZip(members: readonly ZipMember[]): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const file = zipOf(members, () => undefined);
  // The type of the library leaves out what it gives.
  file.end(undefined, resolve as () => void);
  return promise;
}

async function* piecesOf(members: readonly ZipMember[]): AsyncGenerator<Uint8Array, void> {
  const file = zipOf(members, ({ open }, give, { outputStream }) => {
    // The library pipes, and hears of no failure by itself.
    const bytes = Readable.from(open(), { objectMode: false });
    give(
      null,
      bytes.on("error", (error) => (outputStream as Readable).destroy(error)),
    );
  });
  const output = file.outputStream as Readable;
  // A file that is not as long as it was.
  file.on("error", (error: Error) => output.destroy(error));
  file.end();
  for await (const piece of output) yield piece as Uint8Array;
}
