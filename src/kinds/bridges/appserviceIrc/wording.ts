import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const APPSERVICE_IRC_ASKS = [
  ...(["networks", "operators", "link", "unlink", "links"] as const),
] as const;

export type AppserviceIrcAsk = (typeof APPSERVICE_IRC_ASKS)[number];

/** Whatever it is asked. A wrong secret has a spelling of its own; the other one is any of its faults. */
const ALWAYS: readonly Phrase[] = [
  ...refused("secret", "M_AS_BAD_TOKEN: {*}", "M_AS_UNKNOWN: An internal error occured"),
  ...refused("bridge-log", "M_AS_UNKNOWN: {*}"),
  ...refused("provisioning-off", "M_AS_DISABLED_FEATURE: {*}"),
  ...refused("too-often", "M_AS_LIMIT_EXCEEDED: {*}"),
  ...refused(undefined, "M_AS_BAD_VALUE: {*}", "M_AS_UNSUPPORTED_OPERATION: {*}"),
  ...refused("network-unknown", "IRC_UNKNOWN_NETWORK: {*}"),
  ...refused("channel-excluded", "IRC_UNKNOWN_CHANNEL: {*}"),
  ...refused("asker-power", "IRC_NOT_ENOUGH_POWER: {*}"),
];

/**
 * What matrix-appservice-irc is asked by HTTP and answers: `say` is the method and the path behind `/_matrix/provision/`, a line is "errcode: error".
 */
export const APPSERVICE_IRC: Wording<AppserviceIrcAsk> = {
  versions: "1.0",
  asks: {
    networks: { say: "GET querynetworks", seconds: 10, answers: ALWAYS },
    // Its bot comes into the channel and leaves it again.
    operators: { say: "POST querylink", seconds: 30, answers: ALWAYS },
    link: {
      say: "POST link",
      seconds: 30,
      answers: [
        ...refused(
          "operator-absent",
          "IRC_BAD_OPERATOR_TARGET: Provided user is not in channel {*}",
        ),
        ...refused("operator-none", "IRC_BAD_OPERATOR_TARGET: {*}"),
        ...refused("operator-busy", "IRC_EXISTING_REQUEST: Bridging request already sent to {*}"),
        ...refused("request-open", "IRC_EXISTING_REQUEST: {*}"),
        ...refused("room-linked", "IRC_EXISTING_MAPPING: {*}"),
        ...refused("double-bridge", "IRC_DOUBLE_BRIDGE: {*}"),
        ...refused("bridge-full", "IRC_BRIDGE_AT_LIMIT: {*}"),
        ...ALWAYS,
      ],
    },
    unlink: {
      say: "POST unlink",
      seconds: 30,
      answers: [
        { line: "IRC_UNKNOWN_ROOM: Provisioned room mapping does not exist", means: "done" },
        ...ALWAYS,
      ],
    },
    links: { say: "GET listlinks/{room}", seconds: 10, answers: ALWAYS },
  },
};
