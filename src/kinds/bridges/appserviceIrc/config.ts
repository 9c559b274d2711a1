import { z } from "zod";
import { askChange } from "../dialogue/wording.ts";
import { bridgeFields } from "../bridgeFields.ts";
import { provisioning } from "../provisioning/config.ts";
import { APPSERVICE_IRC_ASKS } from "./wording.ts";

/** A matrix-appservice-irc that an operator runs, with its provisioning API. */
export const appserviceIrcEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("appservice-irc"),
  provisioning: provisioning.meta({ description: "How Usher gives it orders." }),
  requestSeconds: z
    .int("must be a whole number.")
    .min(1, "must be at least 1.")
    .max(3600, "must be at most 3600.")
    .default(300)
    .meta({
      description:
        "How long an operator of a channel has to say yes: `ircService.provisioning.requestTimeoutSeconds` of its configuration.",
    }),
  wording: z
    .partialRecord(z.enum(APPSERVICE_IRC_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type AppserviceIrcEntry = z.output<typeof appserviceIrcEntry>;
