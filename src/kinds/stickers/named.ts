import { nameOrId } from "../../chat/nameOrId.ts";
import { optional } from "../../chat/command.ts";
import type { ArgumentKind } from "../../chat/arguments.ts";

/** `pack=…`: what others have called theirs is taken as it is, also nothing (`""`), which is the first pack of a room in many apps. */
export const packSaid = optional(nameOrId());

/** A picture by its shortcode or number. Others may have written anything as a shortcode (MSC2545 has servers keep it), so that everything is taken. */
export const stickerSaid: ArgumentKind<string> = {
  label: "shortcode",
  read: ({ text }) => ({ value: text }),
};

/** UTF-16 units, as many as a shortcode has by the rule. */
const MOST = 100;

/** A shortcode as people are told it: one that is longer than any should be is cut, and goes by its number. */
export function toldCode(code: string): string {
  return code.length <= MOST ? code : `${code.slice(0, MOST - 1).toWellFormed()}…`;
}
