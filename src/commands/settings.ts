import { httpsUrl, text, type ArgumentKind } from "../chat/arguments.ts";
import { nearest } from "../kernel/nearest.ts";
import { quote, tokenize, type Token } from "../chat/tokenize.ts";

/** What stands behind an entry's name: a value that needs no key, and `key=value` for the rest. */
export interface Settings {
  readonly main: string | undefined;
  readonly named: ReadonlyMap<string, string>;
}

const NAME = text("name", 100);
const VALUE = text("value", 2_048);

/** `key=value` as often as needed, after at most one value without a key. What keys there are depends on the thing that is set up. */
export function settings(): ArgumentKind<Settings> {
  return {
    label: "key=value",
    rest: true,
    anyOrder: true,
    read: (token) => {
      const { tokens, unclosed } = tokenize(token.text);
      const named = new Map<string, string>();
      let main: string | undefined;
      if (unclosed !== undefined) return { problem: "settings-open" };
      for (const [index, one] of tokens.entries()) {
        // `name=Team call` is no name and a value, but a name without its quotes.
        if (one.flag === true)
          return {
            problem: "settings-flag",
            view: { said: `--${one.text}` },
            instead: instead(token, one, nearest(`--${one.text}`, ["--yes"])),
          };
        if (one.key === undefined && named.size > 0)
          return {
            problem: "settings-bare",
            view: { said: one.text.slice(0, 60) },
            instead: together(token, tokens, index),
          };
        if (
          (one.key === undefined && main !== undefined) ||
          (one.key !== undefined && named.has(one.key))
        )
          return { problem: "settings-invalid" };
        const read = (one.key === "name" ? NAME : VALUE).read(one);
        if ("problem" in read)
          return { ...read, view: { label: one.key ?? "value", ...read.view } };
        if (one.key === undefined) main = read.value;
        else named.set(one.key, read.value);
      }
      return { value: { main, named } };
    },
  };
}

/** All that was typed, with something else for a part of it. */
function instead(
  { text }: Token,
  { start, end }: Pick<Token, "start" | "end">,
  other: string | undefined,
): string | undefined {
  return other === undefined ? undefined : `${text.slice(0, start)}${other}${text.slice(end)}`;
}

/** The value before this word and all that follows it without a key, in quotes; undefined where it was in quotes already. */
function together(whole: Token, tokens: readonly Token[], from: number): string | undefined {
  const before = tokens[from - 1];
  if (before?.key === undefined || before.quoted) return undefined;
  const end = tokens.findIndex(
    ({ key, flag }, index) => index >= from && (key !== undefined || flag === true),
  );
  const parts = tokens.slice(from - 1, end === -1 ? undefined : end);
  const value = quote(
    parts
      .map(({ text }) => text)
      .join(" ")
      .slice(0, 100),
  );
  return instead(
    whole,
    { start: before.start, end: parts.at(-1)?.end ?? before.end },
    `${before.key}=${value}`,
  );
}

/** The settings as they are typed. */
export function writeSettings(named: Iterable<readonly [string, string]>): string {
  return [...named].map(([key, value]) => ` ${key}=${quote(value)}`).join("");
}

/** The id or name of something in the catalogue, or the address of a web page. */
export function entryOrUrl(): ArgumentKind<{ readonly entry: string } | { readonly url: URL }> {
  return {
    label: "entry or url",
    read: (token) => {
      if (token.quoted || /^[\p{L}\p{N}-]+$/u.test(token.text)) {
        const entry = NAME.read(token);
        return "problem" in entry ? entry : { value: { entry: entry.value } };
      }
      const url = httpsUrl().read(token);
      return "problem" in url ? url : { value: { url: url.value } };
    },
  };
}
