import { z } from "zod";

const text = z.string().catch("");

/** A refusal, as all of them send it. bridgev2 says the reason in a field of its own. */
export const REFUSED = z.object({
  errcode: text,
  error: text,
  "fi.mau.internal_error": text,
});
