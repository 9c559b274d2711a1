import { z } from "zod";
import { entryFields } from "../../../config/catalogue.ts";
import { plainAddress } from "../../../config/plainAddress.ts";

/** A maubot of the operator's own. */
export const maubotSettings = z
  .strictObject({
    url: plainAddress.meta({
      description: "Where its management API is; it may lie in a private network.",
      examples: ["http://127.0.0.1:29316/_matrix/maubot/v1"],
    }),
    user: z
      .string()
      .min(1, "must not be empty.")
      .max(100, "is too long.")
      .meta({
        description: "Who Usher logs in as: one of the `admins` of maubot's configuration.",
        examples: ["admin"],
      }),
    passwordFile: z
      .string()
      .min(1, "must not be empty.")
      .meta({
        description:
          "A file with that one's password, readable by Usher alone. Whoever has it controls all bots of this maubot.",
        examples: ["secrets/maubot"],
      }),
    price: entryFields.price.default("free").meta({
      description: "What those of its bots cost that have no entry in `bots.catalogue`.",
    }),
  })
  .meta({
    description:
      "A maubot that Usher brings bots from: all of its clients can be added, and an entry of the catalogue with the same account says more of one.",
  });

export type MaubotSettings = Readonly<z.output<typeof maubotSettings>>;

/** What runs in a client of maubot. */
export const maubotInstance = z
  .strictObject({
    plugin: z
      .string()
      .regex(/^[\w.-]{1,200}$/, "must be the id of a plugin, such as xyz.maubot.echo.")
      .meta({ description: "The plugin, by its id.", examples: ["xyz.maubot.echo"] }),
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]{0,99}$/, "must be lower-case letters, digits, dashes and dots.")
      .optional()
      .meta({ description: "What the instance is called at maubot; the entry's id if left out." }),
    config: z.string().max(100_000, "is too long.").optional().meta({
      description: "The plugin's configuration, in YAML. Left out: as the plugin comes.",
    }),
  })
  .meta({
    description:
      "For a bot of `bots.maubot`: the instance of a plugin that Usher makes for it there when somebody first adds it. One that is there already is left as it is.",
  });

export type MaubotInstance = Readonly<z.output<typeof maubotInstance>>;
