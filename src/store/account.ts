import { z } from "zod";
import type { RoomId } from "../kernel/ids.ts";
import type { DocumentType } from "./documents.ts";

const schema = z.strictObject({
  /** The account the data directory belongs to; another one is refused. */
  userId: z.string().optional(),
  deviceId: z.string().optional(),
  /** Where in the stream of events Usher has settled everything. Absent before the first sync. */
  syncToken: z.string().optional(),
  /** When that was; ms since the epoch. */
  syncedAt: z.number().optional(),
  /** Which room the alias of the operators' room led to when it was first asked: whoever holds the alias must not choose the room later. */
  operatorsRoom: z.strictObject({ alias: z.string(), room: z.string().startsWith("!") as unknown as z.ZodType<RoomId> }).optional(),
});

export type AccountDocument = z.infer<typeof schema>;

/** What Usher keeps about its own account; one document, id `self`. */
export const accountDocument: DocumentType<AccountDocument> = {
  kind: "account",
  version: 2,
  schema,
  empty: () => ({}),
  // Version 2 may know the operators' room; nothing of version 1 reads differently.
  migrations: { 1: (document) => document },
  people: () => [],
};
