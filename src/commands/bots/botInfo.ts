import type { Answer } from "../../chat/command.ts";
import type { BotEntry } from "../../config/bots.ts";
import { aboutBot } from "./views.ts";

/** What `info` tells of a bot of the catalogue. */
export function botInfo(entries: readonly BotEntry[], wanted: string): Answer {
  const entry = entries.find(({ id }) => id === wanted);
  if (entry === undefined) throw new Error(`The catalogue has a bot "${wanted}" that is not configured`);
  const { id, name, user, level, firstWords } = entry;
  return { template: "bot-info", view: { id, name, user, ...aboutBot(user, entry), level, words: firstWords } };
}
