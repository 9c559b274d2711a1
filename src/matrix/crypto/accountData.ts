import { z } from "zod";
import {
  declareAccountData,
  declareAccountDataOf,
  type AccountDataType,
} from "../../privacy/declared.ts";
import { DEVICES } from "../../privacy/records/keys.ts";
import type { OwnAccountData } from "../accountData.ts";
import {
  describeKey,
  openKey,
  secretUnder,
  type EncryptedSecret,
  type SecretStorageKey,
} from "./secretStorage.ts";

const DEFAULT_KEY = declareAccountData("m.secret_storage.default_key", DEVICES);
const describedKey = declareAccountDataOf("m.secret_storage.key.", DEVICES);
const defaultKey = z.looseObject({ key: z.string().min(1) });
const encrypted = z.record(z.string(), z.unknown()).catch({});

/** The account data in which the account keeps its secrets. Rejects with a `HomeserverError`. */
export class AccountSecrets {
  readonly #accountData: OwnAccountData;

  constructor(accountData: OwnAccountData) {
    this.#accountData = accountData;
  }

  /** The name of the key that the account's secrets are encrypted with; undefined if there is no secret storage. */
  async defaultKeyId(): Promise<string | undefined> {
    return defaultKey.safeParse(await this.#accountData.get(DEFAULT_KEY)).data?.key;
  }

  /** The key with that name, if these bytes are it. */
  async open(id: string, bytes: Uint8Array): Promise<SecretStorageKey | undefined> {
    return openKey(id, await this.#accountData.get(describedKey(id)), bytes);
  }

  /** Makes these bytes the account's key. What was encrypted with another one stays where it is. */
  async create(bytes: Uint8Array): Promise<SecretStorageKey> {
    const key = describeKey(bytes);
    await this.#accountData.set(describedKey(key.id), { ...key.info, name: "Usher" });
    await this.#accountData.set(DEFAULT_KEY, { key: key.id });
    return key;
  }

  async read(name: string, key: SecretStorageKey): Promise<EncryptedSecret | undefined> {
    return secretUnder(await this.#accountData.get(name), key.id);
  }

  /** Keeps what other keys can open of the same secret, unless `alone`. */
  async write(
    name: AccountDataType,
    key: SecretStorageKey,
    secret: EncryptedSecret,
    alone: boolean,
  ): Promise<void> {
    const before = alone ? {} : encrypted.parse((await this.#accountData.get(name))?.["encrypted"]);
    await this.#accountData.set(name, { encrypted: { ...before, [key.id]: secret } });
  }
}
