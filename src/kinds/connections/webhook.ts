import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Target } from "./connections.ts";

/** Hookshot takes names of this length; UTF-16 units. */
const SHORTEST = 3;
export const LONGEST_NAME = 64;

/** Behind its command these mean something else, and the last is where it puts what nobody is to have. */
const TAKEN: ReadonlySet<string> = new Set(["list", "remove", "undefined"]);

/** The name by which hookshot has it. Throws `webhook-name`. */
function webhookName(said: string): string {
  // What could end the name where hookshot is told it in a command.
  const name = said.replaceAll(/["\\]/g, "'");
  if (name.length < SHORTEST || name.length > LONGEST_NAME || TAKEN.has(name.toLowerCase()))
    throw new UsherError("webhook-name");
  return name;
}

/** The webhook that is meant; with `days` it works for so long, from `now` (ms since the epoch) on. Throws `webhook-name`. */
export function webhookTarget(said: string, days: number | undefined, now: number): Target {
  const name = webhookName(said);
  return {
    ...{ entry: "webhook", key: name, name },
    ...(days === undefined ? {} : { until: now + days * DAY_MS }),
  };
}
