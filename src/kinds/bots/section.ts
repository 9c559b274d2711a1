import { ListSection } from "../../integrations/listSection.ts";
import { botCatalogue, type BotEntry } from "./config.ts";

/** The bots that can be added by name. */
export function botSection(
  configured: readonly BotEntry[],
  /** What was found elsewhere, at this moment: the catalogue's own entry of an account comes first. */
  found: () => readonly BotEntry[] = () => [],
): ListSection<BotEntry> {
  return new ListSection({
    ...{ kind: "bot", plural: "bots", schema: botCatalogue, configured },
    beside: (listed) =>
      found().filter(({ id, user }) => !listed.some((one) => one.user === user || one.id === id)),
  });
}
