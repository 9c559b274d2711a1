import type { RoomId, UserId } from "../../kernel/ids.ts";
import { pseudonym, type Pseudonym } from "../../kernel/log.ts";
import type { Documents } from "../../store/documents.ts";
import { restrictionDocument, type Restriction } from "../../store/restrictions.ts";

/** What is about to be done: something of a kind, or in a room. */
export interface Doing {
  readonly kind?: string | undefined;
  readonly room?: RoomId | undefined;
  /** One thing of the kind, by its id. */
  readonly item?: string | undefined;
}

/** Nobody: what it is called in the log changes when all names there do. */
const PROBE = "@:" as UserId;

/**
 * Who wants nothing done with what is about them (R37), or objects to some of it (R39). Known without a look at a document, for it is asked at
 * everything that is done for anybody.
 */
export class Restrictions {
  readonly #documents: Documents;
  readonly #known = new Map<UserId, readonly Restriction[]>();
  /** Those who restricted everything. */
  readonly #whole = new Set<UserId>();
  /** What these are called in the log, as long as `PROBE` is called that: names change with the day. */
  #names: { readonly probe: string; readonly all: ReadonlySet<Pseudonym<UserId>> } | undefined;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Learns what is stored. Until then nobody is restricted. */
  async open(): Promise<void> {
    for await (const { id, document } of this.#documents.scan(restrictionDocument))
      this.#learn(id as UserId, document.restrictions);
  }

  /** Everybody's. */
  all(): readonly Restriction[] {
    return [...this.#known.values()].flat();
  }

  /** What this person has restricted, oldest first. */
  of(person: UserId): readonly Restriction[] {
    return this.#known.get(person) ?? [];
  }

  /** What keeps this from being done for them; where nothing in particular is meant, only what keeps everything from it. */
  against(person: UserId, { kind, room, item }: Doing = {}): Restriction | undefined {
    return this.of(person).find(
      (one) =>
        (one.kind === undefined || one.kind === kind) &&
        (one.room === undefined || one.room === room) &&
        (one.item === undefined || one.item === item),
    );
  }

  /** Whether anything of the kind in the room is not to be done for them, be it for one thing alone: for what cannot tell one thing from the others. */
  touches(person: UserId, { kind, room }: Omit<Doing, "item">): boolean {
    return this.of(person).some(({ item }) => this.against(person, { kind, room, item }));
  }

  /** Whether whoever has this pseudonym in the log has restricted everything. */
  isWhole(who: Pseudonym<UserId>): boolean {
    if (this.#whole.size === 0) return false;
    const probe = pseudonym(PROBE);
    if (this.#names?.probe !== probe)
      this.#names = { probe, all: new Set([...this.#whole].map((person) => pseudonym(person))) };
    return this.#names.all.has(who);
  }

  /** From now on; what is restricted already for the same reason stays as it was. */
  async add(restriction: Restriction): Promise<void> {
    const same = (one: Restriction): boolean =>
      one.kind === restriction.kind &&
      one.room === restriction.room &&
      one.item === restriction.item &&
      one.case === restriction.case;
    await this.#change(restriction.person, (known) =>
      known.some(same) ? known : [...known, restriction],
    );
  }

  /** What is restricted in a room is so in the one that comes after it, too, of the same objections. Safe to repeat. */
  async follow(from: RoomId, to: RoomId): Promise<void> {
    for (const one of this.all().filter(({ room }) => room === from))
      await this.add({ ...one, room: to });
  }

  /** Lifts what this fits. */
  async lift(person: UserId, fits: (restriction: Restriction) => boolean): Promise<void> {
    await this.#change(person, (known) => known.filter((one) => !fits(one)));
  }

  async #change(
    person: UserId,
    change: (known: readonly Restriction[]) => readonly Restriction[],
  ): Promise<void> {
    const { restrictions } = await this.#documents.update(
      restrictionDocument,
      person,
      (document) => {
        const next = change(document.restrictions);
        return next.length === document.restrictions.length
          ? document
          : { restrictions: [...next] };
      },
    );
    if (restrictions.length === 0) await this.#documents.delete(restrictionDocument, person);
    this.#learn(person, restrictions);
  }

  #learn(person: UserId, restrictions: readonly Restriction[]): void {
    this.#names = undefined;
    this.#known.set(person, restrictions);
    if (restrictions.length === 0) this.#known.delete(person);
    if (this.against(person) === undefined) this.#whole.delete(person);
    else this.#whole.add(person);
  }
}
