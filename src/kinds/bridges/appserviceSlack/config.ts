import { z } from "zod";
import { bridgeFields } from "../bridgeFields.ts";
import { askChange } from "../dialogue/wording.ts";
import { provisioning } from "../provisioning/config.ts";
import { APPSERVICE_SLACK_ASKS } from "./wording.ts";

/** A matrix-appservice-slack, which nobody keeps up any more, with its provisioning API. */
export const appserviceSlackEntry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("appservice-slack"),
  provisioning: provisioning.meta({ description: "How Usher gives it orders." }),
  wording: z
    .partialRecord(z.enum(APPSERVICE_SLACK_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type AppserviceSlackEntry = z.output<typeof appserviceSlackEntry>;
