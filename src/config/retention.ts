import { z } from "zod";
import { durationInWords } from "../privacy/duration.ts";
import { CREDENTIAL } from "../privacy/records/secrets.ts";

const UNUSED = CREDENTIAL.retention.for;

/** What goes when, beside what the data map says of each thing. */
export const retentionSection = z
  .strictObject({
    unusedMonths: z
      .int("must be a whole number.")
      .refine((value) => value === 0 || (value >= 2 && value <= 12), {
        error:
          "must be 2 to 12, or 0 for never: people are promised that what they do not use goes after 12 months at most.",
      })
      .default(12)
      .meta({
        description:
          "After how many months without any use everything about a person goes, after two warnings by direct message; 0: never. Operators named in the configuration, and " +
          "people who asked that it be kept and left unused (`privacy restrict`), are kept.",
      }),
    unusedCredentialDays: z
      .int("must be a whole number.")
      .min(1, "must be at least 1.")
      .max(
        UNUSED.days,
        `must be at most ${String(UNUSED.days)}: people are promised that what lets Usher act for them goes ${durationInWords(UNUSED)} after its last use, and that can only be made shorter.`,
      )
      .default(UNUSED.days)
      .meta({
        description:
          "After how many days without any use what lets Usher act for somebody at another service (a token, a password) goes, which they are told.",
      }),
  })
  .prefault({})
  .meta({ description: "What goes when nobody uses it." });
