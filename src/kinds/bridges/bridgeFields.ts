import { z } from "zod";
import { entryFields } from "../../config/catalogue.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";

const botAccount = z
  .string()
  .refine(
    (value) => asUserId(value) !== undefined,
    "must be a Matrix ID such as @bridge:example.org.",
  ) as unknown as z.ZodType<UserId>;

/** What every bridge of the catalogue says of itself, whatever sort it is. */
export const bridgeFields = {
  id: entryFields.id.meta({ description: "What people type to add it.", examples: ["irc"] }),
  /** Empty where it is left out: the catalogue then calls it by its id. */
  name: entryFields.name
    .optional()
    .transform((name) => name ?? "")
    .meta({ description: "What it is called; its id unless given.", examples: ["IRC"] }),
  bot: botAccount.meta({
    description: "The account of the bridge's bot.",
    examples: ["@heisenbridge:example.org"],
  }),
  description: entryFields.description.default("Links this room with a place elsewhere").meta({
    description: "What it does, in one line.",
  }),
  price: entryFields.price.default("free").meta({
    description: "What it costs; told before it is added.",
  }),
  host: entryFields.host.default({ by: "operator" }).meta({
    description: "Who runs it, as of a bot. You, unless given. Told before it is added.",
  }),
  enabled: entryFields.enabled.meta({
    description: "`false`: nobody can add it, and nobody is offered it.",
  }),
  erasedByHand: entryFields.erasedByHand.meta({
    description:
      "`true`: what the bridge keeps about people can only be erased by you, by hand. An erasure then is a case for you, and is not done before you say so.",
  }),
};
