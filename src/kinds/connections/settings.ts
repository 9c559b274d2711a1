import { z } from "zod";
import { entryFields } from "../../config/catalogue.ts";
import { plainAddress } from "../../config/plainAddress.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";

/** A hookshot of the operator's own. It stands in the section `bots`, beside maubot: for operators it is one more bot with a manager. */
export const hookshotSettings = z
  .strictObject({
    bot: (
      z
        .string()
        .refine(
          (value) => asUserId(value) !== undefined,
          "must be a Matrix ID such as @hookshot:example.org.",
        ) as unknown as z.ZodType<UserId>
    ).meta({ description: "Its bot's account.", examples: ["@hookshot:example.org"] }),
    api: plainAddress.optional().meta({
      description:
        "Where its widget API is, without `/widgetapi/v1`; it may lie in a private network. Left out: all is added by commands to its bot in the room.",
      examples: ["http://127.0.0.1:9002"],
    }),
    encrypts: z.boolean().default(false).meta({
      description:
        "`true`: encryption is switched on in its configuration. Else Usher adds nothing in encrypted rooms, for what it writes there is unencrypted.",
    }),
    price: entryFields.price.default("free").meta({
      description: "What its use costs; told before anything is added.",
    }),
    host: entryFields.host.default({ by: "operator" }).meta({
      description:
        "Who runs it, as of an entry of `bots.catalogue`; told before anything is added.",
    }),
  })
  .meta({
    description:
      "A matrix-hookshot that brings feeds, webhooks and what happens in projects into rooms. Usher's own account needs `manageConnections` in its `permissions`.",
  });

export type HookshotSettings = Readonly<z.output<typeof hookshotSettings>>;
