import { z } from "zod";

/**
 * What a bridge's bot is asked and answers, as data: a new wording is a changed line, never changed code. In `say` and `line` a `{name}` stands for a value; in a
 * `line` a name that nothing is known of stands for whatever is there, `{*}` for anything, and `{.}` for one word. A line that ends a question begins with words of the bridge's
 * own: what people of the far side write stands behind them.
 */
const phrase = z.strictObject({
  /** One whole line of an answer: bridges merge several notices into one. */
  line: z.string().min(1).max(500),
  /** `done`: it is. `going-on`: more will come. `refused`: it will not be. */
  means: z.enum(["done", "going-on", "refused"]),
  /** Of a refusal: what to do about it, the name of a template under `bridge-advice/`. */
  advice: z
    .string()
    .regex(/^[a-z][a-z-]{0,40}$/)
    .optional(),
});

const ask = z.strictObject({
  say: z.string().min(1).max(500),
  /** Without a line that ends it for so long, it was not answered; s. */
  seconds: z.number().int().min(1).max(600),
  answers: z.array(phrase).min(1).max(60),
});

export type Phrase = Readonly<z.infer<typeof phrase>>;
export type Ask = Readonly<Omit<z.infer<typeof ask>, "answers">> & {
  readonly answers: readonly Phrase[];
};

/** All that is said to one sort of bridge. */
export interface Wording<A extends string> {
  /** Which versions of the bridge it was seen with. */
  readonly versions: string;
  /** Lines in which it passes on what people of the far side say: they decide nothing, whatever else they fit. */
  readonly passesOn?: readonly string[];
  readonly asks: Readonly<Record<A, Ask>>;
}

/** What an operator may say otherwise of one ask: lines are looked at before those that are known. */
export const askChange = z
  .strictObject({ ...ask.shape, answers: z.array(phrase).max(60) })
  .partial();
export type AskChange = z.infer<typeof askChange>;

/** The wording with what an operator says otherwise. */
export function withChanges<A extends string>(
  { versions, passesOn = [], asks }: Wording<A>,
  changes: Readonly<Partial<Record<A, AskChange>>>,
): Wording<A> {
  const passed = passesOn.map((line): Phrase => ({ line, means: "going-on" }));
  const changed = Object.entries<Ask>(asks).map(([name, known]) => {
    const { answers = [], say = known.say, seconds = known.seconds } = changes[name as A] ?? {};
    return [name, { say, seconds, answers: [...passed, ...answers, ...known.answers] }] as const;
  });
  return { versions, asks: Object.fromEntries(changed) as Wording<A>["asks"] };
}

/** What fills a wording. */
export type Values = Readonly<Record<string, string>>;

/** What is said, with the values in it. Throws where one is missing, or could end the line or begin another. */
export function said({ say }: Ask, values: Values): string {
  return say.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "" || /\s|[\p{Cc};]/u.test(value) || value.startsWith("-"))
      throw new Error(`"${name}" cannot be said to a bridge`);
    return value;
  });
}

/** One line of an answer that says something. */
export interface Told {
  readonly phrase: Phrase;
  readonly line: string;
  /** What stood where nothing was known. */
  readonly values: Values;
}

/** What a line means; undefined where no phrase fits. */
export function told({ answers }: Ask, values: Values, line: string): Told | undefined {
  for (const phrase of answers) {
    const found = patternOf(phrase.line, values).exec(line.trim());
    if (found !== null) return { phrase, line: line.trim(), values: { ...found.groups } };
  }
  return undefined;
}

/** All lines of a message. */
export function linesOf(body: string): readonly string[] {
  return body
    .slice(0, MOST)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Of one message so much is looked at; UTF-16 units. */
const MOST = 16_384;

function patternOf(line: string, values: Values): RegExp {
  const source = line.replaceAll(
    /\{([a-z]+|[*.])\}|[^{]+|\{/g,
    (piece: string, name: string | undefined) => {
      if (name === undefined) return escaped(piece);
      if (name === "*") return ".*?";
      if (name === ".") return String.raw`\S+`;
      const known = values[name];
      return known === undefined ? `(?<${name}>.+?)` : escaped(known);
    },
  );
  return new RegExp(`^${source}$`, "isu");
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}
