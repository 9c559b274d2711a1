import { z } from "zod";
import { bridgeFields } from "../bridgeFields.ts";
import { askChange } from "../dialogue/wording.ts";
import { commandWord } from "../commandWord.ts";
import { MAUTRIX_TELEGRAM_ASKS } from "./wording.ts";

/** A mautrix-telegram of Python: before 26.04, from which on it is built with bridgev2. */
export const mautrixTelegramEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("mautrix-telegram"),
  prefix: commandWord.default("!tg").meta({
    description: "What commands to it begin with: `bridge.command_prefix` of its configuration.",
  }),
  wording: z
    .partialRecord(z.enum(MAUTRIX_TELEGRAM_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type MautrixTelegramEntry = z.output<typeof mautrixTelegramEntry>;
