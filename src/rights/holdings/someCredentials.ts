import type { UserId } from "../../kernel/ids.ts";
import { isAll, type Fate, type Forgotten, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { CREDENTIAL } from "../../privacy/records/secrets.ts";
import type { KeptCredentials } from "../../secrets/credentials.ts";
import type { Credential } from "../../store/secrets.ts";
import type { HeldThing, Holding } from "./holding.ts";

interface SomeCredentialsDeps {
  readonly credentials: Pick<KeptCredentials, "about" | "forget">;
  /** What a kind keeps of rooms. */
  readonly partOf: (kind: string) => Scope["part"];
}

/**
 * Credentials where less than all of a person is erased: those of one room, one kind or one thing. All of them, and what is told of them, is derived from the
 * documents like whatever is stored.
 */
export class SomeCredentials implements Holding {
  readonly #deps: SomeCredentialsDeps;

  constructor(deps: SomeCredentialsDeps) {
    this.#deps = deps;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set();
  }

  // oxlint-disable-next-line require-yield -- the stored documents name them
  async *people(): AsyncIterable<UserId> {
    await Promise.resolve();
  }

  // oxlint-disable-next-line require-yield -- as above
  async *about(): AsyncIterable<HeldThing> {
    await Promise.resolve();
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    if (isAll(scope)) return;
    for (const one of await this.#deps.credentials.about(person))
      if (this.#isMeant(one, scope)) yield { record: CREDENTIAL, is: "erased" };
  }

  async erase({ person }: Forgotten, scope: Scope): Promise<void> {
    if (isAll(scope)) return;
    await this.#deps.credentials.forget(person, (one) => this.#isMeant(one, scope));
  }

  #isMeant({ kind, room, id }: Credential, scope: Scope): boolean {
    return (
      (scope.room === undefined || scope.room === room) &&
      (scope.item === undefined || scope.item === id) &&
      (scope.part === undefined || scope.part.key === this.#deps.partOf(kind)?.key)
    );
  }
}
