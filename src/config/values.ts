import { z } from "zod";
import { asUserId } from "../kernel/ids.ts";

/** Sorts of values that several sections of the configuration have. A message completes the sentence "<setting> …". */

export const text = (message: string, test: (value: string) => boolean): z.ZodString =>
  z.string().refine(test, { error: message, abort: true });

export const address = text(
  "must be an address that begins with https:// or http://, without a user name in it.",
  (value) =>
    URL.canParse(value) &&
    /^https?:$/.test(new URL(value).protocol) &&
    new URL(value).username === "",
);
/** Where something lies on this machine. */
export const path = text(
  "must be the path of a file or folder.",
  (value) => value.trim() !== "" && !value.includes("\0"),
);

/** What people are told, in a few words. */
export const fact = z.string().max(500, "must be at most 500 characters long.");

/** A day as `2026-11-29`, one that there is. */
export const date = text(
  "must be a day such as 2026-11-29.",
  (value) =>
    /^\d{4}-\d{2}-\d{2}$/.test(value) &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString().startsWith(value),
);

export const person = text(
  "must be a Matrix ID such as @name:example.org.",
  (value) => asUserId(value) !== undefined,
);
