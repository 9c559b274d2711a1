import { nearest } from "../../kernel/nearest.ts";
import { UsherError } from "../../kernel/errors.ts";
import { isSecretName, parametersOf } from "../../kernel/secrets.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";
import { handsOver, letters } from "./custom.ts";
import {
  settableArguments,
  settingNames,
  type WidgetArgument,
  type WidgetDefinition,
} from "./definition.ts";
import {
  expandData,
  expandText,
  expandUrl,
  neededIn,
  type Value,
  type Values,
} from "./template.ts";

/** A widget as it would be: everything that its definition and its settings decide. */
export interface Resolved {
  readonly definition: WidgetDefinition;
  readonly values: Values;
  /** For the state: variables of clients may stand in it. */
  readonly url: string;
  /** For people, whatever their client. */
  readonly link: string;
  readonly data: Content;
  /** What whoever opens it hands to the website; names under `variable/`. */
  readonly handsOver: readonly string[];
}

/** What settings may follow from: the room, and the command that asked. */
export interface Circumstances {
  readonly room: RoomId;
  readonly cause: EventId;
}

/**
 * Makes a widget of a definition and of what a person gave, as they wrote it. Rejects nothing silently: `widget-setting-unknown`,
 * `widget-setting-invalid`, `widget-setting-missing`, `widget-setting-one-of`, `widget-secret`, `widget-url-invalid`.
 */
export function resolve(
  definition: WidgetDefinition,
  given: Readonly<Record<string, string>>,
  circumstances: Circumstances,
): Resolved {
  refuseUnknown(definition, given);
  const builtIn = {
    letters: letters(circumstances.cause, "letters"),
    room32: base32(circumstances.room),
  };
  const values = valuesOf(definition, given, builtIn);
  refuseMissing(definition, values);
  const all = { ...builtIn, ...values };
  const url = expandUrl(definition.url, all);
  if (!URL.canParse(url) || !url.startsWith("https://"))
    throw new UsherError("widget-url-invalid", { url });
  refuseSecrets(definition, url);
  const link = definition.link.find((one) =>
    neededIn(one).every((name) => values[name] !== undefined || name in builtIn),
  );
  return {
    definition,
    values,
    url,
    link: link === undefined ? url : expandUrl(link, all),
    data: dataOf(definition, values),
    handsOver: [...new Set([...handsOver(url), ...definition.handsOver])],
  };
}

function refuseUnknown(
  definition: WidgetDefinition,
  given: Readonly<Record<string, string>>,
): void {
  const settable = settableArguments(definition).map(([name]) => name);
  const setting = Object.keys(given).find((key) => !settable.includes(key));
  if (setting === undefined) return;
  const { id } = definition;
  const settings = settingNames(definition);
  throw new UsherError("widget-setting-unknown", {
    setting,
    id,
    nearest: nearest(setting, settings),
    settings,
  });
}

/** What each argument is: as given, else as usual; whatever is given, what another one decides. */
function valuesOf(
  definition: WidgetDefinition,
  given: Readonly<Record<string, string>>,
  builtIn: Values,
): Values {
  const values: Record<string, Value> = {};
  const all = Object.entries(definition.arguments);
  for (const [name, argument] of all) {
    const { default: usual } = argument;
    const said = given[name];
    if (said !== undefined) values[name] = readSetting(definition, name, argument, said);
    else if (usual !== undefined)
      values[name] = typeof usual === "string" ? expandText(usual, builtIn) : usual;
  }
  for (const [name, { follows }] of all)
    if (follows !== undefined && values[follows.argument] !== undefined)
      values[name] = expandText(follows.value, builtIn);
  return values;
}

function refuseMissing({ id, oneOf, arguments: all }: WidgetDefinition, values: Values): void {
  for (const [setting, { required, help }] of Object.entries(all))
    if (required && values[setting] === undefined)
      throw new UsherError("widget-setting-missing", { setting, help, id });
  const chosen = oneOf.filter((name) => values[name] !== undefined);
  if (oneOf.length > 0 && chosen.length !== 1)
    throw new UsherError("widget-setting-one-of", { settings: oneOf, id });
}

/** What stands in the state's `data`; a key whose template has nothing to say is left out. */
function dataOf({ data }: WidgetDefinition, values: Values): Content {
  const filled = Object.entries(data).flatMap(([key, template]) => {
    const value = expandData(template, values);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(filled);
}

/** One setting as its argument takes it: undefined where it does not. */
export function readValue(argument: WidgetArgument, said: string): Value | undefined {
  switch (argument.kind) {
    case "text":
      return argument.pattern === undefined ||
        new RegExp(`^(?:${argument.pattern})$`, "u").test(said)
        ? said
        : undefined;
    case "number": {
      // Video sites write a place in time as 90, 90s or 1h6m47s.
      const [whole, hours = "0", minutes = "0", seconds = "0"] =
        /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,9})s?)?$/.exec(said) ?? [];
      return whole === undefined || whole === ""
        ? undefined
        : Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    }
    case "yes-no": {
      const word = said.toLowerCase();
      return ["yes", "on", "true", "1"].includes(word)
        ? true
        : ["no", "off", "false", "0"].includes(word)
          ? false
          : undefined;
    }
    case "choice":
      return argument.choices?.find((choice) => choice.toLowerCase() === said.toLowerCase());
    case "server":
      return isServer(said) ? said.toLowerCase() : undefined;
    case "servers": {
      const all = said.toLowerCase().split(",");
      return all.every(isServer) ? all : undefined;
    }
    case "query": {
      const pairs = [...new URLSearchParams(said)];
      return pairs.length > 0 && pairs.every(([name]) => isKept(argument, name))
        ? { pairs }
        : undefined;
    }
    case "address": {
      const url = URL.canParse(said) ? new URL(said) : undefined;
      if (url?.protocol !== "https:" || url.username !== "" || url.password !== "")
        return undefined;
      return argument.adds === undefined || url.searchParams.has(argument.adds)
        ? url.href
        : withParameter(url, argument.adds);
    }
  }
}

/** Whether an argument of the kind `query` takes this parameter. */
export function isKept({ keeps = [] }: Pick<WidgetArgument, "keeps">, name: string): boolean {
  return keeps.some((one) =>
    one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one,
  );
}

/** Appends without rewriting the rest: `searchParams` would encode what a person typed anew. */
function withParameter(url: URL, parameter: string): string {
  const [before = "", ...after] = url.href.split("#");
  return [`${before}${url.search === "" ? "?" : "&"}${parameter}`, ...after].join("#");
}

function isServer(said: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?$/i.test(said) &&
    URL.canParse(`https://${said}`)
  );
}

function readSetting(
  definition: WidgetDefinition,
  name: string,
  argument: WidgetArgument,
  said: string,
): Value {
  const value = readValue(argument, said);
  if (value !== undefined) return value;
  throw new UsherError("widget-setting-invalid", {
    setting: name,
    said,
    help: argument.help,
    choices: argument.kind === "yes-no" ? ["yes", "no"] : (argument.choices ?? []),
    id: definition.id,
  });
}

/** Some addresses let whoever has them act as somebody, or as the room's moderator: they are not for a room's state, which everybody reads. */
export function refuseSecrets(
  definition: Pick<WidgetDefinition, "secrets" | "shares">,
  url: string,
): void {
  const parameter = secretIn(definition, new URL(url));
  if (parameter !== undefined) throw new UsherError("widget-secret", { parameter });
}

/** The name of a parameter of the address that holds a secret. */
export function secretIn(
  { secrets, shares }: Pick<WidgetDefinition, "secrets" | "shares">,
  url: URL,
): string | undefined {
  const isOne = (names: readonly string[], name: string): boolean =>
    names.some((one) => one.toLowerCase() === name.toLowerCase());
  return parametersOf(url).find(
    (name) => isOne(secrets, name) || (isSecretName(name) && !isOne(shares, name)),
  );
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 base32 without padding: what Jitsi's Matrix authentication expects of a room's id. */
function base32(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => BASE32.charAt(parseInt(five.padEnd(5, "0"), 2)))
    .join("");
}

/** Who answers for what is shown at an address: whom the definition names, or, elsewhere than at their sites, the website itself. */
export function hostOf(
  { host, sites }: Pick<WidgetDefinition, "host" | "sites">,
  url: string,
): { readonly who: string; readonly operator: boolean; readonly policy: string | undefined } {
  const { hostname } = new URL(url);
  const theirs =
    sites.length === 0 || sites.some((site) => hostname === site || hostname.endsWith(`.${site}`));
  if (host.by === "address" || !theirs)
    return { who: hostname, operator: false, policy: undefined };
  return host.by === "operator"
    ? { who: hostname, operator: true, policy: host.policy }
    : { who: host.who, operator: false, policy: host.policy };
}
