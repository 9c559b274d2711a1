import { z } from "zod";
import { bridgeFields } from "../bridgeFields.ts";
import { askChange } from "../dialogue/wording.ts";
import { APPSERVICE_DISCORD_ASKS } from "./wording.ts";

/** A matrix-appservice-discord, which nobody keeps up any more. */
export const appserviceDiscordEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("appservice-discord"),
  requestSeconds: z
    .int("must be a whole number.")
    .min(1, "must be at least 1.")
    .max(570, "must be at most 570.")
    .default(300)
    .meta({
      description:
        "How long people on Discord have to say yes. The bridge gives them five minutes, which cannot be set there.",
    }),
  wording: z
    .partialRecord(z.enum(APPSERVICE_DISCORD_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type AppserviceDiscordEntry = z.output<typeof appserviceDiscordEntry>;
