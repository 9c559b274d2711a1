import { z } from "zod";
import { plain } from "../kernel/plain.ts";

/** What always answers a preview; the configuration adds to it. */
export const YES_WORDS: readonly string[] = ["yes", "y", "confirm"];
export const NO_WORDS: readonly string[] = ["no", "n", "nope", "cancel"];

const words = z
  .array(
    z.string().regex(/^[\p{L}\p{M}\p{N}'’-]{1,32}$/u, "must be one word of at most 32 letters."),
  )
  .max(50, "must be at most 50 words.")
  .default([]);

/** The section `confirmation`. That no word is also a command's is checked where commands are known: src/chat/confirmation.ts. */
export const confirmationSection = z
  .strictObject({
    yes: words.meta({
      description:
        'Words that confirm a preview, beside `yes`, `y` and `confirm`, such as `["ja", "oui", "sí", "si"]`; in upper or lower case.',
    }),
    no: words.meta({
      description:
        'Words that decline a preview, beside `no`, `n`, `nope` and `cancel`, such as `["nein", "non"]`.',
    }),
    reactions: z
      .boolean()
      .default(true)
      .meta({
        description:
          "Whether Usher puts ✅ and ❌ beneath its previews by itself, so that an answer is one tap, and takes them away when the question is over. " +
          "Not done while the homeserver limits Usher's requests.",
      }),
  })
  .superRefine(({ yes, no }, context) => {
    const others = { yes: [...NO_WORDS, ...no], no: [...YES_WORDS, ...yes] };
    for (const [list, own] of [["yes", yes] as const, ["no", no] as const])
      for (const [index, word] of own.entries())
        if (others[list].map(plain).includes(plain(word)))
          context.addIssue({
            code: "custom",
            path: [list, index],
            message: "must not mean both yes and no.",
          });
  })
  .prefault({})
  .meta({
    description:
      "Further words that people can answer with where Usher asks before it does something. A reaction with ✅ or ❌ answers in every language. " +
      "No word may be a command or the beginning of one.",
  });
