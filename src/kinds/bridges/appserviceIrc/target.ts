import { UsherError } from "../../../kernel/errors.ts";
import type { Target } from "../connector.ts";
import { channelOf, isMarked, refuseSeveral } from "../ircChannel.ts";

/** A network as the bridge names it, or by its server. */
const NETWORK = /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}$/;
/** RFC 2812, 2.3.1, and what ordinary servers take of it. */
const NICK = /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]{0,29}$/;

/** What `#chan`, `network #chan` and, with an operator of the channel who is to be asked, `network #chan nick` mean. Throws `bridge-target-channel` and `bridge-target-several`. */
export function channelTarget(bridge: string, words: readonly string[]): Target {
  refuseSeveral(bridge, words);
  const [first = "", second = ""] = words;
  const hasNetwork = words.length === 3 || (words.length === 2 && !isMarked(first));
  const [network, name = "", consentBy] = hasNetwork ? words : [undefined, ...words];
  const channel = channelOf(name);
  const isWrong =
    channel === undefined ||
    words.length > 3 ||
    // A channel needs its mark where it could be anything else.
    (words.length === 3 && !isMarked(second)) ||
    (network !== undefined && !NETWORK.test(network)) ||
    (consentBy !== undefined && !NICK.test(consentBy));
  if (isWrong) throw new UsherError("bridge-target-channel", { bridge });
  return {
    channel,
    ...(network === undefined ? {} : { network: network.toLowerCase() }),
    ...(consentBy === undefined ? {} : { consentBy }),
  };
}
