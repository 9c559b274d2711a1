import { z } from "zod";
import { UsherError } from "../kernel/errors.ts";
import { asMxcUri, type MxcUri } from "../kernel/ids.ts";
import { passing, sizeOf } from "./byteSource.ts";
import type { HomeserverCall } from "./client.ts";
import { FileSeal } from "./crypto/fileSeal.ts";
import { HomeserverError } from "./errors.ts";
import type { UploadContent } from "./fileContent.ts";
import type { Content } from "./port.ts";
import { expect } from "./roomReader.ts";

export const MEDIA_CONFIG = "/_matrix/client/v1/media/config";
/** What a homeserver says of the files it takes; bytes. */
export const mediaConfig = z.object({
  // Dendrite says null, and once said 0, where there is no limit.
  "m.upload.size": z
    .int()
    .nonnegative()
    .nullish()
    .transform((bytes) => (bytes === null || bytes === 0 ? undefined : bytes)),
});

/** How long any file may take, and how much longer a large one over a slow line: ms, and bytes a ms. */
const UPLOAD_MS = 300_000;
const SLOWEST = 64;
/** How long an address is waited for where the homeserver says when to ask again; ms. */
const LONGEST_WAIT_MS = 60_000;

const addressed = z.object({
  content_uri: z
    .string()
    .transform((text, context) => asMxcUri(text) ?? (context.addIssue("no address"), z.NEVER)),
});

/** Where a file lies, as the part of a message that says so, and how large it is there; bytes. */
export interface PlacedFile {
  readonly encrypted: boolean;
  readonly place: Content;
  readonly size: number;
}

/**
 * Puts a file into the homeserver's media repository and gives the part of a message that says where it lies: `url`, or, encrypted, `file`
 * with the key (client-server API, "m.file" and "Sending encrypted attachments"). Of an encrypted one the repository learns the size and
 * nothing else: no name, no kind. It is never whole in memory. Each call makes a copy of its own there, which stays if no message comes
 * to name it.
 *
 * Rejects with `file-too-large` (view: `name`, `kibibytes`, `most`), with what the file's source fails with, or with a `HomeserverError`.
 * Tries once.
 */
export async function placeFile(
  call: HomeserverCall,
  file: UploadContent,
  encrypted: boolean,
  signal: AbortSignal,
): Promise<PlacedFile> {
  const seal = encrypted ? new FileSeal() : undefined;
  const { url, size } = await upload(call, file, seal, signal);
  return { encrypted, place: seal === undefined ? { url } : { file: { ...seal.file, url } }, size };
}

/**
 * Puts a file into the media repository, sealed where there is a seal. Its address is told (`placed`) before a byte is sent, so that no crash leaves a copy
 * that nobody knows of; a homeserver that cannot promise one (client-server API before 1.7) says it when it has the file. As `placeFile`.
 */
export async function upload(
  call: HomeserverCall,
  file: UploadContent,
  seal: FileSeal | undefined,
  signal: AbortSignal,
): Promise<{ readonly url: MxcUri; readonly size: number }> {
  const { bytes } = file;
  const most = await mostBytes(call, signal);
  // Encryption does not change the size. Homeservers want to be told it before the first byte.
  const size = await sizeOf(bytes, most ?? Infinity, signal);
  if (size === undefined) throw tooLarge(file, bytes.size, most);
  const promised = await promisedAddress(call, signal);
  if (promised !== undefined) await file.placed?.(promised);
  const answer = await sendBytes(call, { file, size, seal, promised }, signal);
  if (promised !== undefined) return { url: promised, size };
  const url = expect(addressed, answer).content_uri;
  await file.placed?.(url);
  return { url, size };
}

interface Sealing {
  readonly file: UploadContent;
  readonly size: number;
  readonly seal: FileSeal | undefined;
  readonly promised: MxcUri | undefined;
}

async function sendBytes(
  call: HomeserverCall,
  { file, size, seal, promised }: Sealing,
  signal: AbortSignal,
): Promise<unknown> {
  const { holds, name } = file;
  const source = passing(file.bytes.open(), size);
  const bytes = seal === undefined ? source.bytes : seal.seal(source.bytes, size);
  const mimetype = seal === undefined ? file.mimetype : "application/octet-stream";
  try {
    return await call(
      promised === undefined ? "POST" : "PUT",
      `/_matrix/media/v3/upload${promised?.slice("mxc:/".length) ?? ""}`,
      {
        query: seal === undefined ? { filename: name } : {},
        file: { holds, mimetype, size, bytes },
        signal,
        timeoutMs: UPLOAD_MS + size / SLOWEST,
      },
    );
  } catch (error) {
    const failure = source.failure();
    if (failure !== undefined) throw failure;
    // A proxy in front of the homeserver may take less than the homeserver says.
    if (error instanceof HomeserverError && error.status === 413)
      throw tooLarge(file, size, undefined);
    throw error;
  }
}

/** Where a file will lie; undefined where the homeserver does not say that beforehand (client-server API, "POST /_matrix/media/v1/create"). */
async function promisedAddress(
  call: HomeserverCall,
  signal: AbortSignal,
): Promise<MxcUri | undefined> {
  try {
    const answer = await call("POST", "/_matrix/media/v1/create", { body: {}, signal });
    return expect(addressed, answer).content_uri;
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.kind !== "answered") throw error;
    // Synapse promises five addresses a day that nothing is sent to; after uploads that failed, files go the old way.
    const spent = error.status === 429 && (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS;
    if (spent || !error.passing) return undefined;
    throw error;
  }
}

/** The largest file that the homeserver takes, in bytes; undefined where it does not say. Rejects with a `HomeserverError`. */
export async function mostBytes(
  call: HomeserverCall,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    return expect(mediaConfig, await call("GET", MEDIA_CONFIG, { signal }))["m.upload.size"];
  } catch (error) {
    if (error instanceof HomeserverError && error.kind === "answered" && !error.passing)
      return undefined;
    throw error;
  }
}

/** `size`: undefined where it is only known to be too much. */
function tooLarge(
  { name }: UploadContent,
  size: number | undefined,
  most: number | undefined,
): UsherError {
  return new UsherError("file-too-large", {
    name,
    kibibytes: size === undefined ? undefined : Math.ceil(size / 1024),
    most: most === undefined ? undefined : Math.floor(most / 1024),
  });
}
