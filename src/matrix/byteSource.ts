import type { ByteSource } from "./fileContent.ts";

/** Bytes that are in memory already. */
export function inMemory(bytes: Uint8Array): ByteSource & { readonly size: number } {
  return { size: bytes.byteLength, open: () => once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(bytes);
}

/** How many bytes there are, told or counted; undefined where there are more than `most`. */
export async function sizeOf(
  { size, open }: ByteSource,
  most: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (size !== undefined) return size > most ? undefined : size;
  let counted = 0;
  for await (const { byteLength } of open()) {
    signal.throwIfAborted();
    counted += byteLength;
    // Leaving the loop closes the source.
    if (counted > most) return undefined;
  }
  return counted;
}

/** A file under way: its bytes, and why its source gave no more, where it failed. */
export interface Passing {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The source's own failure; undefined as long as there is none. */
  readonly failure: () => Error | undefined;
}

/** Lets a source pass, and remembers its failure: whoever reads it may tell of one of its own instead. It fails too where there are not `size` bytes. */
export function passing(bytes: AsyncIterable<Uint8Array>, size: number): Passing {
  let failure: Error | undefined;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    let left = size;
    try {
      for await (const piece of bytes) {
        left -= piece.byteLength;
        if (left < 0) break;
        yield piece;
      }
      if (left !== 0) throw new Error("A file was not as long as it was said to be.");
    } catch (error) {
      failure = error instanceof Error ? error : new Error("source", { cause: error });
      throw failure;
    }
  }
  return { bytes: counted(), failure: () => failure };
}
