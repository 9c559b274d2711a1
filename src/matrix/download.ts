import { HomeserverError, TOO_LARGE } from "./errors.ts";
import { BUNDLE_BYTES } from "./limits.ts";

const PATIENCE_MS = 120_000;

/**
 * Fetches a file by its `mxc:` address through Usher's own homeserver (client-server API 1.11, authenticated media).
 * Rejects with a `HomeserverError`.
 */
export function createDownload({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): (address: string) => Promise<Uint8Array> {
  return async (address) => {
    const [, server, name] =
      /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/.exec(address) ?? [];
    if (server === undefined || name === undefined)
      throw new HomeserverError({ kind: "malformed" });
    const where = new URL(
      `/_matrix/client/v1/media/download/${encodeURIComponent(server)}/${name}`,
      url,
    );
    let response: Response;
    try {
      response = await fetch(where, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new HomeserverError({ kind: "answered", status: response.status });
      }
      return await read(response);
    } catch (error) {
      if (error instanceof HomeserverError) throw error;
      // The cause may name the address.
      throw new HomeserverError({ kind: "network" });
    }
  };
}

async function read(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // The web's own type of a body says nothing of what is in it; fetch promises bytes.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > BUNDLE_BYTES)
      throw new HomeserverError({ kind: "malformed", status: response.status, errcode: TOO_LARGE });
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
