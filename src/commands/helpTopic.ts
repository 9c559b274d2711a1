import type { Command } from "../chat/command.ts";
import { helpEntries, type Help } from "../chat/usage.ts";

/**
 * What somebody means who asks for help with these words (small letters, one space between): one command, or those that begin with them or are about
 * them. `may`: whether this person may run it here.
 */
export function helpTopic(
  said: string,
  commands: readonly Command[],
  may: (command: Command) => boolean,
): { readonly command: Command } | Help {
  // "widgets" asks for all that is about widgets, wherever in a command the word stands.
  const subject = said.replace(/s$/u, "");
  const onIt = commands.filter(
    (command) => command.words.split(" ").slice(1).includes(subject) && may(command),
  );
  // A word that is itself a name of a command and of a subject ("widgets", of `list`) is the subject here.
  const command = commands.find(
    ({ words, aliases }) =>
      words === said || (onIt.length === 0 && aliases?.includes(said) === true),
  );
  if (command !== undefined) return { command };
  const under = helpEntries(commands, may, { under: said });
  if (under.entries.length === 0) return helpEntries(onIt, may);
  // "webhook" begins a command, and is what another adds.
  const adding = onIt.filter(({ words }) => words === `add ${subject}`);
  return { ...under, entries: [...helpEntries(adding, may).entries, ...under.entries] };
}
