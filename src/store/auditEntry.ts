import { z } from "zod";
import { REASONS, ROLES } from "../config/roles.ts";
import { eventId, userId } from "../kernel/idSchemas.ts";
import { actor, mixed, ownWords, sealed } from "../privacy/fields.ts";

/** A hash, in hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One thing that an operator had Usher do, or looked at. */
export const auditEntry = z.strictObject({
  /** When; ms since the epoch. */
  at: z.number(),
  who: actor(userId),
  /** The words of the command's definition. */
  what: ownWords(z.string()),
  /** Ids that the command was about: rooms, people, entries of the catalogue. Never what somebody wrote. */
  targets: z.array(mixed(z.string())),
  /** The event that asked for it. */
  event: eventId,
  /** As what they asked, and where they looked at what is about somebody, why (D20). */
  role: z.enum(ROLES).optional(),
  reason: z.enum(REASONS).optional(),
  /** Its place in the chain, as `auditChain.ts` has it; absent in what was written before there was one. */
  chain: z
    .strictObject({
      prev: sealed(sha256),
      seals: z.array(sealed(sha256)),
      hash: sealed(sha256),
    })
    .optional(),
});

export type AuditEntry = z.infer<typeof auditEntry>;
