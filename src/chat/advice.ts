import { UsherError } from "../kernel/errors.ts";
import { covered } from "../kernel/secrets.ts";
import { asTyped, tokenize } from "./tokenize.ts";

/** UTF-16 units of a command that is written out whole. */
export const MAX_ADVICE = 500;

/** The whole line, to be copied, with something else from `start` to `end` (UTF-16 units); undefined where it would be too long. */
export function corrected(
  line: string,
  start: number,
  end: number,
  instead: string,
): string | undefined {
  const whole = covered(`${line.slice(0, start)}${instead}${line.slice(end)}`.trim());
  return whole.length <= MAX_ADVICE ? whole : undefined;
}

/**
 * The error with the whole line that was meant (`advice`), where its view holds what is `nearest` to what was `said`, or to the key of a `setting`.
 * Undefined in the view where there is nothing of the kind.
 */
export function advised(error: UsherError, line: string): UsherError {
  const { nearest, setting, said } = error.view;
  if (!("nearest" in error.view) || "advice" in error.view) return error;
  const advice = typeof nearest === "string" ? meant(line, nearest, setting, said) : undefined;
  return new UsherError(error.code, { ...error.view, advice }, { cause: error });
}

function meant(line: string, nearest: string, setting: unknown, said: unknown): string | undefined {
  const { tokens } = tokenize(line);
  if (typeof setting === "string") {
    const token = tokens.find(({ key }) => key === setting.toLowerCase());
    return token === undefined
      ? undefined
      : corrected(line, token.start, line.indexOf("=", token.start), nearest);
  }
  if (typeof said !== "string" || said === "") return undefined;
  const token = tokens.findLast(({ text, key }) => key === undefined && text === said);
  if (token !== undefined) return corrected(line, token.start, token.end, asTyped(nearest));
  const start = line.toLowerCase().lastIndexOf(said.toLowerCase());
  return start === -1 ? undefined : corrected(line, start, start + said.length, asTyped(nearest));
}

/** A command in few words, to remind of it: without the settings but a name, as they are many where Usher has written them out. */
export function inShort(line: string): string {
  const { tokens } = tokenize(line);
  const words = tokens
    .filter(({ key }) => key === undefined || key === "name")
    .map(({ start, end }) => line.slice(start, end));
  const short = covered(words.join(" "));
  return short.length <= MAX_SHORT ? short : `${short.slice(0, MAX_SHORT - 1).toWellFormed()}…`;
}

/** UTF-16 units. */
const MAX_SHORT = 60;
