import { ConfigError } from "../config/problems.ts";
import { UsherError } from "../kernel/errors.ts";
import { catalogueDocument } from "../store/catalogue.ts";
import type { Documents } from "../store/documents.ts";
import { Catalogue, type CatalogueEntry } from "./catalogue.ts";
import { merged } from "./merged.ts";

/** By id, what is to be different of an entry; or a whole new one. */
export type EntryChanges = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What one kind offers: its section of the configuration, and over that what operators changed. */
export interface CatalogueSection {
  /** As in `admin catalogue add <kind>`, and of several. */
  readonly kind: string;
  readonly plural: string;
  /** What would be offered with these changes. Throws a `ConfigError` with everything that is wrong. */
  made(changes: EntryChanges): MadeSection;
  /** `renew` is to be called where what it offers has changed by itself. */
  follow?(renew: () => void): void;
}

interface MadeSection {
  readonly entries: readonly CatalogueEntry[];
  /** From now on this is offered. */
  adopt(): void;
}

/** By kind. */
type Changes = Readonly<Record<string, EntryChanges>>;

/**
 * What this Usher offers: the configuration, and over it what operators changed by command. Its parts
 * stay the same objects when that changes.
 */
export class LiveCatalogue {
  readonly catalogue: Catalogue;
  readonly #sections: readonly CatalogueSection[];
  readonly #entries: CatalogueEntry[] = [];
  readonly #followers: (() => void)[] = [];
  #changes: Changes = {};

  /** Throws a `ConfigError` with everything that is wrong with the configuration. */
  constructor(sections: readonly CatalogueSection[]) {
    this.#sections = sections;
    this.#adopt({});
    this.catalogue = new Catalogue(this.#entries, sections);
    for (const section of sections)
      section.follow?.(() => {
        this.#renew();
      });
  }

  /** What can be changed by command. */
  get kinds(): readonly string[] {
    return this.#sections.map(({ kind }) => kind);
  }

  /** Takes up what was changed by command. What no longer fits the configuration is left out as a whole: then false. */
  async load(documents: Documents): Promise<boolean> {
    const stored = await documents.get(catalogueDocument, "self");
    if (stored === undefined) return true;
    try {
      this.#adopt(stored.changes);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  }

  /** `changed` is called whenever something else may be offered. */
  follow(changed: () => void): void {
    this.#followers.push(changed);
  }

  /** Everything, disabled entries too, and whether it was changed by command. */
  all(): readonly { readonly entry: CatalogueEntry; readonly changed: boolean }[] {
    return this.#entries.map((entry) => ({
      entry,
      changed: Object.hasOwn(this.#changes[entry.kind] ?? {}, entry.id),
    }));
  }

  /** The kind of the entry with this id. Throws `catalogue-unknown`. */
  kindOf(id: string): string {
    const found = this.#entries.find((entry) => entry.id === id);
    if (found === undefined) throw new UsherError("catalogue-unknown", { id });
    return found.kind;
  }

  /** Throws `catalogue-invalid`, with what is wrong, where the entry cannot be like that. */
  check(kind: string, id: string, change: Readonly<Record<string, unknown>> | undefined): void {
    this.#checked(id, this.#with(kind, id, change));
  }

  #checked(id: string, changes: Changes): readonly MadeSection[] {
    try {
      return this.#made(changes);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const problems = error.problems.slice(0, 5);
      throw new UsherError("catalogue-invalid", { id, problems }, { cause: error });
    }
  }

  /**
   * Says of an entry what is to be different from now on, beside what was said before; undefined
   * takes back all that was said by command. Rejects as `check` does.
   */
  async change(
    documents: Documents,
    kind: string,
    id: string,
    change: Readonly<Record<string, unknown>> | undefined,
  ): Promise<void> {
    const changes = this.#with(kind, id, change);
    const made = this.#checked(id, changes);
    await documents.update(catalogueDocument, "self", () => ({ changes }));
    this.#adopt(changes, made);
  }

  #with(kind: string, id: string, change: Readonly<Record<string, unknown>> | undefined): Changes {
    const { [id]: before = {}, ...others } = this.#changes[kind] ?? {};
    const next =
      change === undefined ? others : { ...others, [id]: { ...before, ...merged(before, change) } };
    return { ...this.#changes, [kind]: next };
  }

  /** What all sections would offer. Throws a `ConfigError`. */
  #made(changes: Changes): readonly MadeSection[] {
    const made = this.#sections.map((section) => section.made(changes[section.kind] ?? {}));
    const ids = made.flatMap(({ entries }) => entries.map(({ id }) => id));
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined)
      throw new ConfigError([`${twice}: there is already something else of that id.`]);
    return made;
  }

  /** What does not fit beside the rest is not taken up; operators are told why when they next change something. */
  #renew(): void {
    try {
      this.#adopt(this.#changes);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
  }

  #adopt(changes: Changes, made: readonly MadeSection[] = this.#made(changes)): void {
    for (const section of made) section.adopt();
    this.#changes = changes;
    this.#entries.splice(0, Infinity, ...made.flatMap(({ entries }) => entries));
    for (const changed of this.#followers) changed();
  }
}
