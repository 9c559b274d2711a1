import { z } from "zod";
import type { DocumentType } from "./documents.ts";

const schema = z.strictObject({
  /** The account the data directory belongs to; another one is refused. */
  userId: z.string().optional(),
  deviceId: z.string().optional(),
  /** Where in the stream of events Usher has settled everything. Absent before the first sync. */
  syncToken: z.string().optional(),
  /** When that was; ms since the epoch. */
  syncedAt: z.number().optional(),
});

export type AccountDocument = z.infer<typeof schema>;

/** What Usher keeps about its own account; one document, id `self`. */
export const accountDocument: DocumentType<AccountDocument> = {
  kind: "account",
  version: 1,
  schema,
  empty: () => ({}),
  migrations: {},
  people: () => [],
};
