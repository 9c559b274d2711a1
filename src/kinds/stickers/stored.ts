import { UsherError } from "../../kernel/errors.ts";
import { mayPass } from "../../chat/retryTransient.ts";
import type { Media } from "../../matrix/port.ts";
import type { PackImage } from "./pack.ts";

/** How large the file of a picture in a pack may be; bytes. A larger one counts as one that cannot be had. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The file of a picture, piece by piece. Rejects as `download`. */
export async function* piecesOf(
  matrix: Pick<Media, "download">,
  { url }: PackImage,
): AsyncGenerator<Uint8Array, void> {
  yield* (await matrix.download(url, MOST_BYTES)).bytes;
}

/**
 * The file of a picture; undefined where it cannot be had, so that the others can be worked with. `silent`: the servers that have not answered, of which nothing more is asked: each
 * may take minutes to be given up. Rejects with `room-limited`.
 */
export async function storedPicture(
  matrix: Pick<Media, "download">,
  image: PackImage,
  silent: Set<string>,
): Promise<Buffer | undefined> {
  const server = image.url.slice("mxc://".length).replace(/\/.*$/, "");
  if (silent.has(server)) return undefined;
  try {
    return Buffer.concat(await Array.fromAsync(piecesOf(matrix, image)));
  } catch (error) {
    if (!(error instanceof UsherError) || error.code === "room-limited") throw error;
    if (mayPass(error)) silent.add(server);
    return undefined;
  }
}
