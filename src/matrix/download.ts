import { systemClock, type Clock } from "../kernel/clock.ts";
import { asMxcUri, type MxcUri } from "../kernel/ids.ts";
import { HomeserverError, TOO_LARGE } from "./errors.ts";
import { readRefusal } from "./http.ts";
import { BUNDLE_BYTES } from "./limits.ts";
import type { DownloadedFile } from "./fileContent.ts";

/** How long the next piece of a file may let itself be waited for; ms. */
const STALL_MS = 60_000;
const PATIENCE_MS = 120_000;

/** Fetches a file as it comes, of `maxBytes` at most. Rejects with a `HomeserverError`, and so does what it gives. Tries once. */
export type FetchMedia = (
  file: MxcUri,
  maxBytes: number,
  signal?: AbortSignal,
) => Promise<DownloadedFile>;

interface Access {
  readonly url: string;
  readonly token: string;
  readonly clock?: Clock;
}

/** Fetches files through Usher's own homeserver (client-server API 1.11, authenticated media). */
export function createFetchMedia({ url, token, clock = systemClock }: Access): FetchMedia {
  return async (file, maxBytes, signal) => {
    const transfer = new Transfer(clock, signal);
    const response = await transfer.step(() =>
      fetch(`${url}/_matrix/client/v1/media/download/${file.slice("mxc://".length)}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: transfer.signal,
      }),
    );
    if (!response.ok) throw await transfer.step(() => readRefusal(response, clock.now()));
    if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
      await response.body?.cancel();
      throw tooLarge(response.status);
    }
    const mimetype = response.headers.get("content-type") ?? undefined;
    return { mimetype, bytes: transfer.pieces(response, maxBytes) };
  };
}

/** Fetches a whole file by its `mxc:` address, as large as a bundle of keys may be. Rejects with a `HomeserverError`. */
export function createDownload(access: Access): (address: string) => Promise<Uint8Array> {
  const fetchMedia = createFetchMedia(access);
  return async (address) => {
    const file = asMxcUri(address);
    if (file === undefined) throw new HomeserverError({ kind: "malformed" });
    const { bytes } = await fetchMedia(file, BUNDLE_BYTES, AbortSignal.timeout(PATIENCE_MS));
    return new Uint8Array(Buffer.concat(await Array.fromAsync(bytes)));
  };
}

/** One answer that comes in pieces: each of them is waited for, but not for ever. */
class Transfer {
  readonly #clock: Clock;
  readonly #stalled = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly signal: AbortSignal;

  constructor(clock: Clock, given: AbortSignal | undefined) {
    this.#clock = clock;
    this.#given = given;
    this.signal = AbortSignal.any([this.#stalled.signal, ...(given === undefined ? [] : [given])]);
  }

  async step<T>(work: () => Promise<T>): Promise<T> {
    const calm = this.#watch();
    try {
      return await work();
    } catch (error) {
      throw this.#failure(error);
    } finally {
      calm();
    }
  }

  /** Whoever reads takes as long as they want. */
  async *pieces({ body, status }: Response, maxBytes: number): AsyncGenerator<Uint8Array, void> {
    let bytes = 0;
    let calm = this.#watch();
    try {
      // The web's own type of a body says nothing of what is in it; fetch promises bytes.
      for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
        calm();
        bytes += piece.byteLength;
        if (bytes > maxBytes) throw tooLarge(status);
        yield piece;
        calm = this.#watch();
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      calm();
    }
  }

  #watch(): () => void {
    return this.#clock.after(STALL_MS, () => {
      this.#stalled.abort();
    });
  }

  /** The cause may name the address. */
  #failure(error: unknown): HomeserverError {
    if (error instanceof HomeserverError) return error;
    if (this.#stalled.signal.aborted) return new HomeserverError({ kind: "timeout" });
    return new HomeserverError({ kind: this.#given?.aborted === true ? "aborted" : "network" });
  }
}

function tooLarge(status: number): HomeserverError {
  return new HomeserverError({ kind: "malformed", status, errcode: TOO_LARGE });
}
