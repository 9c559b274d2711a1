import type { Files } from "../../files/files.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isAll, namesPerson, type Fate, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { PUT_ASIDE } from "../../privacy/records/operators.ts";
import { textsPutAside } from "../../store/layout.ts";
import type { HeldThing, Holding } from "./holding.ts";

/** Documents that could not be read. Nobody can tell what is in them but by looking for an id in their text; what becomes of them operators decide. */
export class PutAside implements Holding {
  readonly #files: Files;
  readonly #dir: string;

  /** `dir`: the data directory. */
  constructor(files: Files, dir: string) {
    this.#files = files;
    this.#dir = dir;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set([PUT_ASIDE]);
  }

  // oxlint-disable-next-line require-yield -- whom a text is about shows only to whoever looks for them
  async *people(): AsyncIterable<UserId> {
    await Promise.resolve();
  }

  async *about(person: UserId): AsyncIterable<HeldThing> {
    for await (const text of textsPutAside(this.#files, this.#dir))
      if (namesPerson(text, person)) yield { record: PUT_ASIDE, room: undefined, handedOut: {} };
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    if (!isAll(scope)) return;
    for await (const { record } of this.about(person)) yield { record, is: "kept" };
  }

  /** Only the operators can take them away. */
  erase(): Promise<void> {
    return Promise.resolve();
  }
}
