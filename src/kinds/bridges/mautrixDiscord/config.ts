import { z } from "zod";
import { bridgeFields } from "../bridgeFields.ts";
import { commandWord } from "../commandWord.ts";
import { askChange } from "../dialogue/wording.ts";
import { MAUTRIX_DISCORD_ASKS } from "./wording.ts";

/** A mautrix-discord 0.7, at which Usher's own account is logged in. */
export const mautrixDiscordEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("mautrix-discord"),
  prefix: commandWord.default("!discord").meta({
    description: "What commands to it begin with: `bridge.command_prefix` of its configuration.",
  }),
  wording: z
    .partialRecord(z.enum(MAUTRIX_DISCORD_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type MautrixDiscordEntry = z.output<typeof mautrixDiscordEntry>;
