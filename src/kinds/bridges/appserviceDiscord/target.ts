import { UsherError } from "../../../kernel/errors.ts";
import type { Target } from "../connector.ts";

export const EXAMPLE = "1234567890123456789 2345678901234567890";

/** Ids as Discord makes them. */
const ID = /^[1-9]\d{4,19}$/;
const ADDRESS = /^https:\/\/(?:[a-z]+\.)?discord\.com\/channels\//;

/** What a server and a channel mean, by their ids or as the address of the channel. Throws `bridge-target-discord`. */
export function discordTarget(bridge: string, words: readonly string[]): Target {
  const [network = "", channel = "", ...more] = words.flatMap((word) =>
    word.replace(ADDRESS, "").split("/"),
  );
  if (ID.test(network) && ID.test(channel) && more.length === 0) return { network, channel };
  throw new UsherError("bridge-target-discord", { bridge, example: EXAMPLE });
}
