import { asRoomId, type UserId } from "../../kernel/ids.ts";
import { namesPerson, isAll, type Fate, type Forgotten, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import {
  definedDocuments,
  itemsAbout,
  peopleIn,
  type Documents,
  type DocumentType,
} from "../../store/documents.ts";
import { documentWithout, fatesOf } from "../../store/erasing.ts";
import { roomDocument } from "../../store/room.ts";
import type { HeldThing, Holding } from "./holding.ts";

/** What is stored in documents. What of them is about whom is derived from their fields (R24). */
export class StoredDocuments implements Holding {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** What only a statement is made of names nobody, so that it cannot be counted for anybody: to say 0 of it would be wrong. */
  records(): ReadonlySet<DataRecord> {
    const all = definedDocuments().flatMap(({ records, added }) => [
      ...records.values(),
      ...[...(added?.fields().values() ?? [])].map(({ record }) => record),
    ]);
    return new Set(all.filter(({ facts }) => facts.inExport !== "statement"));
  }

  async *people(): AsyncIterable<UserId> {
    for (const type of definedDocuments())
      for await (const { document } of this.#documents.scan(type)) yield* peopleIn(type, document);
  }

  async *about(person: UserId): AsyncIterable<HeldThing> {
    for (const type of definedDocuments())
      for await (const { id, document } of this.#documents.aboutPerson(type, person))
        for (const { record, handedOut } of itemsAbout(type, document, person))
          yield {
            record,
            room: type.kind === roomDocument.kind ? asRoomId(id) : undefined,
            handedOut,
          };
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    for (const type of definedDocuments())
      for await (const { id, document } of this.#documents.aboutPerson(type, person))
        if (isMeant(type, id, scope)) yield* fatesOf(type, document, person, scope);
  }

  /** Looks at every document: one that is about others may hold the person's id in a text. */
  async erase(forgotten: Forgotten, scope: Scope): Promise<void> {
    const names = (text: string): boolean => namesPerson(text, forgotten.person);
    for (const type of definedDocuments())
      for await (const { id, document } of this.#documents.scan(type)) {
        if (!isMeant(type, id, scope)) continue;
        if (type.ofOnePerson && id === forgotten.person) await this.#documents.delete(type, id);
        else if (documentWithout(type, document, forgotten, scope) !== document)
          await this.#documents.update(type, id, (current) =>
            documentWithout(type, current, forgotten, scope),
          );
        await this.#documents.deleteFormer(type, id, names);
      }
  }
}

/** Where less than all is meant, it is in rooms. */
function isMeant({ kind }: DocumentType<object>, id: string, scope: Scope): boolean {
  if (isAll(scope)) return true;
  return kind === roomDocument.kind && (scope.room === undefined || scope.room === id);
}
