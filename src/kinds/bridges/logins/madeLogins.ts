import { z } from "zod";
import type { Clock } from "../../../kernel/clock.ts";
import { userId } from "../../../kernel/idSchemas.ts";
import type { UserId } from "../../../kernel/ids.ts";
import { actor, held, mixed, ownWords } from "../../../privacy/fields.ts";
import { defineDocument, type Documents } from "../../../store/documents.ts";
import { LOGIN_MADE } from "../dataMap.ts";

const made = z.strictObject({
  /** The bridge's id in the catalogue. */
  bridge: ownWords(z.string()),
  /** As the bridge lists it. */
  login: mixed(z.string()),
  /** Ms since the epoch. */
  at: z.number(),
});

export type MadeLogin = z.infer<typeof made>;

/** The document's id is theirs. */
const madeLoginsDocument = defineDocument({
  kind: "bridge-logins-made",
  version: 1,
  ofOnePerson: true,
  shape: {
    person: held(LOGIN_MADE, actor(userId).optional()),
    logins: held(LOGIN_MADE, z.array(made)),
  },
  empty: () => ({ logins: [] }),
  migrations: {},
});

/** The log-ins that people made through Usher, so that whoever is erased is logged out where Usher logged them in. */
export class MadeLogins {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    [this.#documents, this.#clock] = [documents, clock];
  }

  async of(person: UserId): Promise<readonly MadeLogin[]> {
    return (await this.#documents.get(madeLoginsDocument, person))?.logins ?? [];
  }

  async note(person: UserId, login: Omit<MadeLogin, "at">): Promise<void> {
    const one = { ...login, at: this.#clock.now() };
    await this.#documents.update(madeLoginsDocument, person, ({ logins }) => ({
      person,
      logins: [...logins.filter((other) => !isSame(other, one)), one],
    }));
  }

  async forget(person: UserId, login: Omit<MadeLogin, "at">): Promise<void> {
    const known = await this.of(person);
    if (!known.some((one) => isSame(one, login))) return;
    const { logins } = await this.#documents.update(madeLoginsDocument, person, (document) => ({
      ...document,
      logins: document.logins.filter((one) => !isSame(one, login)),
    }));
    if (logins.length === 0) await this.#documents.delete(madeLoginsDocument, person);
  }
}

function isSame(one: Omit<MadeLogin, "at">, other: Omit<MadeLogin, "at">): boolean {
  return one.bridge === other.bridge && one.login === other.login;
}
