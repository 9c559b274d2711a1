import { UsherError, type View } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errorCodes.ts";
import { plain } from "../kernel/plain.ts";
import { covered } from "../kernel/secrets.ts";
import { marked } from "./caret.ts";
import type { Command, Parameter } from "./command.ts";
import { distance, nearest } from "./suggest.ts";
import { tokenize, type Token } from "./tokenize.ts";
import { usageOf } from "./usage.ts";

/** A line understood: a command with its typed values. `input` is of the type that this very command takes, which nobody else can know. */
export interface Understood {
  readonly command: Command;
  readonly input: never;
  /** `--yes` was given: no preview is wanted. */
  readonly yes: boolean;
}

type Parsed = Understood | { readonly error: UsherError };

/** UTF-16 units of what was said that an answer repeats. */
const REPEATED = 60;

/**
 * Understands a line that was said to Usher. The longest words that are a command win; values by place, `key=value` and flags may come in any
 * order; an empty line asks for `help`. Otherwise an error with the usage and a mark under the culprit: `address-unknown-command`,
 * `argument-missing`, `argument-invalid`, `argument-unexpected`, `quote-unclosed`.
 */
export function parseLine(line: string, commands: readonly Command[], calledAs = ""): Parsed {
  const { tokens, unclosed } = tokenize(line);
  const asksHelp = tokens.find(({ text, flag }) => flag === true && text === "help");
  if (asksHelp !== undefined) return helpOn(tokens, commands);
  const open = unclosed === undefined ? undefined : { at: unclosed, token: tokens.at(-1) };
  const found = commandIn(tokens.length === 0 ? tokenize("help").tokens : tokens, commands);
  if (found === undefined) return { error: unknownCommand(line, tokens, commands, calledAs) };
  const reader = new Reader(line, found.command, calledAs, open);
  return reader.read(tokens.filter((token) => !found.used.includes(token)));
}

/** Whether a line begins with the words of a command: what tells "Usher list" from talk about ushers. "Usher thanks everybody" is such talk. */
export function beginsWithCommand(line: string, commands: readonly Command[]): boolean {
  const found = commandIn(tokenize(line).tokens, commands);
  return found !== undefined && found.command.unlisted !== true;
}

/** The words at the line's beginning, flags aside, in lower case and without the marks that end a sentence. */
function wordsOf(tokens: readonly Token[]): readonly { readonly word: string; readonly token: Token }[] {
  const words: { word: string; token: Token }[] = [];
  for (const token of tokens) {
    if (token.flag === true) continue;
    if (token.quoted || token.key !== undefined) break;
    words.push({ word: plain(token.text).replace(/(?<=\p{L})[.!?,:;]$/u, ""), token });
    if (words.length === MAX_WORDS) break;
  }
  return words;
}

const MAX_WORDS = 5;
/** Commands that an answer lists for a word that only begins them. */
const MAX_BEGUN = 6;

interface Found {
  readonly command: Command;
  /** The tokens that were its words. */
  readonly used: readonly Token[];
}

/** `--help` anywhere asks for the help of the command that stands there, or for all. */
function helpOn(tokens: readonly Token[], commands: readonly Command[]): Parsed {
  const about = commandIn(tokens, commands)?.command.words;
  return parseLine(about === undefined ? "help" : `help ${about}`, commands);
}

function commandIn(tokens: readonly Token[], commands: readonly Command[]): Found | undefined {
  const words = wordsOf(tokens);
  for (let count = words.length; count > 0; count -= 1) {
    const said = words
      .slice(0, count)
      .map(({ word }) => word)
      .join(" ");
    const command = commands.find(({ words: own, aliases = [] }) => own === said || aliases.includes(said));
    if (command !== undefined) return { command, used: words.slice(0, count).map(({ token }) => token) };
  }
  return undefined;
}

function unknownCommand(line: string, tokens: readonly Token[], commands: readonly Command[], calledAs: string): UsherError {
  const words = wordsOf(tokens);
  const said = words.map(({ word }) => word);
  const begun = commands.filter((command) => said[0] !== undefined && command.words.startsWith(`${said[0]} `));
  const exact = suited(line, tokens, begun);
  const near = exact ?? (begun.length > 1 ? undefined : (begun[0]?.words ?? nearestName(said, commands)));
  const meant = words.slice(0, exact === undefined ? Math.max(1, near?.split(" ").length ?? 1) : 1);
  const [start, end] = [(meant[0]?.token ?? tokens[0])?.start ?? 0, (meant.at(-1)?.token ?? tokens[0])?.end ?? 0];
  return new UsherError("address-unknown-command", {
    ...marked(line, start, end),
    said: covered(line.slice(start, end)).slice(0, REPEATED),
    nearest: exact ?? (near === undefined ? undefined : asTyped(near, commands)),
    begun: begun.length < 2 ? undefined : { commands: begun.slice(0, MAX_BEGUN).map((command) => ({ usage: usageOf(command, calledAs) })) },
  });
}

/** The words of a command, with the places of what must follow them. */
function asTyped(words: string, commands: readonly Command[]): string {
  const parameters = Object.values(commands.find((command) => command.words === words)?.parameters ?? {});
  return [words, ...parameters.filter(({ required }) => required).map(({ kind }) => `<${kind.label}>`)].join(" ");
}

/** The whole command, where one that begins so suits a word that follows: "add jitsi", "add a jitsi widget please", "add https://…". */
function suited(line: string, tokens: readonly Token[], begun: readonly Command[]): string | undefined {
  for (const [index, token] of tokens.slice(1, MAX_WORDS + 1).entries()) {
    if (token.flag === true || token.key !== undefined) continue;
    const command = begun.find(({ suits }) => suits?.(token.text) === true);
    if (command === undefined) continue;
    const rest = covered(line.slice(token.start));
    const whole = `${command.words} ${rest}`;
    if (index === 0 && rest.length <= MAX_REPEATED && !("error" in parseLine(whole, begun))) return whole;
    return `${command.words} ${covered(line.slice(token.start, token.end))}`;
  }
  return undefined;
}

/** UTF-16 units of a command that is written out whole. */
const MAX_REPEATED = 500;

/** The words of the command that was most likely meant: mistyped, in another order, or its first word somewhere in a command. */
function nearestName(said: readonly string[], commands: readonly Command[]): string | undefined {
  let found: string | undefined;
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
      if (apart <= limit && apart < Math.min(best, name.length)) [found, best] = [command.words, apart];
    }
  }
  if (found !== undefined) return found;
  const word = said[0] ?? "";
  const holds = ({ words }: Command): boolean => words.split(" ").some((one) => one.length >= 4 && distance(word, one, 1) <= 1);
  return word.length < 4 ? undefined : commands.find(holds)?.words;
}

/** A quotation mark that is never closed, and the token it opens. */
interface Open {
  readonly at: number;
  readonly token: Token | undefined;
}

/** Fills one command's values from tokens. */
class Reader {
  readonly #line: string;
  readonly #command: Command;
  readonly #calledAs: string;
  readonly #open: Open | undefined;
  readonly #values = new Map<string, unknown>();
  #yes = false;
  /** The value that was read last. */
  #last: { readonly token: Token; readonly parameter: Parameter } | undefined;

  constructor(line: string, command: Command, calledAs: string, open: Open | undefined) {
    this.#line = line;
    this.#command = command;
    this.#calledAs = calledAs;
    this.#open = open;
  }

  read(tokens: readonly Token[]): Parsed {
    // `key=value` that belongs to the rest of the line, typed before what stands in front of that.
    const early: Token[] = [];
    const rest = Object.entries(this.#command.parameters).find(([, { kind }]) => kind.rest === true);
    for (const [index, token] of tokens.entries()) {
      if (token.flag === true && this.#takeFlag(token.text)) continue;
      const named = token.key === undefined ? undefined : this.#named(token.key);
      const [name, parameter] = named ?? this.#nextPlace() ?? [];
      if (name !== undefined && parameter?.kind.rest === true && named === undefined) {
        const mistyped = this.#mistyped(tokens.at(-1));
        if (mistyped !== undefined) return { error: mistyped };
        const whole = this.#together(early.splice(0), this.#restFrom(tokens.slice(index)), parameter.kind.anyOrder);
        const error = this.#take(name, parameter, whole);
        if (error !== undefined) return { error };
        break;
      }
      if (token.key !== undefined && named === undefined && rest !== undefined && token !== this.#open?.token) {
        early.push(token);
        continue;
      }
      if (token === this.#open?.token) return { error: this.#error("quote-unclosed", this.#open.at, this.#open.at + 1) };
      const misplaced = named === undefined && (token.flag === true || token.key !== undefined);
      if (name === undefined || parameter === undefined || misplaced || this.#values.has(name)) return { error: this.#unexpected(token) };
      const error = this.#take(name, parameter, token);
      if (error !== undefined) return { error };
    }
    if (early.length > 0 && rest !== undefined) {
      const error = this.#take(...rest, this.#together(early));
      if (error !== undefined) return { error };
    }
    const missing = this.#all().find(([name, { required }]) => required && !this.#values.has(name));
    if (missing !== undefined) {
      const end = this.#line.trimEnd().length;
      return { error: this.#error("argument-missing", end, end, { label: missing[1].kind.label }) };
    }
    const flags = (this.#command.flags ?? []).map((flag) => [flag, this.#values.get(`--${flag}`) === true] as const);
    const values = this.#all().map(([name]) => [name, this.#values.get(name)] as const);
    return { command: this.#command, input: Object.fromEntries([...flags, ...values]) as never, yes: this.#yes };
  }

  #all(): readonly (readonly [string, Parameter])[] {
    return [...Object.entries(this.#command.parameters), ...Object.entries(this.#command.options ?? {})];
  }

  #named(key: string): readonly [string, Parameter] | undefined {
    return this.#all().find(([name]) => name.toLowerCase() === key);
  }

  #nextPlace(): readonly [string, Parameter] | undefined {
    return Object.entries(this.#command.parameters).find(([name]) => !this.#values.has(name));
  }

  #takeFlag(name: string): boolean {
    if (name === "yes" && this.#command.changes) this.#yes = true;
    else if (this.#command.flags?.includes(name) === true) this.#values.set(`--${name}`, true);
    else return false;
    return true;
  }

  /** Tokens from different places of the line as one, as they were typed. */
  #together(early: readonly Token[], last?: Token, anyOrder = false): Token {
    if (early.length === 0 && last !== undefined) return last;
    // What was typed without a key stands first again: after a `key=value` it would be taken for a part of that.
    const all = last === undefined ? early : anyOrder ? [last, ...early] : [...early, last];
    const text = all.map(({ start, end }) => this.#line.slice(start, end)).join(" ");
    const starts = all.map(({ start }) => start);
    return { text, start: Math.min(...starts), end: Math.max(...all.map(({ end }) => end)), quoted: false };
  }

  /** Everything from here on as it was typed, without known flags at its end. One word in quotes loses them as everywhere. */
  #restFrom(tokens: readonly Token[]): Token {
    const left = [...tokens];
    while (left.length > 1 && left.at(-1)?.flag === true && this.#takeFlag(left.at(-1)?.text ?? "")) left.pop();
    const [first, ...others] = left;
    const start = first?.start ?? 0;
    if (first?.quoted === true && first.key === undefined && others.length === 0 && first !== this.#open?.token) return first;
    const end = left.at(-1)?.end ?? start;
    return { text: this.#line.slice(start, end), start, end, quoted: false };
  }

  #take(name: string, parameter: Parameter, token: Token): UsherError | undefined {
    const read = parameter.kind.read(token);
    if ("value" in read) {
      this.#values.set(name, read.value);
      this.#last = { token, parameter };
      return undefined;
    }
    const about = { label: parameter.kind.label, said: covered(token.text).slice(0, REPEATED) };
    const problem = { template: `argument/${read.problem}`, view: { ...about, ...read.view } };
    return this.#error("argument-invalid", token.start, token.end, { problem });
  }

  /** A flag at the very end that is nearly one of the command's is that, and no part of a text. */
  #mistyped(last: Token | undefined): UsherError | undefined {
    if (last?.flag !== true || this.#flags().includes(`--${last.text}`)) return undefined;
    return nearest(`--${last.text}`, this.#flags()) === undefined ? undefined : this.#unexpected(last);
  }

  #flags(): readonly string[] {
    return [...(this.#command.flags ?? []), ...(this.#command.changes ? ["yes"] : [])].map((flag) => `--${flag}`);
  }

  #unexpected(token: Token): UsherError {
    const flags = this.#flags();
    const keys = this.#all().map(([name]) => `${name}=`);
    const twice = token.key !== undefined && this.#named(token.key) !== undefined;
    const [written, known] = token.flag === true ? [`--${token.text}`, flags] : [`${token.key ?? ""}=`, keys];
    const meant = twice || (token.flag === undefined && token.key === undefined) ? undefined : nearest(written, known);
    const said = covered(this.#line.slice(token.start, token.end)).slice(0, REPEATED);
    return this.#error("argument-unexpected", token.start, token.end, { said, nearest: meant, quotes: this.#quotesHelp(token) });
  }

  /** Whether the word and the one before it would be a value together. */
  #quotesHelp(token: Token): boolean {
    const last = this.#last;
    if (last === undefined || last.token.quoted || token.flag === true || token.key !== undefined) return false;
    return "value" in last.parameter.kind.read({ ...last.token, text: `${last.token.text} ${token.text}`, quoted: true });
  }

  #error(code: ErrorCode, start: number, end: number, view: View = {}): UsherError {
    const { example } = this.#command;
    return new UsherError(code, { ...marked(this.#line, start, end), usage: usageOf(this.#command, this.#calledAs), example, ...view });
  }
}
