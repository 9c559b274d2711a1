import { z } from "zod";
import { configSection } from "../../config/configSection.ts";
import { entryFields, httpsAddress, line } from "../../config/catalogue.ts";
import { asRoomId, type RoomId } from "../../kernel/ids.ts";

const room = z
  .string()
  .refine(
    (value) => asRoomId(value) !== undefined,
    "must be a room id such as !abc:example.org.",
  ) as unknown as z.ZodType<RoomId>;

/** A pack that people can add by its id: it stands in a room of the operator's, in which Usher is. */
const packEntry = z.strictObject({
  id: entryFields.id.meta({ description: "What people type to add it.", examples: ["cats"] }),
  name: entryFields.name.meta({ description: "What it is called.", examples: ["Cats"] }),
  description: entryFields.description.meta({
    description: "What is in it, in one line.",
    examples: ["Forty cats, most of them awake"],
  }),
  price: entryFields.price.meta({
    description: "What it costs; told before it is added.",
    examples: ["free"],
  }),
  host: entryFields.host.meta({
    description:
      'Whose pictures these are: `{ "by": "operator" }` or `{ "by": "third-party", "who": "…", "policy": "https://…" }`. Told before it is added.',
    examples: [{ by: "operator" }],
  }),
  enabled: entryFields.enabled.meta({
    description: "`false`: nobody can add it, and nobody is offered it.",
  }),
  erasedByHand: entryFields.erasedByHand.meta({
    description:
      "`true`: whoever made the pack keeps something about those who add it, and only you can erase that, by hand.",
  }),
  room: room.meta({
    description: "The room in which the pack stands. Usher must be in it.",
    examples: ["!packs:example.org"],
  }),
  redeem: z.boolean().default(false).meta({
    description:
      "`true`: only whoever has redeemed a code has it. `admin codes new <id> <count>` makes codes. Usher takes no money.",
  }),
  howToPay: line(200)
    .optional()
    .meta({
      description: "With `redeem`: how people come by a code, in one sentence of yours.",
      examples: ["Five euros at the front desk, or by our shop."],
    }),
  payAt: httpsAddress.optional().meta({
    description: "With `redeem`: the page on which they do.",
    examples: ["https://shop.example.org/cats"],
  }),
  pack: z
    .string()
    .max(255, "must be at most 255 characters long.")
    .default("")
    .meta({
      description: "The state key of the pack there.",
      examples: ["cats"],
    }),
});

export type PackEntry = Readonly<z.output<typeof packEntry>>;

export const packCatalogue = z.array(packEntry).superRefine((entries, context) => {
  for (const [index, { id, redeem, howToPay }] of entries.entries()) {
    if (redeem && howToPay === undefined)
      context.addIssue({
        code: "custom",
        path: [index, "howToPay"],
        message: "must say how people come by a code, since `redeem` is set.",
      });
    const first = entries.findIndex((other) => other.id === id);
    if (first < index)
      context.addIssue({
        code: "custom",
        path: [index, "id"],
        message: `must be another than that of stickers.catalogue[${String(first)}].`,
      });
  }
});

const address = z
  .url({ protocol: /^https?$/, error: "must be an address that begins with https://." })
  .max(500);

/** The section `stickers`. */
const schema = z
  .strictObject({
    catalogue: packCatalogue.default([]).meta({
      description: "The sticker packs that people can add by name, each from a room of yours.",
    }),
    telegram: z
      .strictObject({
        tokenFile: z
          .string()
          .min(1, "must not be empty.")
          .meta({
            description:
              "The file that holds the token of a bot of yours on Telegram (@BotFather makes one).",
            examples: ["./secrets/telegram-token"],
          }),
        api: address.default("https://api.telegram.org").meta({
          description: "Where the Bot API answers, where you run a server for it yourself.",
        }),
      })
      .optional()
      .meta({
        description:
          "Lets people bring sticker sets of Telegram by their link. Telegram is asked for a set and its pictures by your bot, never in the name of whoever wants it. Nothing is asked without it.",
        examples: [{ tokenFile: "./secrets/telegram-token" }],
      }),
    signal: z
      .strictObject({
        cdn: address.default("https://cdn-ca.signal.org").meta({
          description: "Where Signal's sticker packs lie.",
        }),
      })
      .prefault({})
      .meta({
        description: "Sticker packs of Signal, which everybody can fetch who has their link.",
      }),
  })
  .prefault({})
  .meta({ description: "Sticker packs." });

export const SECTION = configSection("stickers", schema);
