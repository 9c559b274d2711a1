import { z } from "zod";
import { Secret } from "../../../config/secret.ts";

/** What hookshot's widget API answers, as far as it is read. Source: matrix-hookshot 7.4, `BridgeWidgetApi`. */

export const LOGGED_IN = z.object({ token: z.string().min(1).max(4096), userId: z.string() });

export const SECTIONS = z.record(z.string(), z.boolean());

const text = z.string().catch("");

/** What opens a door: from here on it shows itself to nobody who does not ask. It is told as part of a command to try it with, so it is of nothing but what addresses and tokens are made of. */
const secret = (form: RegExp) =>
  z
    .string()
    .regex(form)
    .transform((value) => new Secret(value))
    .optional()
    .catch(undefined);

/** The address of a webhook, and the token of an outgoing one. */
const HOOK_ADDRESS = /^https?:\/\/[\w.:/~%[\]-]{1,2000}$/;
const TOKEN = /^[\w-]{1,200}$/;

const NO_SECRETS = { lastResults: [], url: undefined, token: undefined };

/** One thing that a room is connected with. What it says of itself is checked by its sort. */
export const CONNECTION = z.object({
  id: z.string().regex(/^[\w-]{1,128}$/),
  eventType: z.string(),
  config: z.record(z.string(), z.unknown()).catch({}),
  secrets: z
    .object({
      lastResults: z.array(z.looseObject({ ok: z.boolean(), error: text })).catch([]),
      url: secret(HOOK_ADDRESS),
      token: secret(TOKEN),
    })
    .catch(NO_SECRETS),
});

export type Connection = z.output<typeof CONNECTION>;

export const CONNECTIONS = z.array(CONNECTION).max(1000);

export const DONE = z.looseObject({});

/** A refusal. */
export const REFUSED = z.object({ errcode: text, error: text });
