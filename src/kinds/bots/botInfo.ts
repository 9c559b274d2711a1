import type { Answer } from "../../chat/command.ts";
import type { BotEntry } from "./config.ts";
import type { View } from "../../kernel/errors.ts";
import { aboutBot, namedView } from "./views.ts";

/** What `info` tells of a bot of the catalogue. */
export function botInfo(
  entries: readonly BotEntry[],
  wanted: string,
  managed: (entry: BotEntry) => View | undefined,
): Answer {
  const entry = entries.find(({ id }) => id === wanted);
  if (entry === undefined)
    throw new Error(`The catalogue has a bot "${wanted}" that is not configured`);
  const { id, user, level, firstWords } = entry;
  return {
    template: "bot/info",
    view: {
      ...namedView({ user, entry }),
      id,
      ...aboutBot(user, entry),
      level,
      words: firstWords,
      managed: managed(entry),
    },
  };
}
