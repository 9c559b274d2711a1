import { z } from "zod";
import { userId } from "../kernel/idSchemas.ts";
import { held, person } from "../privacy/fields.ts";
import { ACCOUNT_QUESTIONS, DEACTIVATION } from "../privacy/records/deactivations.ts";
import { defineDocument } from "./documents.ts";

const account = z.strictObject({
  person: person(userId),
  /** The earliest moment at which it may have been deactivated; ms since the epoch, like the others. */
  deactivatedSince: z.number().optional(),
  /** When its person had left every room that Usher knows them from, and no profile was found: no more than a suspicion. */
  suspectedSince: z.number().optional(),
  /** The last moment at which it is known to have been in use. */
  activeAt: z.number().optional(),
});

/** What is known of one account. */
export type AccountSigns = z.infer<typeof account>;

/** Accounts that were deactivated, or may have been; one document, id `self`. An older Usher passes over it. */
export const deactivationsDocument = defineDocument({
  kind: "deactivations",
  version: 1,
  shape: {
    accounts: held(DEACTIVATION, z.array(account)),
    /** When the last round of questions began, and when the last one to which all answers came; ms since the epoch. */
    triedAt: held(ACCOUNT_QUESTIONS, z.number().optional()),
    completedAt: held(ACCOUNT_QUESTIONS, z.number().optional()),
  },
  empty: () => ({ accounts: [] }),
  migrations: {},
  // Who is deactivated is erased; who is in use again is forgotten after a while.
  since: {
    [DEACTIVATION.id]: ({ accounts }) =>
      accounts.flatMap(({ deactivatedSince, suspectedSince, activeAt }) =>
        deactivatedSince === undefined && activeAt === undefined && suspectedSince !== undefined
          ? [suspectedSince]
          : [],
      ),
  },
});
