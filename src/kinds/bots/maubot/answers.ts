import { z } from "zod";
import { asUserId, type UserId } from "../../../kernel/ids.ts";

/**
 * What of maubot's answers is read. All else is dropped as it is read: its list of clients holds their access tokens, that of instances
 * their configuration, which may hold other secrets.
 */

/** As it stands in an HTTP header. */
export const LOGGED_IN = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,4096}$/) });

const text = z.string().max(1000);
const MANY = 5000;

export const INSTANCES = z
  .array(
    z.object({
      id: text,
      type: text,
      primary_user: text,
      enabled: z.boolean(),
      started: z.boolean(),
    }),
  )
  .max(MANY);

export const INSTANCE = INSTANCES.element;

export const PLUGINS = z.array(z.object({ id: text, version: text })).max(MANY);

export const CLIENTS = z
  .array(
    z.object({
      id: z.string().refine((id) => asUserId(id) !== undefined) as unknown as z.ZodType<UserId>,
      enabled: z.boolean(),
      started: z.boolean(),
      autojoin: z.boolean(),
      displayname: text.nullish(),
      remote_displayname: text.nullish(),
    }),
  )
  .max(MANY);

/** Of maubot, or of the homeserver behind its proxy. */
export const REFUSED = z.object({ errcode: text.catch(""), error: text.catch("") });
