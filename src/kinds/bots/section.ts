import { ListSection } from "../../integrations/listSection.ts";
import { botCatalogue, type BotEntry } from "./config.ts";

/** The bots that can be added by name. */
export function botSection(configured: readonly BotEntry[]): ListSection<BotEntry> {
  return new ListSection({ kind: "bot", plural: "bots", schema: botCatalogue, configured });
}
