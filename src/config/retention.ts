import { z } from "zod";

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
  })
  .prefault({})
  .meta({ description: "What goes when nobody uses it." });
