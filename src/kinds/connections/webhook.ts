import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { localHost } from "../../net/publicAddress.ts";
import type { Target } from "./target.ts";

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

/** The outgoing webhook that is meant. Throws `webhook-name` and `outbound-address`. */
export function outboundTarget(said: string, url: URL): Target {
  const name = webhookName(said);
  return { entry: "outbound", key: name, name, url: outboundAddress(url) };
}

/** Throws `outbound-address`: hookshot asks whatever it is told to, in its own network too, and all in the room can read the address. */
export function outboundAddress(url: URL): string {
  const plain = url.username === "" && url.password === "" && url.hash === "";
  if (!plain || localHost(url) !== undefined) throw new UsherError("outbound-address");
  return url.href;
}
