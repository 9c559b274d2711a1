import { z } from "zod";
import { configSection } from "../../config/configSection.ts";
import { appserviceDiscordEntry } from "./appserviceDiscord/config.ts";
import { appserviceIrcEntry } from "./appserviceIrc/config.ts";
import { appserviceSlackEntry } from "./appserviceSlack/config.ts";
import { bridgev2Entry } from "./bridgev2/config.ts";
import { heisenbridgeEntry } from "./heisenbridge/config.ts";
import { mautrixDiscordEntry } from "./mautrixDiscord/config.ts";
import { mautrixTelegramEntry } from "./mautrixTelegram/config.ts";

const bridgeEntry = z
  .discriminatedUnion(
    "connector",
    [
      heisenbridgeEntry,
      bridgev2Entry,
      appserviceIrcEntry,
      mautrixTelegramEntry,
      mautrixDiscordEntry,
      appserviceSlackEntry,
      appserviceDiscordEntry,
    ],
    {
      error:
        'must name a sort of bridge that Usher knows: "heisenbridge", "bridgev2", "appservice-irc", "mautrix-telegram", "mautrix-discord", "appservice-slack" or "appservice-discord".',
    },
  )
  .transform((entry) => (entry.name === "" ? { ...entry, name: entry.id } : entry));

/** A bridge that people can add by its id. */
export type BridgeEntry = Readonly<z.output<typeof bridgeEntry>>;

export const bridgeCatalogue = z.array(bridgeEntry).superRefine((entries, context) => {
  for (const [index, { id }] of entries.entries()) {
    const first = entries.findIndex((other) => other.id === id);
    if (first < index)
      context.addIssue({
        code: "custom",
        path: [index, "id"],
        message: `must be another than that of bridges.catalogue[${String(first)}].`,
      });
  }
});

/** The section `bridges`. */
export const SECTION = configSection(
  "bridges",
  z
    .strictObject({
      catalogue: bridgeCatalogue.prefault([]).meta({
        description: "The bridges that people can link rooms with.",
      }),
    })
    .prefault({})
    .meta({ description: "Bridges." }),
);
