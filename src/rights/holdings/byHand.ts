import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Fate, Scope } from "../../privacy/erased.ts";
import { declareByIntegration } from "../../privacy/declared.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { BY_HAND } from "../../privacy/records/rights.ts";
import type { Documents } from "../../store/documents.ts";
import { entriesMeant } from "../../store/erasing.ts";
import { roomDocument } from "../../store/room.ts";
import type { HeldThing, Holding } from "./holding.ts";

declareByIntegration("its own settings", BY_HAND);

/** What keeps something because of an entry of a kind's part that only operators can erase, as they call it; undefined where nothing does. */
export type ErasedByHand = (entry: Readonly<Record<string, unknown>>) => string | undefined;

interface ByHandKind {
  readonly kind: string;
  readonly rights: {
    readonly part: NonNullable<Scope["part"]>;
    readonly byHand: ErasedByHand | "nothing";
  };
}

/** Something that operators erase by hand, and in which room somebody added it. */
export interface ThingByHand {
  readonly kind: string;
  readonly name: string;
  readonly room: RoomId;
}

/** What integrations keep by themselves where Usher cannot erase it (R25): known by what the person has added, and so unknown once that is erased. */
export class ByHand implements Holding {
  readonly #documents: Documents;
  readonly #kinds: readonly ByHandKind[];

  constructor(documents: Documents, kinds: readonly ByHandKind[]) {
    this.#documents = documents;
    this.#kinds = kinds;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set([BY_HAND]);
  }

  // oxlint-disable-next-line require-yield -- whoever has added something is found where that is kept
  async *people(): AsyncIterable<UserId> {
    await Promise.resolve();
  }

  async *about(person: UserId): AsyncIterable<HeldThing> {
    for (const { kind, name, room } of await this.things(person, {}))
      yield { record: BY_HAND, room, handedOut: { kind, name } };
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    for (const _ of await this.things(person, scope)) yield { record: BY_HAND, is: "by-hand" };
  }

  /** Operators do it, when all else is done. */
  erase(): Promise<void> {
    return Promise.resolve();
  }

  /** Each of what is meant once for each room. */
  async things(person: UserId, scope: Scope): Promise<readonly ThingByHand[]> {
    const found = new Map<string, ThingByHand>();
    for await (const { document } of this.#documents.aboutPerson(roomDocument, person)) {
      const room = document.id;
      if (scope.room !== undefined && scope.room !== room) continue;
      for (const { kind, rights } of this.#kinds) {
        const { part, byHand } = rights;
        if (byHand === "nothing" || (scope.part !== undefined && scope.part.key !== part.key))
          continue;
        for (const entry of entriesMeant(roomDocument, document, person, { ...scope, part })) {
          const name = byHand(entry);
          if (name !== undefined) found.set(`${room} ${kind} ${name}`, { kind, name, room });
        }
      }
    }
    return [...found.values()];
  }
}
