import type { ErrorCodes } from "../../kernel/errorCodes.ts";

/** What can go wrong with bots alone, each with when it happens; the sentences are in `templates/<language>/error`. */
export const BOT_ERRORS = {
  "bot-unknown": "No bot of the catalogue has the name that was given, and it is no Matrix ID.",
  "bot-disabled": "The operator has switched this bot off in the catalogue.",
  "bot-absent":
    "No bot that Usher brought into the room, or that is in the catalogue, has the id that was given.",
  "bot-invite-refused": "The homeserver does not let Usher invite the bot.",
  "bot-self": "Usher was to bring in itself.",
  "bot-banned": "The bot is banned from the room, so it cannot be invited.",
  "bot-creator":
    "Who created the room cannot be removed or given another power in it (room version 12).",
  "bot-stayed": "The bot is still in the room after it was asked to leave and kicked.",
  "bot-setting-unknown": "A setting was given that a bot does not have.",
  "bot-token":
    "A bot cannot leave with its access token: its homeserver does not answer or refuses it, or the token is another account's.",
  "maubot-unreachable": "The maubot that the bot runs at does not answer.",
  "maubot-password": "That maubot does not take the name and password that Usher logs in with.",
  "maubot-unexpected": "That maubot answered something else than what it was asked.",
  "maubot-too-large": "That maubot answered with more than Usher reads.",
  "maubot-bot-refused":
    "That maubot was asked to have a bot join or leave a room, and the bot's homeserver refused.",
  "maubot-instance": "That maubot does not make the instance that the catalogue names for the bot.",
  "maubot-instance-taken":
    "That maubot has an instance of this name already, for another bot or of another plugin.",
  "maubot-name":
    "A Matrix ID or a room's id has characters in it with which Usher does not ask a maubot.",
  "bot-level-invalid": "The power given for a bot is no whole number from 0 to 100.",
} as const satisfies ErrorCodes;

declare module "../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof BOT_ERRORS, unknown> {}
}
