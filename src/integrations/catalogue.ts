import type { Entry } from "../config/catalogue.ts";
import { nearest } from "../kernel/nearest.ts";

/** Something that can be added to a room: what `browse` lists and `info` tells, whatever its kind. */
export type CatalogueEntry = Readonly<Entry>;

/** The ids of what can be added of these. */
export function offeredIds(
  entries: readonly Pick<CatalogueEntry, "id" | "enabled">[],
): readonly string[] {
  return entries.filter(({ enabled }) => enabled).map(({ id }) => id);
}

/** What people call one of a kind, and several. */
interface KindNames {
  readonly kind: string;
  readonly plural: string;
}

/** Everything that can be added, of all kinds. An id is given once, so that `info` and `add` need no kind to find it. */
export class Catalogue {
  readonly #entries: readonly CatalogueEntry[];

  /** What kinds there are, in the order in which people are told of them. */
  readonly kinds: readonly KindNames[];

  /** Throws an ordinary error where two entries have one id: a mistake of ours, for the configuration's are found before. */
  constructor(entries: readonly CatalogueEntry[], kinds: readonly KindNames[]) {
    const twice = entries.find(
      ({ id }, index) => entries.findIndex((other) => other.id === id) !== index,
    );
    if (twice !== undefined)
      throw new Error(`Two entries of the catalogue have the id "${twice.id}"`);
    this.#entries = entries;
    this.kinds = kinds;
  }

  /** The entry with this id or this name, in upper or lower case; disabled ones are not found. */
  find(said: string): CatalogueEntry | undefined {
    const wanted = said.toLowerCase();
    const enabled = this.#entries.filter((entry) => entry.enabled);
    return (
      enabled.find(({ id }) => id === wanted) ??
      enabled.find(({ name }) => name.toLowerCase() === wanted)
    );
  }

  /** The id that was most likely meant. */
  nearest(said: string): string | undefined {
    return nearest(said, offeredIds(this.#entries));
  }

  /** What is enabled, of one kind or all, with the word in its id, name or description; in the order of kinds, then of names. */
  browse({
    kind,
    word = "",
  }: {
    readonly kind?: CatalogueEntry["kind"] | undefined;
    readonly word?: string | undefined;
  } = {}): readonly CatalogueEntry[] {
    const wanted = word.toLowerCase();
    const order = (entry: CatalogueEntry): number =>
      this.kinds.findIndex((one) => one.kind === entry.kind);
    return this.#entries
      .filter((entry) => entry.enabled && (kind === undefined || entry.kind === kind))
      .filter(({ id, name, description }) =>
        [id, name, description].some((text) => text.toLowerCase().includes(wanted)),
      )
      .sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name, "en"));
  }
}
