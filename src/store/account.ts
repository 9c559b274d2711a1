import { z } from "zod";
import { roomId } from "../kernel/idSchemas.ts";
import { held, notAbout } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { defineDocument } from "./documents.ts";

const shape = {
  /** The account the data directory belongs to; another one is refused. */
  userId: held(ACCOUNT, notAbout(z.string()).optional()),
  deviceId: held(ACCOUNT, z.string().optional()),
  /** Where in the stream of events Usher has settled everything. Absent before the first sync, empty where a backup was restored since. */
  syncToken: held(ACCOUNT, z.string().optional()),
  /** When that was; ms since the epoch. */
  syncedAt: held(ACCOUNT, z.number().optional()),
  /** Which room the alias of the operators' room led to when it was first asked: whoever holds the alias must not choose the room later. */
  operatorsRoom: held(ACCOUNT, z.strictObject({ alias: z.string(), room: roomId }).optional()),
};

/** What Usher keeps about its own account; one document, id `self`. */
export const accountDocument = defineDocument({
  kind: "account",
  version: 2,
  shape,
  empty: () => ({}),
  // Version 2 may know the operators' room; nothing of version 1 reads differently.
  migrations: { 1: (document) => document },
});
