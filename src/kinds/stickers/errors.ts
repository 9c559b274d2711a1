import type { ErrorCodes } from "../../kernel/errorCodes.ts";
import { PICTURE_ERRORS } from "./pictures/errors.ts";

/** What can go wrong with sticker packs alone, each with when it happens; the sentences are in `templates/<language>/error`. */
export const STICKER_ERRORS = {
  ...PICTURE_ERRORS,
  "sticker-pack-none": "A sticker was to be added or changed in a room without a pack.",
  "sticker-pack-which": "A room has several packs, and nobody said which one is meant.",
  "sticker-pack-unknown": "No pack of the room has the name or id that was given.",
  "sticker-unknown": "No pack of the room has a picture of that shortcode or number.",
  "sticker-ambiguous": "Several packs of the room have a picture of that shortcode.",
  "sticker-shortcode": "A word was given as a shortcode that apps would not take.",
  "sticker-taken": "A pack has a picture of that shortcode already.",
  "sticker-add-what":
    "A sticker pack was to be added, and neither was one named nor a file answered.",
  "sticker-room":
    "A pack was to come from a room in which whoever asked, or Usher, is not, or from this one.",
  "sticker-room-none": "A pack was to come from a room that has none with stickers.",
  "sticker-room-which": "A pack was to come from a room that has several, and none was named.",
  "sticker-link": "A link that was to lead to a sticker pack leads to none.",
  "sticker-link-which": "A link leads to a list of sticker packs, and none was named.",
  "sticker-telegram-off": "A set of Telegram was to come in, and no bot there is configured.",
  "sticker-telegram-token": "Telegram does not take the token that is configured.",
  "sticker-set-none": "A set of Telegram was to come in that is not there.",
  "sticker-signal-none": "A pack of Signal was to come in that is not there.",
  "sticker-signal-key": "The key in a link to a pack of Signal does not open it.",
  "zip-none": "A file that was to be a sticker pack is no zip, or is damaged.",
  "zip-files": "A zip that was to be a sticker pack has more files than are read.",
  "zip-empty": "A zip that was to be a sticker pack has no file that could be a picture.",
  "sticker-entry-large":
    "A pack was to be written, and what somebody else wrote of one of its pictures fits into no event.",
  "sticker-collect-none": "Pictures were to become stickers, and nobody had said that some follow.",
  "sticker-collect-empty": "Pictures were to become stickers, and none had been sent.",
  "sticker-collect-other":
    "Pictures were to follow for one pack, and some had been sent for another.",
  "sticker-no-reply": "A sticker was to be added, and no picture was answered.",
  "sticker-source-gone": "A pack of the catalogue is not where the configuration says.",
  "sticker-setting": "Something was to be set of a pack that it does not have.",
  "sticker-setting-value": "A name or an attribution of a pack was empty or too long.",
  "sticker-entry": "Something of the catalogue that is no sticker pack was to be added as one.",
  "sticker-not-redeemed":
    "A pack that takes a code was to be added or enabled by somebody who has given none.",
  "sticker-own-unknown": "Somebody was to be rid of a pack that is none of theirs.",
  "sticker-code": "A code was given that was never made, or is used up.",
  "sticker-code-tries": "Somebody has given too many codes that open nothing.",
  "sticker-codes-free": "Codes were to be made for a pack that takes none.",
  "sticker-codes-direct": "Codes were to be made where others would read them.",
} as const satisfies ErrorCodes;

declare module "../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof STICKER_ERRORS, unknown> {}
}
