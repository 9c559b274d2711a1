import { createDecipheriv, createHash } from "node:crypto";
import { z } from "zod";
import { FileSeal } from "../../src/matrix/crypto/fileSeal.ts";
import type { Content } from "./clientApi.ts";
import type { Person } from "./person.ts";
import type { SeenEvent } from "./observed.ts";

const base64 = z.string().regex(/^[A-Za-z0-9+/]+$/);

/** The `EncryptedFile` of the specification, version 2, to the letter; whatever else is in it is refused. */
const encryptedFile = z.strictObject({
  v: z.literal("v2"),
  key: z.strictObject({
    kty: z.literal("oct"),
    alg: z.literal("A256CTR"),
    ext: z.literal(true),
    k: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    key_ops: z
      .array(z.string())
      .refine((operations) => operations.includes("encrypt") && operations.includes("decrypt")),
  }),
  // The last eight bytes count blocks and begin at 0.
  iv: base64.refine((text) => /^.{8}\0{8}$/s.test(Buffer.from(text, "base64").toString("latin1"))),
  hashes: z.object({ sha256: base64 }),
  url: z.string().startsWith("mxc://").optional(),
});

/** Opens an encrypted file by the specification alone, as a client would; throws where it was changed. */
export function openAttachment(bytes: Uint8Array, file: unknown): Buffer {
  const { key, iv, hashes } = encryptedFile.parse(file);
  const found = createHash("sha256").update(bytes).digest("base64").replaceAll("=", "");
  if (found !== hashes.sha256) throw new Error("the file is not the one that was sent");
  const decipher = createDecipheriv(
    "aes-256-ctr",
    Buffer.from(key.k, "base64url"),
    Buffer.from(iv, "base64"),
  );
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

/** What lies in the media repository, as it lies there. */
interface Upload {
  readonly bytes: Buffer;
  readonly type: string | null;
  /** What the homeserver says of its name. */
  readonly disposition: string | null;
}

export async function download(person: Person, mxc: string): Promise<Upload> {
  const where = `${person.api.url}/_matrix/client/v1/media/download/${mxc.slice("mxc://".length)}`;
  const response = await fetch(where, {
    headers: { authorization: `Bearer ${person.account.accessToken}` },
  });
  if (!response.ok) throw new Error(`the download gave ${String(response.status)}`);
  const { headers } = response;
  return {
    bytes: Buffer.from(await response.arrayBuffer()),
    type: headers.get("content-type"),
    disposition: headers.get("content-disposition"),
  };
}

/** Sends a file as a client does: encrypted before it leaves where the room is. Resolves with the message's event. */
export async function sendAttachment(
  person: Person,
  room: string,
  bytes: Uint8Array,
  { name, msgtype = "m.image", encrypted, extra = {} }: SentFile,
): Promise<string> {
  const seal = encrypted ? new FileSeal() : undefined;
  const pieces = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  const sealed = seal && Buffer.concat(await Array.fromAsync(seal.seal(pieces, bytes.length)));
  const answer = await fetch(`${person.api.url}/_matrix/media/v3/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.account.accessToken}` },
    body: Uint8Array.from(sealed ?? bytes),
  });
  const { content_uri: url } = z.object({ content_uri: z.string() }).parse(await answer.json());
  const place = seal === undefined ? { url } : { file: { ...seal.file, url } };
  return person.send(room, "m.room.message", { msgtype, body: name, ...place, ...extra });
}

interface SentFile {
  readonly name: string;
  /** An `m.image` unless said otherwise. */
  readonly msgtype?: string;
  /** Whether the room is. */
  readonly encrypted: boolean;
  /** Beside that, in the message. */
  readonly extra?: Content;
}

/** What an `m.file` says: the bytes as the sender had them, and as they lie in the media repository. */
export async function readAttachment(
  person: Person,
  { content }: SeenEvent,
): Promise<{ readonly bytes: Buffer; readonly upload: Upload }> {
  const file = content["file"] as { url: string } | undefined;
  const upload = await download(person, file?.url ?? String(content["url"]));
  return { bytes: file === undefined ? upload.bytes : openAttachment(upload.bytes, file), upload };
}
