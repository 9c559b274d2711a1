import { UsherError } from "../../../kernel/errors.ts";
import type { Target } from "../connector.ts";
import { channelOf, isSameChannel, refuseSeveral } from "../ircChannel.ts";

/** What `libera #chan`, or `#chan` where there is one network, means. Throws `bridge-target-irc` and `bridge-target-several`. */
export function ircTarget(
  bridge: string,
  words: readonly string[],
  networks: readonly string[],
): Target {
  refuseSeveral(bridge, words);
  const [first = "", second] = words;
  const [only] = networks.length === 1 ? networks : [];
  const [network, channel] = second === undefined ? [only, first] : [first.toLowerCase(), second];
  const isKnown = network !== undefined && networks.includes(network);
  // Its parser takes quotes and backslashes away, which would be another channel.
  const known = /['"\\]/.test(channel) ? undefined : channelOf(channel);
  if (!isKnown || words.length > 2 || known === undefined) throw targetError(bridge, networks);
  return { network, channel: known };
}

/** `bridge-target-irc`: what is expected. */
export function targetError(bridge: string, networks: readonly string[]): UsherError {
  const [network = ""] = networks;
  const several = networks.length > 1;
  return new UsherError("bridge-target-irc", { bridge, network, networks: [...networks], several });
}

export function ircName({ network = "", channel }: Target): string {
  return `${channel} on ${network}`;
}

/** "host:port" or "host:port+tls" */
export function serverOf(server: string): {
  readonly host: string;
  readonly port: string;
  readonly tls: boolean;
} {
  const [address = "", tls] = server.split("+");
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: address.slice(colon + 1), tls: tls === "tls" };
}

/** Whether the channel is in a list such as "#one, #two". */
export function isPlumbed(plumbs: string, channel: string): boolean {
  return plumbs.split(/,\s*/).some((one) => isSameChannel(one.trim(), channel));
}
