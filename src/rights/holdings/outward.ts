import type { Answer } from "../../chat/command.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { settledWithin } from "../../kernel/tasks.ts";
import { isAll, type Fate, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import type { Documents } from "../../store/documents.ts";
import type { FateCount, OutwardThing } from "../../store/erasures.ts";
import { entriesMeant } from "../../store/erasing.ts";
import { roomDocument } from "../../store/room.ts";
import type { HeldThing, Holding } from "./holding.ts";

type Entry = Readonly<Record<string, unknown>>;

/** Who is to be erased, and whether they have named this one thing. */
interface Asked {
  readonly person: UserId;
  readonly room: RoomId;
  readonly named: boolean;
}

/** What a kind has made for people at another service, by the entries of its part of rooms' documents: an erasure takes it away there first. */
export interface Outward {
  readonly record: DataRecord;
  /** Whether it goes with this person; what stays says no longer whose it was. Rejects where that cannot be told now. */
  goes(entry: Entry, asked: Asked): Promise<boolean>;
  /** Takes away what is theirs, or nobody's any more, and sees that it is gone. Rejects where it is not. Nothing where there is none; safe to repeat. */
  takeAway(room: RoomId, id: string, person: UserId): Promise<void>;
  /** What the service behind an entry of the catalogue keeps of people all the same, and whose policy says so; undefined where nobody knows. */
  keeps(entry: string): Answer | undefined;
  /** What it has made there for people that belongs to no room. It goes with whoever is erased as a whole. */
  readonly ofPeople?: {
    readonly record: DataRecord;
    things(person: UserId): Promise<readonly Pick<OutwardThing, "id" | "entry" | "goes">[]>;
    /** As `takeAway` above. */
    takeAway(person: UserId, thing: Pick<OutwardThing, "id" | "entry">): Promise<void>;
  };
}

interface OutwardKind {
  readonly kind: string;
  readonly rights: {
    readonly part: NonNullable<Scope["part"]>;
    readonly outward: Outward | "nothing";
  };
}

/** How long one is waited for; it goes on beside, and is looked for again with the next try. Ms. */
const PATIENCE_MS = 180_000;

/** What people have at other services through Usher, as an erasure sees it: known by what they have added, and so unknown once that is erased. */
export class OutwardThings implements Holding {
  readonly #documents: Documents;
  readonly #kinds: readonly OutwardKind[];
  readonly #log: Log;

  constructor({
    documents,
    kinds,
    log,
  }: {
    readonly documents: Documents;
    readonly kinds: readonly OutwardKind[];
    readonly log: Log;
  }) {
    this.#documents = documents;
    this.#kinds = kinds;
    this.#log = log;
  }

  /** What lies here is in rooms' documents, and counted there. */
  records(): ReadonlySet<DataRecord> {
    return new Set();
  }

  // oxlint-disable-next-line require-yield -- whoever has added something is found where that is kept
  async *people(): AsyncIterable<UserId> {
    await Promise.resolve();
  }

  // oxlint-disable-next-line require-yield -- the link itself stands where that is kept
  async *about(): AsyncIterable<HeldThing> {
    await Promise.resolve();
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    for (const { kind, room, goes } of await this.things(person, scope)) {
      const record = room === undefined ? undefined : this.#outwardOf(kind)?.record;
      // Its entry goes with it, and is not merely without a name.
      if (goes && record !== undefined) yield { record, is: "erased", insteadOf: "nameless" };
    }
  }

  /** It is taken away by `takeAway`, before anything else goes. */
  erase(): Promise<void> {
    return Promise.resolve();
  }

  /** All that is meant, what stays too. */
  async things(person: UserId, scope: Scope): Promise<readonly OutwardThing[]> {
    const found: OutwardThing[] = isAll(scope) ? await this.#ofPeople(person) : [];
    for await (const { document } of this.#documents.aboutPerson(roomDocument, person)) {
      const room = document.id;
      if (scope.room !== undefined && scope.room !== room) continue;
      for (const { kind, rights } of this.#kinds) {
        const { part, outward } = rights;
        if (outward === "nothing" || (scope.part !== undefined && scope.part.key !== part.key))
          continue;
        const own = { ...scope, part: { key: part.key, deeds: [] } };
        for (const one of entriesMeant(roomDocument, document, person, own)) {
          const goes = await outward.goes(one, { person, room, named: scope.item !== undefined });
          found.push({ kind, room, id: String(one["id"]), entry: String(one["entry"]), goes });
        }
      }
    }
    return found;
  }

  /** Takes away there what goes. What is left of it is to be tried again. */
  async takeAway(person: UserId, things: readonly OutwardThing[]): Promise<readonly FateCount[]> {
    const left: FateCount[] = [];
    for (const thing of things) {
      const { kind, room, goes } = thing;
      const outward = this.#outwardOf(kind);
      const record = room === undefined ? outward?.ofPeople?.record : outward?.record;
      if (!goes || outward === undefined || record === undefined) continue;
      const work = takenAway(outward, thing, person).then(
        () => true,
        (error: unknown) => {
          const where = room === undefined ? {} : { where: pseudonym(room) };
          this.#log.warn({
            ...{ class: "bot", what: "erasure.outward-failed", ...where },
            ...errorFields(error),
          });
          return false;
        },
      );
      if (!((await settledWithin(work, PATIENCE_MS)) && (await work)))
        left.push({ record: record.id, is: "erased", count: 1 });
    }
    return left;
  }

  /** What the services keep all the same, each once. */
  keeps(things: readonly OutwardThing[]): readonly Answer[] {
    const all = new Map(things.map((one) => [`${one.kind} ${one.entry}`, one]));
    return [...all.values()]
      .map(({ kind, entry }) => this.#outwardOf(kind)?.keeps(entry))
      .filter((one) => one !== undefined);
  }

  async #ofPeople(person: UserId): Promise<OutwardThing[]> {
    const found: OutwardThing[] = [];
    for (const { kind, rights } of this.#kinds) {
      const { outward } = rights;
      if (outward === "nothing" || outward.ofPeople === undefined) continue;
      for (const thing of await outward.ofPeople.things(person)) found.push({ kind, ...thing });
    }
    return found;
  }

  #outwardOf(wanted: string): Outward | undefined {
    const outward = this.#kinds.find(({ kind }) => kind === wanted)?.rights.outward;
    return outward === "nothing" ? undefined : outward;
  }
}

async function takenAway(
  outward: Outward,
  { room, id, entry }: OutwardThing,
  person: UserId,
): Promise<void> {
  if (room === undefined) await outward.ofPeople?.takeAway(person, { id, entry });
  else await outward.takeAway(room, id, person);
}
