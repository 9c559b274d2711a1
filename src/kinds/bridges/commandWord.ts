import { z } from "zod";

/** A word of a command, as bridges of mautrix read it: they split at white space, know no quotes, and take what begins with a dash for an option. */
export const commandWord = z
  .string()
  .max(255)
  .regex(
    /^[^\s;`\p{Cc}-][^\s;`\p{Cc}]*$/u,
    "must be one word, without ; or `, and not begin with a dash.",
  );
