import { UsherError } from "../kernel/errors.ts";
import { asMxcUri, type MxcUri } from "../kernel/ids.ts";
import type { HomeserverCall } from "./client.ts";
import { readSealedFile, type SealedFile } from "./crypto/fileOpen.ts";
import type { FetchMedia } from "./download.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { mostBytes, upload } from "./media.ts";
import type { DownloadedFile, UploadContent } from "./fileContent.ts";
import type { Content } from "./port.ts";

interface MediaRepositoryDeps {
  readonly call: HomeserverCall;
  readonly fetchMedia: FetchMedia;
  /** Does what may pass again, and rejects with an `UsherError` where it does not. */
  readonly trying: <T>(action: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** Files on the homeserver that are no messages. */
export class MediaRepository {
  readonly #deps: MediaRepositoryDeps;

  constructor(deps: MediaRepositoryDeps) {
    this.#deps = deps;
  }

  mostBytes(): Promise<number | undefined> {
    const { call, trying, signal } = this.#deps;
    return trying("media-limit", () => mostBytes(call, signal));
  }

  upload(file: UploadContent): Promise<MxcUri> {
    const { call, trying, signal } = this.#deps;
    return trying("upload", async () => (await upload(call, file, undefined, signal)).url);
  }

  /** What breaks while it is read is not tried again: whoever reads has the beginning already. */
  async download(file: MxcUri, maxBytes: number): Promise<DownloadedFile> {
    const { fetchMedia, trying, signal } = this.#deps;
    const { mimetype, bytes } = await trying("download", async () => {
      try {
        return await fetchMedia(file, maxBytes, signal);
      } catch (error) {
        throw isTooLarge(error) ? tooLarge(maxBytes) : error;
      }
    });
    return { mimetype, bytes: told(bytes, maxBytes) };
  }

  async attachment(content: Content, maxBytes: number): Promise<Uint8Array> {
    const file = fileOf(content);
    if (file === undefined) throw new UsherError("attachment-none");
    const { bytes } = await this.download(file.url, maxBytes);
    const whole = file.open(Buffer.concat(await Array.fromAsync(bytes)));
    if (whole === undefined) throw new UsherError("attachment-broken");
    return whole;
  }
}

/** Where the file of a message lies, and what makes it of the bytes there; undefined where it has none. */
function fileOf({ url, file }: Content): SealedFile | undefined {
  if (file !== undefined) return readSealedFile(file);
  const plain = typeof url === "string" ? asMxcUri(url) : undefined;
  return plain && { url: plain, open: (bytes) => bytes };
}

/** The same bytes, failing in words that a person may see. */
async function* told(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* bytes;
  } catch (error) {
    throw isTooLarge(error) ? tooLarge(maxBytes) : toUsherError(error, "download");
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof HomeserverError && error.tooLarge;
}

function tooLarge(maxBytes: number): UsherError {
  return new UsherError("download-too-large", { most: Math.floor(maxBytes / 1024) });
}
