import { UsherError } from "../kernel/errors.ts";
import { nearest } from "../kernel/nearest.ts";
import { corrected } from "./advice.ts";
import type { Command } from "./command.ts";
import type { Token } from "./tokenize.ts";

/**
 * What is wrong with a line; where a word follows a command that takes none, but begins longer ones ("privacy dta"), one of those was meant: the error then
 * says which, or how to see them all.
 */
export function longerCommand(
  error: UsherError,
  at: { readonly line: string; readonly word: Token | undefined; readonly command: Command },
  commands: readonly Command[],
): UsherError {
  const { line, word, command } = at;
  const longer = commands.filter(({ words }) => words.startsWith(`${command.words} `));
  const takesNone = Object.keys({ ...command.parameters, ...command.options }).length === 0;
  if (error.code !== "argument-unexpected" || !takesNone || longer.length === 0) return error;
  if (word === undefined) return error;
  const rest = longer.map(({ words }) => words.slice(command.words.length + 1));
  const meant = nearest(word.text, rest);
  const advice = meant === undefined ? undefined : corrected(line, word.start, word.end, meant);
  return new UsherError(error.code, { ...error.view, advice, group: command.words });
}
