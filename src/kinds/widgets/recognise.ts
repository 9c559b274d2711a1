import { isKept, readValue } from "./resolve.ts";
import type { Recogniser, WidgetArgument, WidgetDefinition } from "./definition.ts";
import { written, type Value } from "./template.ts";

/** What an address says when it is read as a widget. */
export interface Recognised {
  /** As a person would write them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The names of what the address says beside that, which such a widget cannot show; "#" for what stands behind that alone. */
  readonly leftOut: readonly string[];
}

/**
 * What an address says when it is read as a widget of this definition; undefined where it is none.
 * `named`: the definition was named, so that forms count which are too common otherwise.
 */
export function recognise(
  definition: WidgetDefinition,
  url: URL,
  named = false,
): Recognised | undefined {
  for (const recogniser of definition.recognise) {
    if (recogniser.named && !named) continue;
    const found = settingsIn(definition, recogniser, url);
    if (found !== undefined && fits(definition, found.settings)) return found;
  }
  return undefined;
}

function settingsIn(
  definition: WidgetDefinition,
  recogniser: Recogniser,
  url: URL,
): Recognised | undefined {
  const { hosts, under, path, query, maybe, more, fragment, server, address, set } = recogniser;
  if (hosts !== undefined && !hosts.some((host) => isHost(host, url.hostname))) return undefined;
  const rest =
    under === undefined ? url.pathname : pathUnder(definition.arguments[under]?.default, url);
  if (rest === undefined) return undefined;
  const settings: Record<string, string> = { ...set };
  if (path !== undefined) {
    const match = new URLPattern({ pathname: path }).exec({ pathname: rest });
    if (match === null) return undefined;
    for (const [name, value] of Object.entries(match.pathname.groups))
      if (/^[a-z]/i.test(name) && value !== undefined && value !== "")
        settings[name] = decoded(value);
  }
  if (server !== undefined)
    settings[server] = definition.arguments[server]?.kind === "address" ? url.origin : url.host;
  if (address !== undefined) return { settings: { ...settings, [address]: url.href }, leftOut: [] };
  const takes = (name: string | undefined, value: string): boolean => {
    const argument = name === undefined ? undefined : definition.arguments[name];
    return argument !== undefined && readValue(argument, value) !== undefined;
  };
  const left: (readonly [string, string])[] = [];
  for (const [parameter, value] of url.searchParams) {
    const name = query[parameter] ?? maybe[parameter];
    // What only adorns the address must not keep it from being known.
    if (
      name !== undefined &&
      settings[name] === undefined &&
      (parameter in query || takes(name, value))
    )
      settings[name] = value;
    else left.push([parameter, value]);
  }
  if (Object.values(query).some((name) => (settings[name] ?? "") === "")) return undefined;
  const { kept, others } = partedBy(
    more === undefined ? undefined : definition.arguments[more],
    left,
  );
  if (more !== undefined && kept.length > 0) settings[more] = written({ pairs: kept });
  const behind = decoded(url.hash.slice(1));
  if (fragment !== undefined && behind !== "" && takes(fragment, behind))
    settings[fragment] = behind;
  const lost = behind === "" || settings[fragment ?? ""] === behind ? [] : fragmentNames(behind);
  return { settings, leftOut: [...new Set([...others.map(([name]) => name), ...lost])] };
}

/** The parameters that an argument of the kind `query` keeps, and the others. */
function partedBy(
  argument: WidgetArgument | undefined,
  pairs: readonly (readonly [string, string])[],
): {
  readonly kept: readonly (readonly [string, string])[];
  readonly others: readonly (readonly [string, string])[];
} {
  const isOne = ([name]: readonly [string, string]): boolean =>
    argument !== undefined && isKept(argument, name);
  return { kept: pairs.filter(isOne), others: pairs.filter((pair) => !isOne(pair)) };
}

function fragmentNames(behind: string): readonly string[] {
  return behind.includes("=")
    ? [...new URLSearchParams(behind).keys()].map((name) => `#${name}`)
    : ["#"];
}

function fits(definition: WidgetDefinition, settings: Readonly<Record<string, string>>): boolean {
  return Object.entries(settings).every(([name, value]) => {
    const argument = definition.arguments[name];
    return argument !== undefined && readValue(argument, value) !== undefined;
  });
}

function isHost(pattern: string, hostname: string): boolean {
  return pattern.startsWith("*.")
    ? hostname.endsWith(pattern.slice(1)) || hostname === pattern.slice(2)
    : hostname === pattern;
}

/** The path of an address below a server or another address, with its first slash; undefined where it lies elsewhere. */
function pathUnder(base: Value | undefined, url: URL): string | undefined {
  const text = written(base);
  const root = URL.canParse(text) && text.startsWith("https://") ? text : `https://${text}`;
  if (text === "" || !URL.canParse(root)) return undefined;
  const { host, pathname } = new URL(root);
  const prefix = pathname.replace(/\/+$/, "");
  return url.host === host && url.pathname.startsWith(`${prefix}/`)
    ? url.pathname.slice(prefix.length)
    : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
