import type { CatalogueSection, EntryChanges } from "../../integrations/liveCatalogue.ts";
import { mergedEach } from "../../integrations/merged.ts";
import type { WidgetDefinition } from "./definition.ts";
import { readDefinitions, WidgetLibrary } from "./library.ts";

/** The widgets that can be added: Usher's own definitions, and what the operator says of them and beside them. */
export class WidgetSection implements CatalogueSection {
  readonly kind = "widget";
  readonly plural = "widgets";
  /** Stays the same object when what is offered changes. */
  readonly library: WidgetLibrary;
  readonly #configured: EntryChanges;
  readonly #definitions: WidgetDefinition[] = [];

  constructor(configured: EntryChanges) {
    this.#configured = configured;
    this.library = new WidgetLibrary(this.#definitions);
  }

  made(changes: EntryChanges): ReturnType<CatalogueSection["made"]> {
    const configured = this.#configured;
    const definitions = readDefinitions({ ...configured, ...mergedEach(configured, changes) });
    return {
      entries: new WidgetLibrary(definitions).entries(),
      adopt: () => {
        this.#definitions.splice(0, Infinity, ...definitions);
      },
    };
  }
}
