import type { Command } from "./command.ts";
import { tokenize, type Token } from "./tokenize.ts";
import { wordsOf } from "./words.ts";

interface Found {
  readonly command: Command;
  /** The tokens that were its words. */
  readonly used: readonly Token[];
}

/** The command whose words a line begins with; the longest words win. */
export function commandIn(
  tokens: readonly Token[],
  commands: readonly Command[],
): Found | undefined {
  const words = wordsOf(tokens);
  for (let count = words.length; count > 0; count -= 1) {
    const said = words
      .slice(0, count)
      .map(({ word }) => word)
      .join(" ");
    const command = commands.find(
      ({ words: own, aliases = [] }) => own === said || aliases.includes(said),
    );
    if (command !== undefined)
      return { command, used: words.slice(0, count).map(({ token }) => token) };
  }
  return undefined;
}

/** Whether a line begins with the words of a command: what tells "Usher list" from talk about ushers. "Usher thanks everybody" is such talk. */
export function beginsWithCommand(line: string, commands: readonly Command[]): boolean {
  const found = commandIn(tokenize(line).tokens, commands);
  return found !== undefined && found.command.unlisted !== true;
}
