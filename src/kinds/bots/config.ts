import { z } from "zod";
import { configSection } from "../../config/configSection.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";
import { entryFields } from "../../config/catalogue.ts";
import { plainAddress } from "../../config/plainAddress.ts";
import { hookshotSettings } from "../connections/settings.ts";
import { maubotInstance, maubotSettings } from "./maubot/config.ts";

const words = z
  .string()
  .min(1, "must not be empty.")
  .max(1000, "must be at most 1000 characters long.")
  .refine((value) => value.trim() !== "" && value.isWellFormed(), "must be a text.");

const userId = z
  .string()
  .refine(
    (value) => asUserId(value) !== undefined,
    "must be a Matrix ID such as @name:example.org.",
  ) as unknown as z.ZodType<UserId>;

/** A bot that people can add by its id. Usher knows no passwords or tokens of bots: they are invited, asked and kicked like anybody (R46). */
const botEntry = z.strictObject({
  id: entryFields.id.meta({ description: "What people type to add it.", examples: ["poll"] }),
  name: entryFields.name.meta({ description: "What it is called.", examples: ["Poll bot"] }),
  user: userId.meta({
    description: "The bot's account, as a Matrix ID.",
    examples: ["@poll:example.org"],
  }),
  description: entryFields.description.meta({
    description: "What it does, in one line.",
    examples: ["Asks the room questions and counts the answers"],
  }),
  price: entryFields.price.meta({
    description: "What it costs; told before it is added.",
    examples: ["free"],
  }),
  host: entryFields.host.meta({
    description:
      'Who runs it: `{ "by": "operator" }` (with its own `policy` address, if it has one) or `{ "by": "third-party", "who": "…", "policy": "https://…" }`. Told before it is added.',
    examples: [
      { by: "third-party", who: "Example Bots", policy: "https://bots.example.org/privacy" },
    ],
  }),
  enabled: entryFields.enabled.meta({
    description: "`false`: nobody can add it, and nobody is offered it.",
  }),
  erasedByHand: entryFields.erasedByHand.meta({
    description:
      "`true`: the bot itself keeps something about whoever adds it, and only you can erase that, by hand. An erasure then is a case for you, and is not done before you say so.",
  }),
  service: z
    .string()
    .min(1, "must not be empty.")
    .max(100, "must be at most 100 characters long.")
    .optional()
    .meta({
      description:
        "The service outside Matrix that it hands things to, if there is one. Told before it is added.",
      examples: ["Example Weather"],
    }),
  level: z
    .int("must be a whole number.")
    .min(0, "must be at least 0.")
    .max(100, "must be at most 100.")
    .default(0)
    .meta({
      description:
        "The power it needs in a room. It is given no more than whoever adds it has, or Usher.",
    }),
  firstWords: words.optional().meta({
    description:
      "What Usher says in the room once the bot has come, as a set-up command. Usher says it with its own power in the room, so it should ask for nothing that not everybody may.",
    examples: ["!poll hello"],
  }),
  instance: maubotInstance.optional(),
  leaveWords: words.optional().meta({
    description:
      "What Usher says in the room to make the bot leave. Left out, or where the bot stays: it is kicked.",
    examples: ["!poll leave"],
  }),
});

export type BotEntry = Readonly<z.output<typeof botEntry>>;

export const botCatalogue = z.array(botEntry).superRefine((entries, context) => {
  for (const field of ["id", "user"] as const) {
    for (const [index, entry] of entries.entries()) {
      const first = entries.findIndex((other) => other[field] === entry[field]);
      if (first < index)
        context.addIssue({
          code: "custom",
          path: [index, field],
          message: `must be another than that of bots.catalogue[${String(first)}].`,
        });
    }
  }
});

/** How one of the operator's own bots leaves rooms. */
const leaveSettings = z.strictObject({
  homeserver: plainAddress,
  tokenFile: z.string().min(1, "must not be empty."),
});

export type LeaveSettings = Readonly<z.output<typeof leaveSettings>>;

/** The section `bots`. */
const schema = z
  .strictObject({
    joinSeconds: z
      .number()
      .positive("must be more than 0.")
      .max(300, "must be at most 300.")
      .default(20)
      .meta({
        description:
          "How long Usher waits for an invited bot to come, or for one that was asked to leave to go, before it says how things stand; seconds.",
      }),
    catalogue: botCatalogue.default([]).meta({
      description: "The bots that people can add by name. Any other can be added by its Matrix ID.",
    }),
    leave: z
      .record(z.string(), leaveSettings)
      .optional()
      .meta({
        description:
          "For bots of your own, by the id of their entry in `catalogue`: where the bot's homeserver is, and a file with the bot's access token. Usher uses it to have the bot leave a room by itself where it is removed, and for nothing else.",
        examples: [
          { poll: { homeserver: "https://matrix.example.org", tokenFile: "secrets/poll-token" } },
        ],
      }),
    maubot: maubotSettings.optional(),
    hookshot: hookshotSettings.optional(),
  })
  .prefault({})
  .meta({ description: "Bots." });

export const SECTION = configSection("bots", schema);
