import { z } from "zod";

/** As it stands in the path of a request. */
const id = z.string().regex(/^[^\s;\p{Cc}-][^\s;\p{Cc}]{0,254}$/u);
const line = z
  .string()
  .catch("")
  .transform((text) => text.slice(0, 1000));

/** A list of nothing is null there. */
const manyOf = <T extends z.ZodType>(one: T) =>
  z
    .array(one)
    .max(200)
    .nullish()
    .transform((all) => all ?? []);

/** What of its answers is read. */
export const STANDING = z.object({
  login_flows: manyOf(z.object({ id, name: line, description: line })),
  logins: manyOf(
    z.object({
      id,
      name: line,
      state: z.object({ state_event: line }).catch({ state_event: "" }),
    }),
  ),
});

const field = z.object({
  id: z.string().min(1).max(255),
  name: line,
  description: line,
  options: manyOf(z.string().max(255)),
});

/** One step of a log-in. Types come that nobody knew. */
export const STEP = z.object({
  login_id: id,
  step_id: id,
  type: z.string().max(255),
  txn_id: id.optional().catch(undefined),
  instructions: line,
  user_input: z.object({ fields: z.array(field).min(1).max(20) }).optional(),
  display_and_wait: z
    .object({ type: z.string().max(255), data: z.string().max(4096).catch("") })
    .optional(),
  complete: z.object({ user_login_id: line }).optional(),
});

export const DONE = z.unknown();
