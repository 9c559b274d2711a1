import { boolean, userId } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EmojiVerifications } from "./emojiVerifications.ts";

/** `admin verify <user> <same>`: an operator has compared the emoji with the person, by another way than this chat, and says how it came out. */
export function adminVerify(emojiVerifications: Pick<EmojiVerifications, "answer">): Command {
  return defineCommand({
    words: "admin verify",
    parameters: { user: required(userId()), same: required(boolean("yes or no")) },
    operatorsOnly: true,
    example: "admin verify @ada:example.org yes",
    changes: false,
    answer: async ({ user, same }) => {
      if (!(await emojiVerifications.answer(user, same)))
        throw new UsherError("verification-none", { user });
      return { template: "admin/verified", view: { user, same } };
    },
  });
}
