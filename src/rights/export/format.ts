import { z } from "zod";

/** What the JSON files in an export look like (R31, R38). `npm run generate` publishes both as JSON Schema. */

const thing = z.strictObject({
  room: z.string().nullable().describe("The room that it is kept with, if it is."),
  data: z
    .unknown()
    .describe(
      "As it is stored, without what others said or did. Times are in milliseconds since the epoch.",
    ),
});

const category = z.strictObject({
  id: z.string().describe("The record of Usher's data map, as D7-undo."),
  title: z.string(),
  purpose: z.string(),
  necessity: z.string().describe("Why it cannot be done without."),
  legalBasis: z.enum(["legitimate interest", "legal obligation"]),
  layer: z
    .enum(["homeserver", "manager", "integration", "third-party"])
    .describe("Whose policy governs it."),
  kept: z.string().describe("How long."),
  seenBy: z.string().describe("Who gets to see it, beside whoever runs Usher's machine."),
  inExport: z.string().describe("What of it an export holds."),
  count: z
    .int()
    .nonnegative()
    .nullable()
    .describe("How many things there are about the person; null where nobody can tell."),
  leftOut: z
    .int()
    .nonnegative()
    .describe(
      "How many of them are in no file, because each by itself is larger than the homeserver takes.",
    ),
  csv: z
    .string()
    .nullable()
    .describe(
      "The file with the same things as a table; null where nobody can tell, or this part has none.",
    ),
  things: z.array(thing).describe("Those that are in this part."),
});

const part = z
  .strictObject({ number: z.int().positive(), of: z.int().positive() })
  .describe(
    "What is too large for one file comes in several, of which each opens by itself. Nothing is in two of them.",
  );

export const exportedData = z.strictObject({
  format: z.literal("usher-export"),
  version: z.literal(2),
  madeAt: z.iso.datetime(),
  part,
  person: z.string().describe("The Matrix ID of whom it is about."),
  usher: z.string().describe("The Matrix ID of the Usher that keeps it."),
  controller: z.strictObject({
    name: z.string().nullable().describe("Who answers for the data."),
    dataProtection: z.string().nullable().describe("Whom to write to about rights."),
    support: z.string().nullable(),
    notice: z.string().nullable().describe("Where the privacy notice is."),
  }),
  categories: z.array(category),
});

export const exportManifest = z.strictObject({
  format: z.literal("usher-export-manifest"),
  version: z.literal(2),
  madeAt: z.iso.datetime(),
  part,
  files: z.array(
    z.strictObject({
      name: z.string(),
      size: z.int().nonnegative().describe("Bytes."),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type ExportedData = z.infer<typeof exportedData>;
/** A category without its things. */
export type Category = Omit<z.infer<typeof category>, "things">;
export type ExportPart = z.infer<typeof part>;
export type ExportedThing = z.infer<typeof thing>;
export type ExportManifest = z.infer<typeof exportManifest>;
