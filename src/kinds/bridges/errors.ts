import type { ErrorCodes } from "../../kernel/errorCodes.ts";

/** What can go wrong with bridges alone, each with when it happens; the sentences are in `templates/<language>/error`. */
export const BRIDGE_ERRORS = {
  "bridge-unknown": "No bridge of the catalogue has the name that was given.",
  "bridge-uncatalogued": "The bridge of a link has been taken out of the catalogue.",
  "bridge-missing": "A room was to be linked, and no bridge of the catalogue was named.",
  "bridge-target-several": "A room was to be linked with several channels at once.",
  "bridge-target-unseen":
    "What a room is to be linked with holds characters that cannot be seen, or turn the direction of writing.",
  "bridge-fixed": "A link of a room was to be changed, and links have no settings.",
  "bridge-disabled": "The operator has switched this bridge off in the catalogue.",
  "bridge-absent": "The bot of a bridge does not come into a room with Usher.",
  "bridge-target-irc": "What a room is to be linked with on IRC is no channel of a known network.",
  "bridge-target-chat": "What a room is to be linked with is no id of a chat, in one word.",
  "bridge-target-slack": "What a room is to be linked with on Slack is no workspace and channel.",
  "bridge-target-discord":
    "What a room is to be linked with on Discord is no server and channel, each by its id.",
  "bridge-target-channel": "What a room is to be linked with on IRC is no channel.",
  "bridge-network": "A bridge knows several IRC networks, or not the one that was named.",
  "bridge-operator":
    "Nobody is named, or there, who as an operator of a channel on IRC could allow that a room is linked with it.",
  "bridge-no-consent":
    "No operator of a channel on IRC has allowed in time that a room is linked with it.",
  "bridge-consent-lost":
    "A bridge never said whether somebody on the far side allows that a room is linked.",
  "bridge-asker-power":
    "A room's power levels name neither Usher nor whoever asks with the level that a bridge wants to see.",
  "bridge-bot-power": "The bot of a bridge lacks power in the room that it had just been given.",
  "bridge-no-login": "Somebody wanted to log in, or out, at a bridge that knows no log-ins.",
  "bridge-login-room": "Somebody wanted to log in, or out, at a bridge in a room with others.",
  "bridge-login-stays": "A bridge still lists a log-in after it was to log somebody out.",
  "bridge-login-gone": "Somebody has no log-in at a bridge of the id that was given.",
  "bridge-one-each":
    "A bridge that keeps one link for each room was to link a room for a second time, or its bot is in the room already for something else.",
  "bridge-would-kick":
    "The bot of a bridge has the power to kick in the room, and would use it on everybody who has not logged in at the bridge.",
  "bridge-encrypted": "A room that is encrypted was to be linked by a bridge that cannot read it.",
  "bridge-company": "A bridge was to come into a room in which nobody but Usher is.",
  "bridge-refused": "The bot of a bridge refused what it was asked.",
  "bridge-unclear": "The bot of a bridge answered what Usher does not understand.",
  "bridge-silent": "The bot of a bridge did not answer.",
  "bridge-stayed": "The bot of a bridge is still in the room after it was kicked.",
  "bridge-outside":
    "A link of a room that Usher is not in was to be taken away at a bridge that heeds nobody outside its rooms.",
  "bridge-kick-power": "Usher lacks the power to take the bot of a bridge out of a room.",
  "bridge-still-linked":
    "A bridge did not take a link away that goes by itself where its bot is put out of the room.",
  "bridge-bot-banned": "The bot of a bridge is banned from the room.",
  "bridge-nowhere": "No link has the id that an operator gave, in the room that they gave.",
  "bridge-gone": "No bridge that Usher set up in the room has the id that was given.",
} as const satisfies ErrorCodes;

declare module "../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof BRIDGE_ERRORS, unknown> {}
}
