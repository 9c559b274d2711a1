import { z } from "zod";
import { Secret } from "../../../config/secret.ts";

/** What hookshot's widget API answers, as far as it is read. Source: matrix-hookshot 7.4, `BridgeWidgetApi`. */

export const LOGGED_IN = z.object({ token: z.string().min(1).max(4096), userId: z.string() });

export const SECTIONS = z.record(z.string(), z.boolean());

const text = z.string().catch("");

/** What opens a door: from here on it shows itself to nobody who does not ask. */
const secret = z
  .string()
  .min(1)
  .max(2048)
  .transform((value) => new Secret(value))
  .optional()
  .catch(undefined);

const NO_SECRETS = { lastResults: [], url: undefined, token: undefined };

/** One thing that a room is connected with. What it says of itself is checked by its sort. */
export const CONNECTION = z.object({
  id: z.string().regex(/^[\w-]{1,128}$/),
  eventType: z.string(),
  config: z.record(z.string(), z.unknown()).catch({}),
  secrets: z
    .object({
      lastResults: z.array(z.looseObject({ ok: z.boolean(), error: text })).catch([]),
      url: secret,
      token: secret,
    })
    .catch(NO_SECRETS),
});

export type Connection = z.output<typeof CONNECTION>;

export const CONNECTIONS = z.array(CONNECTION).max(1000);

export const DONE = z.looseObject({});

/** A refusal. */
export const REFUSED = z.object({ errcode: text, error: text });
