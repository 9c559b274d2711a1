import { stateUrl } from "./custom.ts";

/** What an argument of a widget can be, once it is read. */
export type Value = string | number | boolean | readonly string[];
export type Values = Readonly<Record<string, Value>>;

/**
 * A small part of URI Templates (RFC 6570): `{name}` is encoded, `{+name}` stands as it is (a server, or the beginning of an address),
 * `{?one,two*}` and `{&one,two*}` are query parameters, absent ones left out, and with `*` one parameter for each of a list.
 */
const EXPRESSION = /\{([+?&]?)([a-z][a-zA-Z0-9]*\*?(?:,[a-z][a-zA-Z0-9]*\*?)*)\}/g;

/** The arguments that a template names; undefined where it is no template. */
export function namesIn(template: string): readonly string[] | undefined {
  if (/[{}]/.test(template.replaceAll(EXPRESSION, ""))) return undefined;
  return [...template.matchAll(EXPRESSION)].flatMap((match) => (match[2] ?? "").split(",").map((name) => name.replace("*", "")));
}

/** Those without which it says nothing sensible: all but query parameters. */
export function neededIn(template: string): readonly string[] {
  return [...template.matchAll(EXPRESSION)].flatMap(([, operator, name = ""]) => (operator === "?" || operator === "&" ? [] : [name]));
}

/** An address for the state event. Every `$` in a value is encoded, save those that begin a variable in an address that stands as it is. */
export function expandUrl(template: string, values: Values): string {
  return template.replaceAll(EXPRESSION, (whole, operator: string, list: string, at: number) => {
    const names = list.split(",");
    if (operator === "?" || operator === "&") {
      const pairs = names.flatMap((name) => parameters(name, values));
      return pairs.length === 0 ? "" : `${operator}${pairs.join("&")}`;
    }
    const value = written(values[names[0] ?? ""]);
    if (operator === "") return encodeURIComponent(value);
    const raw = URL.canParse(value) && value.startsWith("https://") ? stateUrl(new URL(value)) : encodeURI(value).replaceAll("$", "%24");
    return template[at + whole.length] === "/" ? raw.replace(/\/+$/, "") : raw;
  });
}

function parameters(name: string, values: Values): readonly string[] {
  const key = name.replace("*", "");
  const value = values[key];
  if (value === undefined) return [];
  const all = typeof value === "object" && name.endsWith("*") ? value : [written(value)];
  return all.map((one) => `${encodeURIComponent(key)}=${encodeURIComponent(one)}`);
}

/** Plain text, where nothing needs to be encoded. */
export function expandText(template: string, values: Values): string {
  return template.replaceAll(EXPRESSION, (_, __, list: string) => written(values[list.replace("*", "")]));
}

/** A value for `data`: a template that is one name only keeps the value's type. Undefined where that has none. */
export function expandData(template: string | number | boolean, values: Values): Value | undefined {
  if (typeof template !== "string") return template;
  const only = /^\{([a-z][a-zA-Z0-9]*)\}$/.exec(template)?.[1];
  return only === undefined ? expandText(template, values) : values[only];
}

/** As a person writes it, lists with commas. */
export function written(value: Value | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" ? value.join(",") : String(value);
}
