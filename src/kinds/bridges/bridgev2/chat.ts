import { UsherError } from "../../../kernel/errors.ts";
import type { Target } from "../connector.ts";

/** One word, as bridgev2 splits a line, that is no option and cannot end the quotation in its answer. */
const CHAT = /^[^\s;`\p{Cc}-][^\s;`\p{Cc}]{0,254}$/u;

/** The chat that was named. Throws `bridge-target-chat` where that is none. */
export function chatTarget(
  { id: bridge, chatExample: example }: { readonly id: string; readonly chatExample: string },
  words: readonly string[],
): Target {
  const [channel = "", ...more] = words;
  if (!CHAT.test(channel) || more.length > 0)
    throw new UsherError("bridge-target-chat", { bridge, example });
  return { channel };
}
