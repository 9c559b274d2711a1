import type { UserId } from "../../../kernel/ids.ts";
import type { Documents } from "../../../store/documents.ts";
import { personPacksDocument, type PersonPacksDocument } from "./document.ts";

type Redeeming = NonNullable<PersonPacksDocument["redeeming"]>;

/** Which packs of the catalogue people have enabled, and which they have redeemed (R49, R53, R58). Each change is safe to repeat. */
export class PersonPacks {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** In the order of their ids. */
  async enabled(person: UserId): Promise<readonly string[]> {
    const { packs } = await this.#of(person);
    return Object.keys(packs)
      .filter((id) => packs[id]?.enabled === true)
      .sort();
  }

  async hasRedeemed(person: UserId, pack: string): Promise<boolean> {
    return (await this.#of(person)).packs[pack]?.redeemed === true;
  }

  /** What they have redeemed, in the order of their ids. */
  async redeemed(person: UserId): Promise<readonly string[]> {
    const { packs } = await this.#of(person);
    return Object.keys(packs)
      .filter((id) => packs[id]?.redeemed === true)
      .sort();
  }

  /** The code that was being redeemed for them when Usher was stopped; undefined where none was. */
  async redeeming(person: UserId): Promise<Redeeming | undefined> {
    return (await this.#of(person)).redeeming;
  }

  /** Everybody for whom a code was being redeemed when Usher was stopped. */
  async *interrupted(): AsyncIterable<UserId> {
    for await (const { id, document } of this.#documents.scan(personPacksDocument))
      if (document.redeeming !== undefined) yield id as UserId;
  }

  /** Whether anything changed. */
  async enable(person: UserId, pack: string): Promise<boolean> {
    if ((await this.enabled(person)).includes(pack)) return false;
    await this.#change(person, ({ packs, ...rest }) => ({
      ...rest,
      packs: { ...packs, [pack]: { redeemed: false, ...packs[pack], enabled: true } },
    }));
    return true;
  }

  /** Whether anything changed. What was redeemed stays so. */
  async disable(person: UserId, pack: string): Promise<boolean> {
    if (!(await this.enabled(person)).includes(pack)) return false;
    await this.#change(person, ({ packs, ...rest }) => ({
      ...rest,
      packs: { ...packs, [pack]: { redeemed: false, ...packs[pack], enabled: false } },
    }));
    return true;
  }

  async begin(person: UserId, redeeming: Redeeming): Promise<void> {
    await this.#change(person, (document) => ({ ...document, redeeming }));
  }

  /** What was being redeemed is over: the pack is theirs and enabled, or nothing came of it (undefined). */
  async end(person: UserId, pack: string | undefined): Promise<void> {
    await this.#change(person, ({ redeeming: _, packs, ...rest }) => ({
      ...rest,
      packs: pack === undefined ? packs : { ...packs, [pack]: { enabled: true, redeemed: true } },
    }));
  }

  async #of(person: UserId): Promise<PersonPacksDocument> {
    return (await this.#documents.get(personPacksDocument, person)) ?? { packs: {} };
  }

  /** A document that would say nothing is none. */
  async #change(
    person: UserId,
    change: (document: PersonPacksDocument) => PersonPacksDocument,
  ): Promise<void> {
    const { packs, redeeming } = await this.#documents.update(
      personPacksDocument,
      person,
      (document) => {
        const next = change(document);
        const said = Object.entries(next.packs).filter(([, one]) => one.enabled || one.redeemed);
        return { ...next, person, packs: Object.fromEntries(said) };
      },
    );
    if (redeeming === undefined && Object.keys(packs).length === 0)
      await this.#documents.delete(personPacksDocument, person);
  }
}
