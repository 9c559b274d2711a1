import { z } from "zod";
import { deepFreeze } from "../kernel/freeze.ts";
import type { DocumentType } from "./documents.ts";

/** What stands around a document on disk: which version it is of, and whose it is, since the file's name does not tell. */
const envelopeSchema = z.strictObject({
  version: z.int().min(1),
  id: z.string(),
  document: z.unknown(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** Why a stored document was put aside. */
export type QuarantineReason =
  | "not-json"
  | "not-an-envelope"
  | "misplaced"
  | "newer-version"
  | "migration-failed"
  | "not-of-its-schema";

export type Opened<T> =
  | {
      readonly ok: true;
      readonly id: string;
      readonly document: T;
      readonly oldVersion: number | undefined;
    }
  | { readonly ok: false; readonly reason: QuarantineReason };

/** The stored text as an envelope, or why it is none. */
export function parseEnvelope(text: string): Envelope | "not-json" | "not-an-envelope" {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "not-json";
  }
  const parsed = envelopeSchema.safeParse(json);
  return parsed.success ? parsed.data : "not-an-envelope";
}

/**
 * The document in the envelope, brought to the present version and checked. `oldVersion` is set if it was of an older one. Frozen.
 * `belongs`: whether what has this id belongs where the envelope was found.
 */
export function openEnvelope<T extends object>(
  type: DocumentType<T>,
  envelope: Envelope,
  belongs: (id: string) => boolean = () => true,
): Opened<T> {
  if (!belongs(envelope.id)) return { ok: false, reason: "misplaced" };
  if (envelope.version > type.version) return { ok: false, reason: "newer-version" };
  let document = envelope.document;
  try {
    for (let version = envelope.version; version < type.version; version++) {
      const migrate = type.migrations[version];
      if (migrate === undefined) return { ok: false, reason: "migration-failed" };
      document = migrate(document);
    }
  } catch {
    return { ok: false, reason: "migration-failed" };
  }
  const parsed = type.schema.safeParse(document);
  const migrated = envelope.version < type.version;
  if (!parsed.success)
    return { ok: false, reason: migrated ? "migration-failed" : "not-of-its-schema" };
  return {
    ok: true,
    id: envelope.id,
    document: deepFreeze(parsed.data),
    oldVersion: migrated ? envelope.version : undefined,
  };
}

/** The envelope of a document that is about to be stored. Throws if it does not fit its schema; the message quotes no value. */
export function sealEnvelope<T extends object>(
  type: DocumentType<T>,
  id: string,
  document: T,
): Envelope & { readonly document: T } {
  // An `async` change would be stored as the empty object that a promise looks like.
  if (typeof (document as { readonly then?: unknown }).then === "function")
    throw new TypeError(`The change of a ${type.kind} document must not be asynchronous.`);
  const parsed = type.schema.safeParse(document);
  if (!parsed.success) {
    const places = parsed.error.issues.map(
      (issue) => `${issue.path.join(".") || "the whole"} (${issue.code})`,
    );
    throw new TypeError(`A ${type.kind} document does not fit its schema: ${places.join(", ")}.`);
  }
  return { version: type.version, id, document: deepFreeze(parsed.data) };
}
