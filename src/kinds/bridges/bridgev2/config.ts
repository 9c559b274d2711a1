import { z } from "zod";
import { askChange } from "../dialogue/wording.ts";
import { bridgeFields } from "../bridgeFields.ts";
import { commandWord } from "../commandWord.ts";
import { provisioning } from "../provisioning/config.ts";
import { BRIDGEV2_ASKS } from "./wording.ts";

/** One of the bridges that are built with bridgev2 of mautrix-go: what differs between networks is here. */
export const bridgev2Entry = z.strictObject({
  ...bridgeFields,
  connector: z.literal("bridgev2"),
  prefix: commandWord.meta({
    description: "What commands to it begin with: `bridge.command_prefix` of its configuration.",
    examples: ["!tg"],
  }),
  mode: z.enum(["relay", "own"]).default("relay").meta({
    description:
      "`relay`: one account, that you have logged in at the bridge, speaks for whoever has none there. `own`: whoever links a room does it by their own log-in, and only who has one is heard on the far side.",
  }),
  relayLogin: commandWord.optional().meta({
    description:
      "The log-in that speaks for others, as `list-logins` of the bridge shows it. Left out: one of those that the bridge's configuration names (`relay.default_relays`).",
    examples: ["7006231001"],
  }),
  encrypts: z.boolean().default(false).meta({
    description:
      "`true`: the bridge is configured to encrypt, so that encrypted rooms can be linked.",
  }),
  kickMatrixUsers: z.boolean().default(true).meta({
    description:
      "`false`: the bridge's configuration says `kick_matrix_users: false`, so its bot may come with the power to kick.",
  }),
  chatExample: commandWord.default("CHAT").meta({
    description: "What the id of a chat looks like there; shown in examples.",
    examples: ["channel:1234567890"],
  }),
  provisioning: provisioning.optional().meta({
    description:
      "Where its provisioning API is and a file with `provisioning.shared_secret` of its configuration. With it people log in and out step by step in a chat with Usher; without, they are handed over to the bridge's bot.",
  }),
  wording: z
    .partialRecord(z.enum(BRIDGEV2_ASKS), askChange)
    .default({})
    .meta({ description: "What this version of it says otherwise; docs/bridges.md tells how." }),
});

export type Bridgev2Entry = z.output<typeof bridgev2Entry>;
