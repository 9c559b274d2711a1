import { ConfigError } from "../../config/problems.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Content } from "../../matrix/port.ts";
import type { CatalogueEntry } from "../catalogue.ts";
import { defaultSites } from "./addresses.ts";
import { definitionSchema, type WidgetDefinition } from "./definition.ts";
import { DEFINITIONS } from "./definitions/index.ts";
import { recognise } from "./recognise.ts";
import { refuseSecrets, resolve, type Circumstances, type Resolved } from "./resolve.ts";

/** What is known of a widget or of an address: its definition, and its settings as a person would write them. */
export interface Understood {
  readonly definition: WidgetDefinition;
  readonly settings: Readonly<Record<string, string>>;
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
    return enabled.flatMap((definition) => defaultSites(definition).map((url) => ({ entry: definition.id, url })));
  }

  /** The definition of this id, disabled or not: what is in a room already can be changed all the same. */
  get(id: string): WidgetDefinition | undefined {
    return this.#definitions.find((definition) => definition.id === id);
  }

  /** The enabled definition that knows the address. Rejects with `widget-address-unknown` where none does: the operator has disabled plain pages. */
  recognise(url: URL): Understood {
    for (const definition of this.#definitions) {
      const settings = definition.enabled ? recognise(definition, url) : undefined;
      if (settings !== undefined) return { definition, settings };
    }
    throw new UsherError("widget-address-unknown", { host: url.hostname });
  }

  /** What a definition that somebody named makes of an address; undefined where nothing. */
  read(definition: WidgetDefinition, url: URL): Understood["settings"] | undefined {
    return recognise(definition, url, true);
  }

  /** What a widget that somebody added, in whatever way, is by its type, data and address; undefined where no definition knows it. */
  understand(widget: { readonly type: string; readonly url: string; readonly data: Content }): Understood | undefined {
    const named = this.#definitions.filter(({ type, aliases }) => type === widget.type || aliases.includes(widget.type));
    for (const definition of named) {
      const settings = settingsInData(definition, widget.data);
      if (settings !== undefined) return { definition, settings };
    }
    const url = URL.canParse(widget.url) ? new URL(widget.url) : undefined;
    if (url?.protocol !== "https:") return undefined;
    const candidates = [...named.filter(({ id }) => id !== "custom"), ...this.#definitions];
    for (const definition of candidates) {
      const settings = recognise(definition, url);
      if (settings !== undefined) return { definition, settings };
    }
    return undefined;
  }

  /** A widget of a definition with these settings. Rejects as `resolve` does, and never lets a secret through that another definition knows. */
  resolve({ definition, settings }: Understood, circumstances: Circumstances): Resolved {
    const resolved = resolve(definition, settings, circumstances);
    const url = new URL(resolved.url);
    for (const other of this.#definitions)
      if (other.secrets.length > 0 && recognise(other, url) !== undefined) refuseSecrets(other, resolved.url);
    return resolved;
  }
}

function settingsInData({ reads, arguments: known }: WidgetDefinition, data: Content): Readonly<Record<string, string>> | undefined {
  const found = Object.entries(reads).flatMap(([key, name]) => {
    const value = data[key];
    return typeof value === "string" || typeof value === "boolean" || typeof value === "number" ? [[name, String(value)] as const] : [];
  });
  const complete = Object.entries(known).every(([name, { required }]) => !required || found.some(([one]) => one === name));
  return found.length > 0 && complete ? Object.fromEntries(found) : undefined;
}

/** What the configuration says under `widgets.definitions`: by id, either what differs from a definition of Usher's own, or a whole new one. */
export type DefinitionChanges = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The library of `readDefinitions`. */
export function openLibrary(changes: DefinitionChanges = {}): WidgetLibrary {
  return new WidgetLibrary(readDefinitions(changes));
}

/** Joins Usher's definitions and the operator's. Throws a `ConfigError` with everything that is wrong with them. */
export function readDefinitions(changes: DefinitionChanges): readonly WidgetDefinition[] {
  const own = DEFINITIONS.map((definition) => ({ ...definition, ...merged(definition, changes[definition.id] ?? {}) }));
  const added = Object.entries(changes)
    .filter(([id]) => !DEFINITIONS.some((definition) => definition.id === id))
    .map(([id, definition]) => ({ ...definition, id }));
  const problems: string[] = [];
  // The operator's are asked first, so that they can take an address over.
  const definitions = [...added, ...own].flatMap((definition) => {
    const read = definitionSchema.safeParse(definition);
    if (read.success) return [read.data];
    for (const { path, message } of read.error.issues)
      problems.push(`${["widgets.definitions", definition.id, ...path.map(String)].join(".")}: ${message}`);
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return definitions;
}

/** A definition with what the operator says differently. Of the arguments, only what is named changes; lists are replaced as a whole. */
export function merged(definition: object, changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const before = definition as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(changes).map(([key, value]) => {
      const was = before[key];
      const both = isRecord(value) && isRecord(was) && key !== "host";
      return [key, both ? { ...was, ...merged(was, value) } : value];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
