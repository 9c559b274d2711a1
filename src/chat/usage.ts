import type { View } from "../kernel/errors.ts";
import type { Command } from "./command.ts";

/** `help` has no more entries than this, so that with the line above them it fits a telephone's screen: twelve lines. */
const MAX_ENTRIES = 10;

/** One line of `help`. */
export type HelpEntry = View & {
  /** As typed, values included; of several commands that begin alike, an example of the first, to be copied. */
  readonly usage: string;
  /** The template that says what it does. */
  readonly help: string;
  /** Of several commands in one line, what else may stand where the first one's second word stands ("bot", "bridge"), and their common word. */
  readonly variants: readonly string[];
  readonly group: string | undefined;
};

/** What `help` lists. */
export interface Help {
  readonly entries: readonly HelpEntry[];
  /** What there is no room to explain: the words alone, for one more line. */
  readonly also: readonly string[];
}

/**
 * How a command is typed: `add widget <url> [name=…]`. In angle brackets what must be given, in square ones what may be. With `calledAs`, how Usher
 * is addressed stands before it.
 */
export function usageOf(command: Command, calledAs = ""): string {
  const places = Object.values(command.parameters).map(({ kind, required }) => {
    const label = kind.rest === true ? `${kind.label} …` : kind.label;
    return required ? `<${label}>` : `[${label}]`;
  });
  const options = Object.entries(command.options ?? {}).map(([name, { required }]) =>
    required ? `${name}=…` : `[${name}=…]`,
  );
  const flags = (command.flags ?? []).map((flag) => `[--${flag}]`);
  return [
    ...(calledAs === "" ? [] : [calledAs]),
    command.words,
    ...places,
    ...options,
    ...flags,
  ].join(" ");
}

/** The template with the help of a command. */
export function helpTemplate(command: Command): string {
  return `help/${command.words.replaceAll(" ", "-")}`;
}

/**
 * The lines of `help`: only what this person may run here, in the order of the commands. Where there are too many, those that begin with the same
 * word share a line, which `help <word>` (`under`) takes apart again; and what is still too much is named at the end.
 */
export function helpEntries(
  commands: readonly Command[],
  may: (command: Command) => boolean,
  { under = "" }: { readonly under?: string } = {},
): Help {
  const shown = commands.filter(
    (command) =>
      command.unlisted !== true &&
      (under === "" || command.words.startsWith(`${under} `)) &&
      may(command),
  );
  const entry = (command: Command): HelpEntry => ({
    usage: usageOf(command),
    help: helpTemplate(command),
    variants: [],
    group: undefined,
  });
  if (shown.length <= MAX_ENTRIES || under !== "") return { entries: shown.map(entry), also: [] };
  const groups = Map.groupBy(shown, ({ words }) => words.split(" ")[0] ?? words);
  const entries = [...groups].flatMap(([word, [first, ...others]]) => {
    if (first === undefined || others.length === 0)
      return first === undefined ? [] : [entry(first)];
    const second = ({ words }: Command): string => words.split(" ")[1] ?? words;
    const variants = [...new Set(others.map(second))].filter((one) => one !== second(first));
    return [{ usage: first.example, help: helpTemplate(first), variants, group: word }];
  });
  if (entries.length <= MAX_ENTRIES) return { entries, also: [] };
  const words = [...groups].map(([word, [first, ...others]]) =>
    others.length === 0 ? (first?.words ?? word) : word,
  );
  return { entries: entries.slice(0, MAX_ENTRIES - 1), also: words.slice(MAX_ENTRIES - 1) };
}
