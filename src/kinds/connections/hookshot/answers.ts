import { z } from "zod";

/** What hookshot's widget API answers, as far as it is read. Source: matrix-hookshot 7.4, `BridgeWidgetApi`. */

export const LOGGED_IN = z.object({ token: z.string().min(1).max(4096), userId: z.string() });

export const SECTIONS = z.record(z.string(), z.boolean());

const text = z.string().catch("");

/** One thing that a room is connected with. What it says of itself is checked by its sort. */
export const CONNECTION = z.object({
  id: z.string().regex(/^[\w-]{1,128}$/),
  eventType: z.string(),
  config: z.looseObject({ url: text, name: text }).catch({ url: "", name: "" }),
  secrets: z
    .looseObject({
      lastResults: z.array(z.looseObject({ ok: z.boolean(), error: text })).catch([]),
    })
    .catch({ lastResults: [] }),
});

export type Connection = z.output<typeof CONNECTION>;

export const CONNECTIONS = z.array(CONNECTION).max(1000);

export const DONE = z.looseObject({});

/** A refusal. */
export const REFUSED = z.object({ errcode: text, error: text });
