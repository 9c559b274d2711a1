import { botCatalogue, type BotEntry } from "./config.ts";
import { ConfigError } from "../../config/problems.ts";
import type { CatalogueSection, EntryChanges } from "../../integrations/liveCatalogue.ts";
import { merged } from "../../integrations/merged.ts";

/** The bots that can be added by name. */
export class BotSection implements CatalogueSection {
  readonly kind = "bot";
  readonly plural = "bots";
  readonly #configured: readonly BotEntry[];
  readonly #entries: BotEntry[] = [];

  constructor(configured: readonly BotEntry[]) {
    this.#configured = configured;
  }

  /** Stays the same object when what is offered changes. */
  get entries(): readonly BotEntry[] {
    return this.#entries;
  }

  made(changes: EntryChanges): ReturnType<CatalogueSection["made"]> {
    const bots = readBots(this.#configured, changes);
    return {
      entries: bots.map((entry) => ({ ...entry, kind: "bot" })),
      adopt: () => {
        this.#entries.splice(0, Infinity, ...bots);
      },
    };
  }
}

function readBots(configured: readonly BotEntry[], changes: EntryChanges): readonly BotEntry[] {
  const known = configured.map((entry) => ({
    ...entry,
    ...merged(entry, changes[entry.id] ?? {}),
    id: entry.id,
  }));
  const added = Object.entries(changes)
    .filter(([id]) => !configured.some((entry) => entry.id === id))
    .map(([id, entry]) => ({ ...entry, id }));
  const all = [...known, ...added];
  const read = botCatalogue.safeParse(all);
  if (read.success) return read.data;
  throw new ConfigError(
    read.error.issues.map(({ path: [index, ...rest], message }) => {
      const where = [String(all[Number(index)]?.id), ...rest.map(String)].join(".");
      return `${where}: ${message}`;
    }),
  );
}
