import type { ErrorCodes } from "../../kernel/errorCodes.ts";

/** What can go wrong with hookshot's connections alone, each with when it happens; the sentences are in `templates/<language>/error`. */
export const CONNECTION_ERRORS = {
  "hookshot-none": "No hookshot is configured, so nothing of it can be added.",
  "hookshot-disabled": "The operator has switched this sort of connection off in the catalogue.",
  "hookshot-off": "Hookshot itself has this sort of connection switched off.",
  "hookshot-silent": "Hookshot, or its bot, does not answer.",
  "hookshot-unclear": "Hookshot answered something else than what it was asked.",
  "hookshot-refused": "Hookshot refused what it was asked, with reasons of its own.",
  "hookshot-login": "Hookshot does not believe that Usher is who it is, or cannot ask.",
  "hookshot-forbidden": "Hookshot's configuration does not let Usher manage connections.",
  "hookshot-asker-power": "Somebody, or Usher, has less power than hookshot asks for.",
  "hookshot-bot-power": "Hookshot's bot lacks power in the room that it had just been given.",
  "hookshot-bot-gone": "Hookshot's bot does not come into a room, or has left it at once.",
  "hookshot-bot-banned": "Hookshot's bot is banned from the room.",
  "hookshot-bot-stayed": "Hookshot's bot is still in the room after it was kicked.",
  "hookshot-encrypted": "The room is encrypted, and hookshot's encryption is not switched on.",
  "hookshot-stays": "Hookshot still has a connection after it was removed.",
  "feed-address": "What was given for a feed is no public address of a website.",
  "webhook-name": "What was given for the name of a webhook is none that hookshot takes.",
  "outbound-address": "What was given for an outgoing webhook is no public address.",
  "github-unclear": "What was given is no repository of GitHub.",
  "gitlab-unclear": "What was given is no address of a project of GitLab.",
  "jira-unclear": "What was given is no address of a project of Jira.",
  "connection-by-hand": "Only whoever is logged in there can have hookshot connect it again.",
  "hookshot-told-all": "Hookshot has shown the secret of what it made to everybody in the room.",
  "hookshot-untold":
    "The secret of what hookshot made did not reach Usher, or has nobody to go to.",
  "connection-asker-gone": "Whoever a secret was made for has left the room meanwhile.",
  "hookshot-knows-not":
    "Hookshot, asked by its API, has no secret for what is in the room's state.",
  "hookshot-tells-once": "Hookshot cannot be asked for the secret once more.",
  "connection-fixed": "Nothing of this sort of connection can be changed through Usher.",
  "connection-setting-unknown": "A setting was given that this sort of connection does not have.",
  "connection-setting-invalid": "A setting of a connection has a value that it cannot take.",
  "connection-set-api": "Only hookshot's API could change it, and that is not configured.",
  "connection-gone": "Nothing of hookshot's in the room has the id that was given.",
} as const satisfies ErrorCodes;

declare module "../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof CONNECTION_ERRORS, unknown> {}
}
