import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

export const APPSERVICE_SLACK_ASKS = ["bot", "linked", "link", "unlink"] as const;

export type AppserviceSlackAsk = (typeof APPSERVICE_SLACK_ASKS)[number];

/** Whatever it is asked. */
const ALWAYS: readonly Phrase[] = [
  ...refused("secret", "M_AS_BAD_TOKEN: {*}"),
  ...refused("provisioning-off", "M_AS_DISABLED_FEATURE: {*}"),
  ...refused("too-often", "M_AS_LIMIT_EXCEEDED: {*}"),
  ...refused("asker-power", "SLACK_NOT_ENOUGH_POWER: {*}"),
  ...refused("bridge-log", "M_AS_UNKNOWN: {*}"),
  ...refused(undefined, "M_AS_BAD_VALUE: {*}", "M_AS_UNSUPPORTED_OPERATION: {*}"),
];

const NO_LINK: Phrase = { line: "SLACK_UNKNOWN_LINK: {*}", means: "done" };

/** What matrix-appservice-slack is asked by HTTP and answers: `say` is the method and the path behind `/_matrix/provision/`, a line is "errcode: error". */
export const APPSERVICE_SLACK: Wording<AppserviceSlackAsk> = {
  versions: "2.1",
  asks: {
    bot: { say: "POST getbotid", seconds: 10, answers: ALWAYS },
    linked: { say: "POST getlink", seconds: 15, answers: [NO_LINK, ...ALWAYS] },
    link: {
      say: "POST link",
      seconds: 60,
      answers: [
        ...refused("own-login", "SLACK_UNKNOWN_ACCOUNT: {*}", "SLACK_UNKNOWN_TEAM: {*}"),
        ...refused("chat-unknown", "SLACK_UNKNOWN_CHANNEL: {*}"),
        ...refused("room-private", "SLACK_ROOM_NOT_PUBLIC: {*}"),
        ...refused("bridge-full", "SLACK_BRIDGE_AT_LIMIT: {*}"),
        ...ALWAYS,
      ],
    },
    unlink: { say: "POST unlink", seconds: 60, answers: [NO_LINK, ...ALWAYS] },
  },
};
