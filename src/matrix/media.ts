import { z } from "zod";
import { UsherError } from "../kernel/errors.ts";
import type { HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { HomeserverError } from "./errors.ts";
import type { Content, FileContent } from "./port.ts";
import { expect } from "./roomReader.ts";

export const MEDIA_CONFIG = "/_matrix/client/v1/media/config";
/** What a homeserver says of the files it takes; bytes. */
export const mediaConfig = z.object({ "m.upload.size": z.int().nonnegative().optional() });

/** As long as a large file may take over a slow line; ms. */
const UPLOAD_MS = 300_000;

const uploaded = z.object({ content_uri: z.string().regex(/^mxc:\/\/[^/\s]+\/[^/\s]+$/) });

type File = Pick<FileContent, "holds" | "name" | "mimetype" | "bytes">;

interface MEDIA_CONFIGDeps {
  readonly call: HomeserverCall;
  readonly cipher: RoomCipher;
}

/**
 * Puts a file into the homeserver's media repository and gives the part of a message that says where it lies: `url`, or, encrypted, `file`
 * with the key (client-server API, "m.file" and "Sending encrypted attachments"). Of an encrypted one the repository learns the size and
 * nothing else: no name, no kind. Each call makes a copy of its own there, which stays if no message comes to name it.
 *
 * Rejects with `file-too-large` (view: `name`, `kibibytes`, `most`), with the cipher's errors, or with a `HomeserverError`. Tries once.
 */
export async function placeFile(
  { call, cipher }: MEDIA_CONFIGDeps,
  file: File,
  encrypted: boolean,
  signal: AbortSignal,
): Promise<Content> {
  const most = await mostBytes(call, signal);
  // Encryption does not change the size.
  if (most !== undefined && file.bytes.byteLength > most) throw tooLarge(file, most);
  const sealed = encrypted ? await cipher.sealFile(file.bytes) : undefined;
  const what =
    sealed === undefined
      ? {
          query: { filename: file.name },
          file: { holds: file.holds, bytes: file.bytes, mimetype: file.mimetype },
        }
      : { file: { holds: file.holds, bytes: sealed.bytes, mimetype: "application/octet-stream" } };
  try {
    const answer = await call("POST", "/_matrix/media/v3/upload", {
      ...what,
      signal,
      timeoutMs: UPLOAD_MS,
    });
    const url = expect(uploaded, answer).content_uri;
    return sealed === undefined ? { url } : { file: { ...sealed.file, url } };
  } catch (error) {
    // A proxy in front of the homeserver may take less than the homeserver says.
    if (error instanceof HomeserverError && error.status === 413) throw tooLarge(file, undefined);
    throw error;
  }
}

/** Undefined where the homeserver does not say. */
async function mostBytes(call: HomeserverCall, signal: AbortSignal): Promise<number | undefined> {
  try {
    return expect(mediaConfig, await call("GET", MEDIA_CONFIG, { signal }))["m.upload.size"];
  } catch (error) {
    if (error instanceof HomeserverError && error.kind === "answered" && !error.passing)
      return undefined;
    throw error;
  }
}

function tooLarge({ name, bytes }: File, most: number | undefined): UsherError {
  const kibibytes = Math.ceil(bytes.byteLength / 1024);
  return new UsherError("file-too-large", {
    name,
    kibibytes,
    most: most === undefined ? undefined : Math.floor(most / 1024),
  });
}
