import { UsherError } from "../kernel/errors.ts";
import { covered, repeated } from "../kernel/secrets.ts";
import { corrected, MAX_ADVICE } from "./advice.ts";
import { marked } from "./caret.ts";
import type { Command } from "./command.ts";
import { distance } from "../kernel/nearest.ts";
import type { Token } from "./tokenize.ts";
import { usageOf } from "./usage.ts";
import { MAX_WORDS, wordsOf } from "./words.ts";

/** Commands that an answer lists for a word that only begins them. */
const MAX_BEGUN = 6;

/** What is said of a line that is no command: what was most likely meant, whole where it can be. `complete`: whether a line can be run as it is. */
export function unknownCommand(
  line: string,
  tokens: readonly Token[],
  { commands, calledAs }: { readonly commands: readonly Command[]; readonly calledAs: string },
  complete: (line: string) => boolean,
): UsherError {
  const words = wordsOf(tokens);
  const said = words.map(({ word }) => word);
  const { begun, by } = begunWith(said, commands);
  const exact = suited(line, tokens, begun, complete);
  const question = begun.length === 0 && QUESTIONS.has(said[0] ?? "");
  const near =
    begun.length > 1
      ? slipAfter(said, by, begun)
      : question
        ? undefined
        : begun[0] === undefined
          ? nearestName(said, commands)
          : { words: begun[0].words, of: by };
  const meant = words.slice(
    0,
    exact === undefined ? Math.max(1, near?.words.split(" ").length ?? by) : 1,
  );
  const [start, end] = [
    (meant[0]?.token ?? tokens[0])?.start ?? 0,
    (meant.at(-1)?.token ?? tokens[0])?.end ?? 0,
  ];
  const advice = (): string | undefined => {
    if (near === undefined) return undefined;
    const whole = corrected(
      line,
      words[0]?.token.start ?? 0,
      words[near.of - 1]?.token.end ?? 0,
      near.words,
    );
    return whole !== undefined && complete(whole) ? whole : withPlaces(near.words, commands);
  };
  return new UsherError("address-unknown-command", {
    ...marked(line, start, end),
    said: repeated(line.slice(start, end)),
    advice: exact ?? advice(),
    question,
    begun:
      begun.length < 2 || near !== undefined
        ? undefined
        : {
            commands: begun
              .slice(0, MAX_BEGUN)
              .map((command) => ({ usage: usageOf(command, calledAs) })),
            more: Math.max(0, begun.length - MAX_BEGUN),
            start: begun[0]?.words.split(" ").slice(0, by).join(" "),
          },
  });
}

/** The commands that begin with as many of these words as any does, and with how many. */
function begunWith(
  said: readonly string[],
  commands: readonly Command[],
): { readonly begun: readonly Command[]; readonly by: number } {
  let [begun, by]: [readonly Command[], number] = [[], 1];
  for (let count = 1; count <= said.length; count += 1) {
    const start = `${said.slice(0, count).join(" ")} `;
    const longer = commands.filter(({ words }) => words.startsWith(start));
    if (longer.length === 0) break;
    [begun, by] = [longer, count];
  }
  // Whoever says "webhook builds" may want to add one.
  const adding = commands.filter(({ words }) => words === `add ${said[0] ?? ""}`);
  return { begun: by === 1 && begun.length > 0 ? [...adding, ...begun] : begun, by };
}

/** The one of these commands whose words after the first `by` were mistyped, and how many words of the line stand for it. */
function slipAfter(
  said: readonly string[],
  by: number,
  begun: readonly Command[],
): { readonly words: string; readonly of: number } | undefined {
  for (const { words } of begun) {
    const all = words.split(" ");
    if (said.length < all.length) continue;
    const rest = all.slice(by).join(" ");
    const limit = Math.floor(rest.length / 3);
    if (distance(said.slice(by, all.length).join(" "), rest, limit) <= limit)
      return { words, of: all.length };
  }
  return undefined;
}

/** Words that begin a question or a request in whole sentences: no slip of a command's name. */
const QUESTIONS = new Set([
  "how",
  "what",
  "who",
  "why",
  "where",
  "when",
  "which",
  "can",
  "could",
  "would",
  "do",
  "does",
  "is",
  "are",
  "please",
  "i",
]);

/** The words of a command, with the places of what must follow them. */
function withPlaces(words: string, commands: readonly Command[]): string {
  const parameters = Object.values(
    commands.find((command) => command.words === words)?.parameters ?? {},
  );
  return [
    words,
    ...parameters.filter(({ required }) => required).map(({ kind }) => `<${kind.label}>`),
  ].join(" ");
}

/** The whole command, where one that begins so suits a word that follows: "add jitsi", "add a jitsi widget please", "add https://…". */
function suited(
  line: string,
  tokens: readonly Token[],
  begun: readonly Command[],
  complete: (line: string) => boolean,
): string | undefined {
  for (const [index, token] of tokens.slice(1, MAX_WORDS + 1).entries()) {
    if (token.flag === true || token.key !== undefined) continue;
    const command = begun.find(({ suits }) => suits?.(token.text) === true);
    if (command === undefined) continue;
    const rest = covered(line.slice(token.start));
    const whole = `${command.words} ${rest}`;
    if (index === 0 && rest.length <= MAX_ADVICE && complete(whole)) return whole;
    return `${command.words} ${covered(line.slice(token.start, token.end))}`;
  }
  return undefined;
}

/**
 * The words of the command that was most likely meant: mistyped, in another order, or its first word somewhere in a command; and how many words of
 * the line stand for it.
 */
function nearestName(
  said: readonly string[],
  commands: readonly Command[],
): { readonly words: string; readonly of: number } | undefined {
  let found: { readonly words: string; readonly of: number } | undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    for (const name of [command.words, ...(command.aliases ?? [])]) {
      const words = name.split(" ");
      if (said.length < words.length) continue;
      const here = said.slice(0, words.length);
      const limit = Math.max(1, Math.floor(name.length / 3));
      const apart = Math.min(
        distance(here.join(" "), name, limit),
        distance([...here].sort().join(" "), [...words].sort().join(" "), limit),
      );
      if (apart <= limit && apart < Math.min(best, name.length))
        [found, best] = [{ words: command.words, of: words.length }, apart];
    }
  }
  if (found !== undefined) return found;
  const word = said[0] ?? "";
  const holds = ({ words }: Command): boolean =>
    words.split(" ").some((one) => one.length >= 4 && distance(word, one, 1) <= 1);
  const held = word.length < 4 ? undefined : commands.find(holds)?.words;
  return held === undefined ? undefined : { words: held, of: 1 };
}
