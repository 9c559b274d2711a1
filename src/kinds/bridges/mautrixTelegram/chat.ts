import { UsherError } from "../../../kernel/errors.ts";
import type { Target } from "../connector.ts";

/** What `/id` of the bridge's bot on Telegram says: below zero, and `-100` before it where the chat is a channel or supergroup. */
const CHAT = /^-(?:100[1-9]|(?!100)[1-9])\d{0,17}$/;

export const EXAMPLE = "-1001234567890";

/** The chat that was named. Throws `bridge-target-chat` where that is none: the bridge links no chat of two. */
export function telegramTarget(bridge: string, words: readonly string[]): Target {
  const [channel = "", ...more] = words;
  if (!CHAT.test(channel) || more.length > 0)
    throw new UsherError("bridge-target-chat", { bridge, example: EXAMPLE });
  return { channel };
}
