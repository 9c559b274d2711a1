import { asRoomId, type UserId } from "../kernel/ids.ts";
import { namesPerson, type Fate, type Forgotten } from "../privacy/erased.ts";
import type { DataRecord } from "../privacy/record.ts";
import { definedDocuments, itemsAbout, type Documents } from "../store/documents.ts";
import { documentWithout, fatesOf } from "../store/erasing.ts";
import { roomDocument } from "../store/room.ts";
import type { HeldThing, Holding } from "./holding.ts";

/** What is stored in documents. What of them is about whom is derived from their fields (R24). */
export class StoredDocuments implements Holding {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set(
      definedDocuments().flatMap(({ records, added }) => [
        ...records.values(),
        ...[...(added?.fields().values() ?? [])].map(({ record }) => record),
      ]),
    );
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

  async *fates(person: UserId): AsyncIterable<Fate> {
    for (const type of definedDocuments())
      for await (const { document } of this.#documents.aboutPerson(type, person))
        yield* fatesOf(type, document, person);
  }

  /** Looks at every document: one that is about others may hold the person's id in a text. */
  async erase(forgotten: Forgotten): Promise<void> {
    const names = (text: string): boolean => namesPerson(text, forgotten.person);
    for (const type of definedDocuments())
      for await (const { id, document } of this.#documents.scan(type)) {
        if (documentWithout(type, document, forgotten) !== document)
          await this.#documents.update(type, id, (current) =>
            documentWithout(type, current, forgotten),
          );
        await this.#documents.deleteFormer(type, id, names);
      }
  }
}
