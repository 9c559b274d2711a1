import { z } from "zod";

/** An address that anybody may be sent to. */
export const httpsAddress = z
  .string()
  .refine((value) => URL.canParse(value) && new URL(value).protocol === "https:", {
    error: "must be an address that begins with https://.",
    abort: true,
  });

/** One line that people read. */
export const line = (max: number): z.ZodString =>
  z
    .string()
    .min(1, "must not be empty.")
    .max(max, `must be at most ${String(max)} characters long.`)
    .regex(/^[^\p{Cc}]*$/u, "must be one line.");

/** Who runs what is added, and under which privacy policy: somebody else's policy has to be shown before anything is set up (R16, R57). */
const hostSchema = z.discriminatedUnion(
  "by",
  [
    z.strictObject({ by: z.literal("operator"), policy: httpsAddress.optional() }),
    z.strictObject({ by: z.literal("third-party"), who: line(100), policy: httpsAddress }),
    /** Whoever runs the website or server that the person names: its own policy applies, and Usher cannot know it. */
    z.strictObject({ by: z.literal("address") }),
  ],
  { error: 'must say by whom: "operator", "third-party" or "address".' },
);

/** What every entry of the catalogue says of itself, whatever it is. Without a price (R13) or a host (R57) it is none. */
export const entryFields = {
  /** What people type, the same whatever the kind. */
  id: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,31}$/,
      "must be 2 to 32 lower-case letters, digits and dashes, a letter first.",
    ),
  name: line(60),
  description: line(200),
  price: z.enum(["free", "paid", "mixed"]),
  host: hostSchema,
  /** False: nobody can add it, and nobody is offered it. */
  enabled: z.boolean().default(true),
  /** What it keeps about people can only be erased by hand, by the operators (R25). */
  erasedByHand: z.boolean().optional(),
};

const entrySchema = z.object({ kind: z.string(), ...entryFields });

export type Entry = z.output<typeof entrySchema>;
