import { botCatalogue, type BotEntry } from "../config/bots.ts";
import { ConfigError } from "../config/problems.ts";
import { UsherError } from "../kernel/errors.ts";
import { catalogueDocument, type CatalogueDocument } from "../store/catalogue.ts";
import type { Documents } from "../store/documents.ts";
import { Catalogue, type CatalogueEntry } from "./catalogue.ts";
import type { WidgetDefinition } from "../kinds/widgets/definition.ts";
import { merged, readDefinitions, WidgetLibrary, type DefinitionChanges } from "../kinds/widgets/library.ts";

/** The kinds whose entries operators can change by command. */
export const CHANGEABLE = ["widget", "bot"] as const;
type Changeable = (typeof CHANGEABLE)[number];

/** What the configuration says of the catalogue. */
export interface Configured {
  readonly definitions: DefinitionChanges;
  readonly bots: readonly BotEntry[];
}

interface Made {
  readonly definitions: readonly WidgetDefinition[];
  readonly bots: readonly BotEntry[];
  readonly entries: readonly CatalogueEntry[];
}

const SECTIONS = { widget: "widgets", bot: "bots" } as const;

/** What this Usher offers: the configuration, and over it what operators changed by command. Its parts stay the same objects when that changes. */
export class Offer {
  readonly library: WidgetLibrary;
  readonly bots: readonly BotEntry[];
  readonly catalogue: Catalogue;
  readonly #configured: Configured;
  readonly #made: { readonly definitions: WidgetDefinition[]; readonly bots: BotEntry[]; readonly entries: CatalogueEntry[] };
  #changes: CatalogueDocument = { widgets: {}, bots: {} };

  /** Throws a `ConfigError` with everything that is wrong with the configuration. */
  constructor(configured: Configured) {
    this.#configured = configured;
    const { definitions, bots, entries } = make(configured, this.#changes);
    this.#made = { definitions: [...definitions], bots: [...bots], entries: [...entries] };
    this.library = new WidgetLibrary(this.#made.definitions);
    this.bots = this.#made.bots;
    this.catalogue = new Catalogue(this.#made.entries);
  }

  /** Takes up what was changed by command. What no longer fits the configuration is left out as a whole: then false. */
  async load(documents: Documents): Promise<boolean> {
    const stored = await documents.get(catalogueDocument, "self");
    if (stored === undefined) return true;
    try {
      this.#adopt(make(this.#configured, stored), stored);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  }

  /** Everything, disabled entries too, and whether it was changed by command. */
  all(): readonly { readonly entry: CatalogueEntry; readonly changed: boolean }[] {
    const { widgets, bots } = this.#changes;
    return this.#made.entries.map((entry) => ({ entry, changed: Object.hasOwn(entry.kind === "bot" ? bots : widgets, entry.id) }));
  }

  /** The kind of the entry with this id. Throws `catalogue-unknown`. */
  kindOf(id: string): Changeable {
    const kind = CHANGEABLE.find((one) => this.#made.entries.some((entry) => entry.id === id && entry.kind === one));
    if (kind === undefined) throw new UsherError("catalogue-unknown", { id });
    return kind;
  }

  /** Throws `catalogue-invalid`, with what is wrong, where the entry cannot be like that. */
  check(kind: Changeable, id: string, change: Readonly<Record<string, unknown>> | undefined): void {
    this.#with(kind, id, change);
  }

  /**
   * Says of an entry what is to be different from now on, beside what was said before; undefined takes back all that was said by command.
   * Rejects as `check` does.
   */
  async change(documents: Documents, kind: Changeable, id: string, change: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    const { made, changes } = this.#with(kind, id, change);
    await documents.update(catalogueDocument, "self", () => changes);
    this.#adopt(made, changes);
  }

  #with(kind: Changeable, id: string, change: Readonly<Record<string, unknown>> | undefined): { made: Made; changes: CatalogueDocument } {
    const section = SECTIONS[kind];
    const { [id]: before = {}, ...others } = this.#changes[section];
    const next = change === undefined ? others : { ...others, [id]: { ...before, ...merged(before, change) } };
    const changes = { ...this.#changes, [section]: next };
    try {
      return { made: make(this.#configured, changes), changes };
    } catch (error) {
      if (error instanceof ConfigError)
        throw new UsherError("catalogue-invalid", { id, problems: error.problems.slice(0, 5) }, { cause: error });
      throw error;
    }
  }

  #adopt(made: Made, changes: CatalogueDocument): void {
    this.#changes = changes;
    this.#made.definitions.splice(0, Infinity, ...made.definitions);
    this.#made.bots.splice(0, Infinity, ...made.bots);
    this.#made.entries.splice(0, Infinity, ...made.entries);
  }
}

/** Throws a `ConfigError` with everything that is wrong. */
function make({ definitions: configured, bots: configuredBots }: Configured, changes: CatalogueDocument): Made {
  const definitions = readDefinitions({ ...configured, ...over(configured, changes.widgets) });
  const bots = readBots(configuredBots, changes.bots);
  const entries = [...new WidgetLibrary(definitions).entries(), ...bots.map((entry) => ({ ...entry, kind: "bot" as const }))];
  const twice = entries.find(({ id }, index) => entries.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw new ConfigError([`${twice.id}: there is already something else of that id.`]);
  return { definitions, bots, entries };
}

function over(configured: DefinitionChanges, changes: DefinitionChanges): DefinitionChanges {
  return Object.fromEntries(
    Object.entries(changes).map(([id, change]) => {
      const before = Object.hasOwn(configured, id) ? (configured[id] ?? {}) : {};
      return [id, { ...before, ...merged(before, change) }];
    }),
  );
}

function readBots(configured: readonly BotEntry[], changes: DefinitionChanges): readonly BotEntry[] {
  const known = configured.map((entry) => ({ ...entry, ...merged(entry, changes[entry.id] ?? {}), id: entry.id }));
  const added = Object.entries(changes)
    .filter(([id]) => !configured.some((entry) => entry.id === id))
    .map(([id, entry]) => ({ ...entry, id }));
  const all = [...known, ...added];
  const read = botCatalogue.safeParse(all);
  if (read.success) return read.data;
  throw new ConfigError(
    read.error.issues.map(
      ({ path: [index, ...rest], message }) => `${[String(all[Number(index)]?.id), ...rest.map(String)].join(".")}: ${message}`,
    ),
  );
}
