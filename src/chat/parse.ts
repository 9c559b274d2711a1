import { commandIn } from "./commandIn.ts";
import { UsherError, type View } from "../kernel/errors.ts";
import type { ErrorCode } from "../kernel/errorCodes.ts";
import { repeated } from "../kernel/secrets.ts";
import { corrected } from "./advice.ts";
import { marked } from "./caret.ts";
import type { Command, Parameter } from "./command.ts";
import { nearest } from "../kernel/nearest.ts";
import { tokenize, type Token } from "./tokenize.ts";
import { longerCommand } from "./longerCommand.ts";
import { unknownCommand } from "./unknown.ts";
import { usageOf } from "./usage.ts";

/** A line understood: a command with its typed values. `input` is of the type that this very command takes, which nobody else can know. */
export interface ParsedCommand {
  readonly command: Command;
  readonly input: never;
  /** `--yes` was given: no preview is wanted. */
  readonly yes: boolean;
}

/** Why a line was not understood; with the command that it was, where only a value is missing. */
export interface Misunderstood {
  readonly error: UsherError;
  readonly command?: Command;
}

type Parsed = ParsedCommand | Misunderstood;

/**
 * Understands a line that was said to Usher. The longest words that are a command win; values by place, `key=value` and flags may come in any
 * order; an empty line asks for `help`. Otherwise an error with the usage and a mark under the culprit: `address-unknown-command`,
 * `asked-freely`, `argument-missing`, `argument-invalid`, `argument-unexpected`, `quote-unclosed`.
 */
export function parseLine(line: string, commands: readonly Command[], calledAs = ""): Parsed {
  const { tokens, unclosed } = tokenize(line);
  const asksHelp = tokens.find(({ text, flag }) => flag === true && text === "help");
  if (asksHelp !== undefined) return helpOn(tokens, commands);
  const open = unclosed === undefined ? undefined : { at: unclosed, token: tokens.at(-1) };
  const found = commandIn(tokens.length === 0 ? tokenize("help").tokens : tokens, commands);
  const freely = commands.find(({ askedFreely }) => askedFreely?.(line) === true);
  if (freely !== undefined && freely !== found?.command)
    return { error: new UsherError("asked-freely", { command: freely.example }) };
  if (found === undefined) {
    const complete = (whole: string): boolean => !("error" in parseLine(whole, commands));
    return { error: unknownCommand(line, tokens, { commands, calledAs }, complete) };
  }
  const reader = new Reader(line, found.command, calledAs, open);
  const left = tokens.filter((token) => !found.used.includes(token));
  const at = { line, word: left[0], command: found.command };
  const read = reader.read(left);
  return "error" in read ? { ...read, error: longerCommand(read.error, at, commands) } : read;
}

/** `--help` anywhere asks for the help of the command that stands there, or for all. */
function helpOn(tokens: readonly Token[], commands: readonly Command[]): Parsed {
  const about = commandIn(tokens, commands)?.command.words;
  return parseLine(about === undefined ? "help" : `help ${about}`, commands);
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
    const error = this.#takeAll(tokens);
    return error === undefined ? this.#whole() : { error };
  }

  /** Takes every token as the value or flag that it is; what is wrong with the first that is none. */
  #takeAll(tokens: readonly Token[]): UsherError | undefined {
    // `key=value` that belongs to the rest of the line, typed before what stands in front of that.
    const early: Token[] = [];
    const rest = Object.entries(this.#command.parameters).find(
      ([, { kind }]) => kind.rest === true,
    );
    for (const [index, token] of tokens.entries()) {
      if (token.flag === true && this.#takeFlag(token.text)) continue;
      const named = token.key === undefined ? undefined : this.#named(token.key);
      const [name, parameter] = named ?? this.#nextPlace() ?? [];
      if (name !== undefined && parameter?.kind.rest === true && named === undefined) {
        const mistyped = this.#mistyped(tokens.at(-1));
        if (mistyped !== undefined) return mistyped;
        const whole = this.#together(
          early.splice(0),
          this.#restFrom(tokens.slice(index)),
          parameter.kind.anyOrder,
        );
        const error = this.#take(name, parameter, whole);
        if (error !== undefined) return error;
        break;
      }
      if (
        token.key !== undefined &&
        named === undefined &&
        rest !== undefined &&
        token !== this.#open?.token
      ) {
        early.push(token);
        continue;
      }
      if (token === this.#open?.token)
        return this.#error("quote-unclosed", this.#open.at, this.#open.at + 1);
      const misplaced = named === undefined && (token.flag === true || token.key !== undefined);
      if (name === undefined || parameter === undefined || misplaced || this.#values.has(name))
        return this.#unexpected(token);
      const error = this.#take(name, parameter, token);
      if (error !== undefined) return error;
    }
    return early.length > 0 && rest !== undefined
      ? this.#take(...rest, this.#together(early))
      : undefined;
  }

  /** The command with what was taken; an error where something that it needs was not. */
  #whole(): Parsed {
    const missing = this.#all().find(([name, { required }]) => required && !this.#values.has(name));
    if (missing !== undefined) {
      const end = this.#line.trimEnd().length;
      return {
        error: this.#error("argument-missing", end, end, {
          label: missing[1].kind.label,
          choices: missing[1].kind.choices ?? [],
        }),
        command: this.#command,
      };
    }
    const flags = (this.#command.flags ?? []).map(
      (flag) => [flag, this.#values.get(`--${flag}`) === true] as const,
    );
    const values = this.#all().map(([name]) => [name, this.#values.get(name)] as const);
    return {
      command: this.#command,
      input: Object.fromEntries([...flags, ...values]) as never,
      yes: this.#yes,
    };
  }

  #all(): readonly (readonly [string, Parameter])[] {
    return [
      ...Object.entries(this.#command.parameters),
      ...Object.entries(this.#command.options ?? {}),
    ];
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
    return {
      text,
      start: Math.min(...starts),
      end: Math.max(...all.map(({ end }) => end)),
      quoted: false,
    };
  }

  /** Everything from here on as it was typed, without known flags at its end. One word in quotes loses them as everywhere. */
  #restFrom(tokens: readonly Token[]): Token {
    const left = [...tokens];
    while (left.length > 1 && left.at(-1)?.flag === true && this.#takeFlag(left.at(-1)?.text ?? ""))
      left.pop();
    const [first, ...others] = left;
    const start = first?.start ?? 0;
    if (
      first?.quoted === true &&
      first.key === undefined &&
      others.length === 0 &&
      first !== this.#open?.token
    )
      return first;
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
    const about = { label: parameter.kind.label, said: repeated(token.text) };
    const key = token.key === undefined ? "" : `${token.key}=`;
    const advice =
      read.instead === undefined
        ? undefined
        : corrected(this.#line, token.start, token.end, `${key}${read.instead}`);
    const problem = {
      template: `argument/${read.problem}`,
      view: { ...about, ...read.view, advice },
    };
    return this.#error("argument-invalid", token.start, token.end, { problem, advice });
  }

  /** A flag at the very end that is nearly one of the command's is that, and no part of a text. */
  #mistyped(last: Token | undefined): UsherError | undefined {
    if (last?.flag !== true || this.#flags().includes(`--${last.text}`)) return undefined;
    return nearest(`--${last.text}`, this.#flags()) === undefined
      ? undefined
      : this.#unexpected(last);
  }

  #flags(): readonly string[] {
    return [...(this.#command.flags ?? []), ...(this.#command.changes ? ["yes"] : [])].map(
      (flag) => `--${flag}`,
    );
  }

  #unexpected(token: Token): UsherError {
    const flags = this.#flags();
    const keys = this.#all().map(([name]) => `${name}=`);
    const twice = token.key !== undefined && this.#named(token.key) !== undefined;
    const [written, known] =
      token.flag === true ? [`--${token.text}`, flags] : [`${token.key ?? ""}=`, keys];
    const meant =
      twice || (token.flag === undefined && token.key === undefined)
        ? undefined
        : nearest(written, known);
    const said = repeated(this.#line.slice(token.start, token.end));
    const [start, end] = [
      token.start,
      token.flag === true ? token.end : this.#line.indexOf("=", token.start) + 1,
    ];
    const advice = meant === undefined ? undefined : corrected(this.#line, start, end, meant);
    return this.#error("argument-unexpected", start, token.end, {
      said,
      advice,
      group: undefined,
      quotes: this.#quotesHelp(token),
    });
  }

  /** Whether the word and the one before it would be a value together. */
  #quotesHelp(token: Token): boolean {
    const last = this.#last;
    if (last === undefined || last.token.quoted || token.flag === true || token.key !== undefined)
      return false;
    return (
      "value" in
      last.parameter.kind.read({
        ...last.token,
        text: `${last.token.text} ${token.text}`,
        quoted: true,
      })
    );
  }

  #error(code: ErrorCode, start: number, end: number, view: View = {}): UsherError {
    // One of a command that takes nothing would say the same again.
    const example = this.#all().length === 0 ? undefined : this.#command.example;
    return new UsherError(code, {
      ...marked(this.#line, start, end),
      usage: usageOf(this.#command, this.#calledAs),
      example,
      ...view,
    });
  }
}
