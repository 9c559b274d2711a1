import { readValue } from "./resolve.ts";
import type { Recogniser, WidgetDefinition } from "./definition.ts";
import { written, type Value } from "./template.ts";

/**
 * What an address says when it is read as a widget of this definition: settings as a person would write them; undefined where it is none.
 * `named`: the definition was named, so that forms count which are too common otherwise.
 */
export function recognise(definition: WidgetDefinition, url: URL, named = false): Readonly<Record<string, string>> | undefined {
  for (const recogniser of definition.recognise) {
    if (recogniser.named && !named) continue;
    const found = settingsIn(definition, recogniser, url);
    if (found !== undefined && fits(definition, found)) return found;
  }
  return undefined;
}

function settingsIn(definition: WidgetDefinition, recogniser: Recogniser, url: URL): Readonly<Record<string, string>> | undefined {
  const { hosts, under, path, query, maybe, server, address, set } = recogniser;
  if (hosts !== undefined && !hosts.some((host) => isHost(host, url.hostname))) return undefined;
  const rest = under === undefined ? url.pathname : pathUnder(definition.arguments[under]?.default, url);
  if (rest === undefined) return undefined;
  const settings: Record<string, string> = { ...set };
  if (path !== undefined) {
    const match = new URLPattern({ pathname: path }).exec({ pathname: rest });
    if (match === null) return undefined;
    for (const [name, value] of Object.entries(match.pathname.groups))
      if (/^[a-z]/i.test(name) && value !== undefined && value !== "") settings[name] = decoded(value);
  }
  for (const [parameter, name] of Object.entries(query)) {
    const value = url.searchParams.get(parameter);
    if (value === null || value === "") return undefined;
    settings[name] = value;
  }
  for (const [parameter, name] of Object.entries(maybe)) {
    const value = url.searchParams.get(parameter);
    const argument = definition.arguments[name];
    // What only adorns the address must not keep it from being known.
    if (value !== null && argument !== undefined && readValue(argument, value) !== undefined) settings[name] = value;
  }
  if (server !== undefined) settings[server] = definition.arguments[server]?.kind === "address" ? url.origin : url.host;
  if (address !== undefined) settings[address] = url.href;
  return settings;
}

function fits(definition: WidgetDefinition, settings: Readonly<Record<string, string>>): boolean {
  return Object.entries(settings).every(([name, value]) => {
    const argument = definition.arguments[name];
    return argument !== undefined && readValue(argument, value) !== undefined;
  });
}

function isHost(pattern: string, hostname: string): boolean {
  return pattern.startsWith("*.") ? hostname.endsWith(pattern.slice(1)) || hostname === pattern.slice(2) : hostname === pattern;
}

/** The path of an address below a server or another address, with its first slash; undefined where it lies elsewhere. */
function pathUnder(base: Value | undefined, url: URL): string | undefined {
  const text = written(base);
  const root = URL.canParse(text) && text.startsWith("https://") ? text : `https://${text}`;
  if (text === "" || !URL.canParse(root)) return undefined;
  const { host, pathname } = new URL(root);
  const prefix = pathname.replace(/\/+$/, "");
  return url.host === host && url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
