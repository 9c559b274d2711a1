import { ConfigError } from "../../config/problems.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Content } from "../../matrix/port.ts";
import type { CatalogueEntry } from "../../integrations/catalogue.ts";
import { merged } from "../../integrations/merged.ts";
import { defaultSites } from "./addresses.ts";
import type { WidgetDefinition } from "./definition.ts";
import { definitionSchema } from "./definitionSchema.ts";
import { DEFINITIONS } from "./definitions/index.ts";
import { recognise, type Recognised } from "./recognise.ts";
import { readValue, refuseSecrets, resolve, type Circumstances, type Resolved } from "./resolve.ts";
import { valuesIn } from "./template.ts";

type Settings = Readonly<Record<string, string>>;

/** What is known of a widget or of an address: its definition, and its settings as a person would write them. */
export interface WidgetSetup {
  readonly definition: WidgetDefinition;
  readonly settings: Readonly<Record<string, string>>;
  /** Of an address that was pasted: the names of what it says beside that. */
  readonly leftOut?: readonly string[];
}

/** The definitions of widgets that this Usher offers: its own, as the operator changed them, and the operator's. */
export class WidgetLibrary {
  /** In the order in which they may recognise an address. */
  readonly #definitions: readonly WidgetDefinition[];

  constructor(definitions: readonly WidgetDefinition[]) {
    this.#definitions = definitions;
  }

  entries(): readonly CatalogueEntry[] {
    return this.#definitions.map(({ id, name, description, price, host, enabled }) => ({
      kind: "widget",
      id,
      name,
      description,
      price,
      host,
      enabled,
    }));
  }

  /** The websites that what is enabled leads to without anybody naming one. */
  sites(): readonly { readonly entry: string; readonly url: URL }[] {
    const enabled = this.#definitions.filter((definition) => definition.enabled);
    return enabled.flatMap((definition) =>
      defaultSites(definition).map((url) => ({ entry: definition.id, url })),
    );
  }

  /** The definition of this id, disabled or not: what is in a room already can be changed all the same. */
  get(id: string): WidgetDefinition | undefined {
    return this.#definitions.find((definition) => definition.id === id);
  }

  /** The enabled definition that knows the address. Rejects with `widget-address-unknown` where none does: the operator has disabled plain pages. */
  recognise(url: URL): WidgetSetup {
    for (const definition of this.#definitions) {
      const found = definition.enabled ? recognise(definition, url) : undefined;
      if (found !== undefined) return { definition, ...found };
    }
    throw new UsherError("widget-address-unknown", { host: url.hostname });
  }

  /** What a definition that somebody named makes of an address; undefined where nothing. */
  read(definition: WidgetDefinition, url: URL): Recognised | undefined {
    return recognise(definition, url, true);
  }

  /** What a widget that somebody added, in whatever way, is by its type, data and address; undefined where no definition knows it. */
  understand(widget: {
    readonly type: string;
    readonly url: string;
    readonly data: Content;
  }): WidgetSetup | undefined {
    const named = this.#definitions.filter(
      ({ type, aliases }) => type === widget.type || aliases.includes(widget.type),
    );
    const url = httpsUrl(widget.url);
    for (const definition of named) {
      const { explicit, all } = settingsInData(definition, widget.data);
      const inUrl =
        url === undefined || definition.id === "custom"
          ? undefined
          : recognise(definition, url)?.settings;
      // The address says more than the data, which clients do not read; save what a client reads in place of the address.
      const settings = inUrl === undefined ? all : { ...inUrl, ...explicit };
      if (settings !== undefined) return { definition, settings };
    }
    const found =
      url === undefined
        ? undefined
        : this.#definitions.map((definition) => ({
            definition,
            found: recognise(definition, url),
          }));
    const first = found?.find((one) => one.found !== undefined);
    return first?.found === undefined
      ? undefined
      : { definition: first.definition, settings: first.found.settings };
  }

  /** A widget of a definition with these settings. Rejects as `resolve` does, and never lets a secret through that another definition knows. */
  resolve({ definition, settings }: WidgetSetup, circumstances: Circumstances): Resolved {
    const resolved = resolve(definition, settings, circumstances);
    const url = new URL(resolved.url);
    for (const other of this.#definitions)
      if (other.secrets.length > 0 && recognise(other, url) !== undefined)
        refuseSecrets(other, resolved.url);
    return resolved;
  }
}

function httpsUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "https:" ? url : undefined;
}

/**
 * What `data` says of the settings. `explicit`: what `reads` names, as clients read it; undefined values left out. `all`: that beside whatever the
 * definition writes there itself; undefined where something is missing that is required.
 */
function settingsInData(
  definition: WidgetDefinition,
  data: Content,
): { readonly explicit: Settings; readonly all: Settings | undefined } {
  const text = (key: string): string | undefined => {
    const value = data[key];
    return typeof value === "string" || typeof value === "boolean" || typeof value === "number"
      ? String(value)
      : undefined;
  };
  const { reads, data: written, arguments: known } = definition;
  const explicit = Object.fromEntries(
    Object.entries(reads).flatMap(([key, name]) => [[name, text(key)] as const].filter(isSaid)),
  );
  const own = Object.entries(written).map(([key, template]) => {
    const value = text(key);
    return value === undefined || typeof template !== "string"
      ? {}
      : readBack(definition, template, value);
  });
  const all = Object.assign({}, ...own, explicit) as Settings;
  const complete = Object.entries(known).every(
    ([name, { required }]) => !required || all[name] !== undefined,
  );
  return { explicit, all: Object.keys(all).length > 0 && complete ? all : undefined };
}

function isSaid(entry: readonly [string, string | undefined]): entry is readonly [string, string] {
  return entry[1] !== undefined;
}

/** UTF-16 units; others may write as much as an event holds. */
const MAX_VALUE = 2_048;

/** What a value of `data` says of the settings: by the template that makes such values, else as an address that this definition knows. */
function readBack(definition: WidgetDefinition, template: string, value: string): Settings {
  if (value.length > MAX_VALUE) return {};
  const found = valuesIn(template, value);
  const fits = Object.entries(found ?? {}).every(([name, text]) => {
    const argument = definition.arguments[name];
    return argument !== undefined && readValue(argument, text) !== undefined;
  });
  if (
    found !== undefined &&
    Object.keys(found).some((name) => definition.arguments[name]?.operatorOnly === true)
  )
    return {};
  if (found !== undefined && fits) return found;
  const url = httpsUrl(value);
  return (url === undefined ? undefined : recognise(definition, url)?.settings) ?? {};
}

/** What the configuration says under `widgets.definitions`: by id, either what differs from a definition of Usher's own, or a whole new one. */
export type DefinitionChanges = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The library of `readDefinitions`. */
export function openLibrary(changes: DefinitionChanges = {}): WidgetLibrary {
  return new WidgetLibrary(readDefinitions(changes));
}

/** Joins Usher's definitions and the operator's. Throws a `ConfigError` with everything that is wrong with them. */
export function readDefinitions(changes: DefinitionChanges): readonly WidgetDefinition[] {
  const own = DEFINITIONS.map((definition) => ({
    ...definition,
    ...merged(definition, changes[definition.id] ?? {}),
  }));
  const added = Object.entries(changes)
    .filter(([id]) => !DEFINITIONS.some((definition) => definition.id === id))
    .map(([id, definition]) => ({ ...definition, id }));
  const problems: string[] = [];
  // The operator's are asked first, so that they can take an address over.
  const definitions = [...added, ...own].flatMap((definition) => {
    const read = definitionSchema.safeParse(definition);
    if (read.success) return [read.data];
    for (const { path, message } of read.error.issues)
      problems.push(
        `${["widgets.definitions", definition.id, ...path.map(String)].join(".")}: ${message}`,
      );
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return definitions;
}
