import { httpsUrl, text, type ArgumentKind } from "../../chat/arguments.ts";
import { quote, tokenize } from "../../chat/tokenize.ts";

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
    read: (token) => {
      const { tokens, unclosed } = tokenize(token.text);
      const named = new Map<string, string>();
      let main: string | undefined;
      if (unclosed !== undefined) return { problem: "settings-invalid" };
      for (const one of tokens) {
        if (one.flag === true || (one.key === undefined && main !== undefined) || (one.key !== undefined && named.has(one.key)))
          return { problem: "settings-invalid" };
        const read = (one.key === "name" ? NAME : VALUE).read(one);
        if ("problem" in read) return read;
        if (one.key === undefined) main = read.value;
        else named.set(one.key, read.value);
      }
      return { value: { main, named } };
    },
  };
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
