import { createDecipheriv, createHash } from "node:crypto";
import { z } from "zod";
import { asMxcUri, type MxcUri } from "../../kernel/ids.ts";

/** An unpadded base64 of so many bytes at most. */
const base64 = z
  .string()
  .max(100)
  .transform((text) => Buffer.from(text, "base64"));

/** What a message says of a file that it encrypted (client-server API, "Sending encrypted attachments"). */
const sealedFile = z.object({
  url: z
    .string()
    .transform((text, context) => asMxcUri(text) ?? (context.addIssue("no address"), z.NEVER)),
  v: z.literal("v2"),
  key: z.object({ alg: z.literal("A256CTR"), k: base64.refine((key) => key.length === 32) }),
  iv: base64.refine((iv) => iv.length === 16),
  hashes: z.object({ sha256: base64.refine((hash) => hash.length === 32) }),
});

/** A file that lies encrypted in the media repository. */
export interface SealedFile {
  readonly url: MxcUri;
  /** The file; undefined where what lay there is not what was put there. */
  readonly open: (sealed: Uint8Array) => Uint8Array | undefined;
}

/** Reads the `file` of a message; undefined where it is none. */
export function readSealedFile(file: unknown): SealedFile | undefined {
  const read = sealedFile.safeParse(file);
  if (!read.success) return undefined;
  const { url, key, iv, hashes } = read.data;
  return {
    url,
    open: (sealed) => {
      if (!createHash("sha256").update(sealed).digest().equals(hashes.sha256)) return undefined;
      return createDecipheriv("aes-256-ctr", key.k, iv).update(sealed);
    },
  };
}
