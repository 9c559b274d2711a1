import { z } from "zod";
import { roomId, userId } from "../kernel/idSchemas.ts";
import { actor, held, mixed, ownWords, sealed } from "../privacy/fields.ts";
import { CREDENTIAL, DATA_KEY } from "../privacy/records/secrets.ts";
import { defineDocument } from "./documents.ts";

/** The key of one person, wrapped by a key of the ring; the document's id is theirs. These lie in a folder of their own, `documents/data-key`. */
export const dataKeyDocument = defineDocument({
  kind: "data-key",
  version: 1,
  ofOnePerson: true,
  shape: {
    person: held(DATA_KEY, actor(userId).optional()),
    /** When it was made; ms since the epoch. */
    at: held(DATA_KEY, z.number()),
    /** `v1.<kid>.<nonce>.<tag>.<ciphertext>`; empty in an empty document. */
    wrapped: held(DATA_KEY, sealed(z.string())),
  },
  empty: () => ({ at: 0, wrapped: "" }),
  migrations: {},
});

const credential = z.strictObject({
  person: actor(userId),
  /** Of which kind the thing is that it belongs to, where that is, and its id there. */
  kind: ownWords(z.string()),
  room: roomId.optional(),
  id: mixed(z.string()),
  /** What it lets Usher act at, as people name it. */
  name: mixed(z.string()),
  /** Since when it is kept; ms since the epoch. */
  at: z.number(),
  /** When it was last used, noted once a day; ms since the epoch. Absent where it was not since it is kept, or since that is noted. */
  usedAt: z.number().optional(),
  /** `v1.<nonce>.<tag>.<ciphertext>`, under the person's own key. */
  sealed: sealed(z.string()),
});
export type Credential = z.infer<typeof credential>;

/** Since when it has not been used; ms since the epoch. */
export function usedSince({ at, usedAt = at }: Pick<Credential, "at" | "usedAt">): number {
  return usedAt;
}

/** What Usher acts with at other services for somebody; the document's id is theirs. */
export const credentialsDocument = defineDocument({
  kind: "credentials",
  version: 2,
  ofOnePerson: true,
  shape: { credentials: held(CREDENTIAL, z.array(credential)) },
  empty: () => ({ credentials: [] }),
  // In version 2 they say when they were last used.
  migrations: { 1: (document) => document },
  since: { [CREDENTIAL.id]: ({ credentials }) => credentials.map(usedSince) },
});
