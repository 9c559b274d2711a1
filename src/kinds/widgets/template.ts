import { stateUrl } from "./custom.ts";

/** What an argument of a widget can be, once it is read. */
export type Value = string | number | boolean | readonly string[] | Query;
/** Query parameters, in their order; one name may stand there several times. */
export interface Query {
  readonly pairs: readonly (readonly [string, string])[];
}
export type Values = Readonly<Record<string, Value>>;

/**
 * A small part of URI Templates (RFC 6570): `{name}` is encoded, `{+name}` stands as it is (a server, or the beginning of an address),
 * `{?one,two*}` and `{&one,two*}` are query parameters, absent ones left out, and with `*` one parameter for each of a list; `{#name}` is what
 * stands behind the `#`, absent with it.
 */
const EXPRESSION = /\{([+?&#]?)([a-z][a-zA-Z0-9]*\*?(?:,[a-z][a-zA-Z0-9]*\*?)*)\}/g;

/** The arguments that a template names; undefined where it is no template. */
export function namesIn(template: string): readonly string[] | undefined {
  if (/[{}]/.test(template.replaceAll(EXPRESSION, ""))) return undefined;
  return [...template.matchAll(EXPRESSION)].flatMap((match) =>
    (match[2] ?? "").split(",").map((name) => name.replace("*", "")),
  );
}

/** Those without which it says nothing sensible: all but query parameters. */
export function neededIn(template: string): readonly string[] {
  return [...template.matchAll(EXPRESSION)].flatMap(([, operator, name = ""]) =>
    "?&#".includes(operator ?? "") && operator !== "" ? [] : [name],
  );
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
    if (operator === "#") return value === "" ? "" : `#${encodeURI(value).replaceAll("$", "%24")}`;
    const raw =
      URL.canParse(value) && value.startsWith("https://")
        ? stateUrl(new URL(value))
        : encodeURI(value).replaceAll("$", "%24");
    return template[at + whole.length] === "/" ? raw.replace(/\/+$/, "") : raw;
  });
}

function parameters(name: string, values: Values): readonly string[] {
  const key = name.replace("*", "");
  const value = values[key];
  if (value === undefined) return [];
  if (isQuery(value) && name.endsWith("*"))
    return value.pairs.map(([one, text]) => pair(one, text));
  const all =
    Array.isArray(value) && name.endsWith("*") ? (value as readonly string[]) : [written(value)];
  return all.map((one) => pair(key, one));
}

function pair(name: string, value: string): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function isQuery(value: Value): value is Query {
  return typeof value === "object" && "pairs" in value;
}

/** Plain text, where nothing needs to be encoded. */
export function expandText(template: string, values: Values): string {
  return template.replaceAll(EXPRESSION, (_, __, list: string) =>
    written(values[list.replace("*", "")]),
  );
}

/** What a text says of the names in a template that made it, or could have; undefined where it did not. */
export function valuesIn(
  template: string,
  text: string,
): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const literals = template.split(new RegExp(EXPRESSION.source));
  // Of each expression, `split` gives the operator and the names beside the text before it.
  const pattern = literals.map((part, index) => {
    if (index % 3 === 0) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    if (index % 3 === 1) return "";
    names.push(part);
    return "(.+?)";
  });
  const match = new RegExp(`^${pattern.join("")}$`, "s").exec(text);
  return match === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ""]));
}

/** A value for `data`: a template that is one name only keeps the value's type. Undefined where that has none. */
export function expandData(template: string | number | boolean, values: Values): Value | undefined {
  if (typeof template !== "string") return template;
  const only = /^\{([a-z][a-zA-Z0-9]*)\}$/.exec(template)?.[1];
  const value = only === undefined ? expandText(template, values) : values[only];
  return value === undefined || !isQuery(value) ? value : written(value);
}

/** As a person writes it, lists with commas. */
export function written(value: Value | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "object" && "pairs" in value)
    return value.pairs.map(([name, text]) => pair(name, text)).join("&");
  return typeof value === "object" ? value.join(",") : String(value);
}
