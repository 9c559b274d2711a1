import { z } from "zod";
import { plainAddress } from "../../../config/plainAddress.ts";

/** Where a bridge can be given orders by HTTP. The secret lets whoever has it do anything with any person's log-ins and links there. */
export const provisioning = z.strictObject({
  url: plainAddress.meta({
    description:
      "Where its provisioning API is, without `/_matrix/provision`; it may lie in a private network.",
    examples: ["http://127.0.0.1:9999"],
  }),
  secretFile: z
    .string()
    .min(1, "must not be empty.")
    .meta({
      description: "A file with the secret of that API, readable by Usher alone.",
      examples: ["secrets/irc"],
    }),
});
