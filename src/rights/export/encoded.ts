/** How much text is gathered before it goes on; characters. */
const GATHERED = 64 * 1024;

/** Text as UTF-8, many small pieces in one. */
export async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < GATHERED) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}
