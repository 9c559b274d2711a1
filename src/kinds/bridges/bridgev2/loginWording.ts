import { refused } from "../dialogue/refused.ts";
import type { Phrase, Wording } from "../dialogue/wording.ts";

const LOGIN_ASKS = ["standing", "start", "next", "wait", "cancel", "logout"] as const;

type LoginAsk = (typeof LOGIN_ASKS)[number];

const ALWAYS: readonly Phrase[] = [
  ...refused("secret", "M_MISSING_TOKEN: {*}", "M_UNKNOWN_TOKEN: {*}"),
  ...refused("provisioning-off", "M_FORBIDDEN: Provisioning API is disabled"),
  ...refused("login-forbidden", "M_FORBIDDEN: {*}"),
  ...refused("too-many-logins", "FI.MAU.BRIDGE.TOO_MANY_LOGINS: {*}"),
  ...refused(
    "login-over",
    "FI.MAU.BRIDGE.LOGIN_CANCELLED: {*}",
    "FI.MAU.BRIDGE.LOGIN_TIMED_OUT: {*}",
    "FI.MAU.BRIDGE.LOGIN_ALREADY_FINISHED: {*}",
    "M_BAD_STATE: {*}",
  ),
  // The reason is in words of the network: a wrong password, or a number that it does not know.
  ...refused("login-again", "M_UNKNOWN: {*}"),
];

/** What bridges built with bridgev2 are asked by HTTP about log-ins: `say` is the method and the path behind `/_matrix/provision/`, a line is "errcode: error". */
export const BRIDGEV2_LOGINS: Wording<LoginAsk> = {
  versions: "mautrix-go 0.27 to 0.30",
  asks: {
    standing: { say: "GET v3/whoami", seconds: 15, answers: ALWAYS },
    start: { say: "POST v3/login/start/{flow}", seconds: 60, answers: ALWAYS },
    next: {
      say: "POST v3/login/step/{process}/{step}/{type}",
      seconds: 120,
      answers: [...refused("login-over", "M_NOT_FOUND: {*}"), ...ALWAYS],
    },
    // It answers when the far side has seen what is shown, or when that is to be shown anew.
    wait: {
      say: "POST v3/login/step/{process}/{step}/{type}",
      seconds: 600,
      answers: [...refused("login-over", "M_NOT_FOUND: {*}"), ...ALWAYS],
    },
    cancel: {
      say: "POST v3/login/cancel/{process}",
      seconds: 15,
      answers: [{ line: "M_NOT_FOUND: {*}", means: "done" }, ...ALWAYS],
    },
    logout: {
      say: "POST v3/logout/{login}",
      seconds: 60,
      answers: [{ line: "M_NOT_FOUND: {*}", means: "done" }, ...ALWAYS],
    },
  },
};
