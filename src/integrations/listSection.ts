import type { z } from "zod";
import type { Entry } from "../config/catalogue.ts";
import { ConfigError } from "../config/problems.ts";
import type { CatalogueSection, EntryChanges } from "./liveCatalogue.ts";
import { merged } from "./merged.ts";

interface ListSectionOptions<E> {
  readonly kind: string;
  readonly plural: string;
  /** Of the whole list: what is wrong is told by the entry's id. */
  readonly schema: z.ZodType<readonly E[]>;
  readonly configured: readonly E[];
  /** What is offered as well, by what stands in the list. It may change: then `renew` is to be called. */
  readonly beside?: (listed: readonly E[]) => readonly E[];
}

/** A section of the catalogue that is a list in the configuration, with what operators changed by command over it. */
export class ListSection<E extends Omit<Entry, "kind">> implements CatalogueSection {
  readonly kind: string;
  readonly plural: string;
  readonly #options: ListSectionOptions<E>;
  readonly #entries: E[] = [];
  #renew = (): void => undefined;

  constructor(options: ListSectionOptions<E>) {
    this.kind = options.kind;
    this.plural = options.plural;
    this.#options = options;
  }

  /** Stays the same object when what is offered changes. */
  get entries(): readonly E[] {
    return this.#entries;
  }

  made(changes: EntryChanges): ReturnType<CatalogueSection["made"]> {
    const listed = this.#read(changes);
    const entries = [...listed, ...(this.#options.beside?.(listed) ?? [])];
    return {
      entries: entries.map((entry) => ({ ...entry, kind: this.kind })),
      adopt: () => {
        this.#entries.splice(0, Infinity, ...entries);
      },
    };
  }

  follow(renew: () => void): void {
    this.#renew = renew;
  }

  /** What is offered beside the list is another. */
  renew(): void {
    this.#renew();
  }

  #read(changes: EntryChanges): readonly E[] {
    const { configured, schema } = this.#options;
    const known = configured.map((entry) => ({
      ...entry,
      ...merged(entry, changes[entry.id] ?? {}),
      id: entry.id,
    }));
    const added = Object.entries(changes)
      .filter(([id]) => !configured.some((entry) => entry.id === id))
      .map(([id, entry]) => ({ ...entry, id }));
    const all = [...known, ...added];
    const read = schema.safeParse(all);
    if (read.success) return read.data;
    throw new ConfigError(
      read.error.issues.map(({ path: [index, ...rest], message }) => {
        const where = [String(all[Number(index)]?.id), ...rest.map(String)].join(".");
        return `${where}: ${message}`;
      }),
    );
  }
}
