import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId, type RoomId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { declareAccountData } from "../../privacy/declared.ts";
import { KEYS } from "../../privacy/records/keys.ts";
import { path, type HomeserverCall } from "../client.ts";
import { HomeserverError, isNotFound } from "../errors.ts";
import type { AccountSecrets } from "./accountData.ts";
import type { CryptoEngine } from "./engine.ts";
import type { RequestSender } from "./requests.ts";
import { decryptSecret, encryptSecret, type SecretStorageKey } from "./secretStorage.ts";

const ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
/** Where the private key lies in secret storage. */
const SECRET = declareAccountData("m.megolm_backup.v1", KEYS);

const versionAnswer = z.object({
  version: z.string(),
  count: z.int().nonnegative().default(0),
  algorithm: z.string(),
  auth_data: z.looseObject({ public_key: z.string().optional() }),
});
const createdAnswer = z.object({ version: z.string() });
const session = z.object({
  session_data: z.object({ ephemeral: z.string(), mac: z.string(), ciphertext: z.string() }),
});
const keysAnswer = z.object({
  rooms: z.record(z.string(), z.object({ sessions: z.record(z.string(), z.unknown()) })),
});

/** Tells which of these rooms Usher is not in, and does not come into. */
export type LeftAmong = (rooms: readonly RoomId[]) => Promise<readonly RoomId[]>;

/** Does `work` for each, also after one where it failed: people choose the ids of rooms. Rejects with the first failure, at once where the homeserver cannot be reached. */
export async function eachRoom(
  rooms: readonly RoomId[],
  work: (room: RoomId) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const room of rooms) {
    try {
      await work(room);
    } catch (error) {
      if (error instanceof HomeserverError && error.kind !== "answered") throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

interface BackupKeeperDeps {
  readonly engine: CryptoEngine;
  readonly sender: RequestSender;
  readonly call: HomeserverCall;
  readonly secrets: AccountSecrets;
  readonly log: Log;
}

/** The copy of room keys on the homeserver, which only the recovery key opens. */
export class BackupKeeper {
  readonly #deps: BackupKeeperDeps;
  #version: string | undefined;
  #uploading: Promise<void> | undefined;
  /** How many keys more than the engine the backup held when it was last looked at. */
  #looked: number | undefined;

  constructor(deps: BackupKeeperDeps) {
    this.#deps = deps;
  }

  /** The version that keys are copied to; undefined while none is trusted. */
  get version(): string | undefined {
    return this.#version;
  }

  /**
   * Goes on with the backup whose private key is here, or in secret storage under `key` (then its room keys are read back), or makes a new one
   * where there is none or `renew` says so. One whose key is unknown is left alone: what is copied there could be read by whoever made it.
   */
  async prepare(key: SecretStorageKey | undefined, renew: boolean): Promise<void> {
    const { engine, log } = this.#deps;
    const current = renew ? undefined : await this.#current();
    const stored = await engine.backup.stored();
    if (current === undefined) {
      // Without a recovery key nobody could ever read it.
      if (key !== undefined) await this.#create(key);
      return;
    }
    if (stored !== undefined && stored.publicKey === current.publicKey) {
      await this.#enable(stored.privateKey, current.version);
      return;
    }
    const privateKey = key === undefined ? undefined : await this.#fromSecrets(key);
    if (privateKey === undefined || engine.backup.publicKeyOf(privateKey) !== current.publicKey) {
      if (await engine.backup.enabled()) await engine.backup.disable();
      log.warn({ class: "ops", what: "crypto.backup-untrusted" });
      return;
    }
    await this.#enable(privateKey, current.version);
    await this.#restore(privateKey, current.version);
  }

  /** Copies what is new. Runs once at a time; never rejects. */
  upload(): Promise<void> {
    this.#uploading ??= this.#uploadAll().finally(() => {
      this.#uploading = undefined;
    });
    return this.#uploading;
  }

  /** Deletes the copies of a room's keys. Rejects where the homeserver does not answer; the next sweep then does it. */
  async forget(room: RoomId): Promise<void> {
    // What was being copied would come back.
    await this.#uploading;
    if (this.#version === undefined) return;
    const query = { version: this.#version };
    await this.#deps.call("DELETE", path("room_keys", "keys", room), { query });
  }

  /** Where the backup holds more keys than were copied of those that are here: deletes those of the rooms that `leftAmong` names. */
  async sweep(leftAmong: LeftAmong): Promise<void> {
    await this.upload();
    const version = this.#version;
    const surplus = await this.#moreThanHere();
    if (version === undefined || surplus <= 0 || surplus === this.#looked) return;
    const { rooms } = await this.#allKeys(version);
    const known = Object.keys(rooms).flatMap((name) => asRoomId(name) ?? []);
    await eachRoom(await leftAmong(known), (room) => this.forget(room));
    this.#looked = await this.#moreThanHere();
  }

  async #moreThanHere(): Promise<number> {
    if (this.#version === undefined) return 0;
    const current = await this.#current();
    if (current?.version !== this.#version) return 0;
    return current.count - (await this.#deps.engine.backup.counts()).backedUp;
  }

  async #uploadAll(): Promise<void> {
    const { engine, sender, log } = this.#deps;
    if (this.#version === undefined) return;
    try {
      for (
        let next = await engine.backup.next();
        next !== undefined;
        next = await engine.backup.next()
      )
        await sender.send([next]);
    } catch (error) {
      if (
        error instanceof HomeserverError &&
        (error.errcode === "M_WRONG_ROOM_KEYS_VERSION" || error.status === 404)
      )
        await this.#replaced();
      else log.warn({ class: "ops", what: "crypto.backup-failed", ...errorFields(error) });
    }
  }

  /** Another device made a new backup. Nothing more is copied until the next start has looked at it. */
  async #replaced(): Promise<void> {
    const { engine, log } = this.#deps;
    this.#version = undefined;
    log.warn({ class: "ops", what: "crypto.backup-replaced" });
    try {
      await engine.backup.disable();
    } catch (error) {
      log.warn({ class: "ops", what: "crypto.backup-failed", ...errorFields(error) });
    }
  }

  async #current(): Promise<
    | {
        readonly version: string;
        readonly count: number;
        readonly publicKey: string | undefined;
      }
    | undefined
  > {
    try {
      const { version, count, algorithm, auth_data } = versionAnswer.parse(
        await this.#deps.call("GET", path("room_keys", "version")),
      );
      const publicKey = algorithm === ALGORITHM ? auth_data.public_key : undefined;
      return { version, count, publicKey };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The private key goes into secret storage first: a backup that nobody can open would be worse than none. */
  async #create(key: SecretStorageKey): Promise<void> {
    const { engine, call, secrets } = this.#deps;
    const { privateKey, publicKey } = engine.backup.newKey();
    await secrets.write(SECRET, key, encryptSecret(key.bytes, SECRET, privateKey), true);
    const body = { algorithm: ALGORITHM, auth_data: await engine.backup.sign(publicKey) };
    const { version } = createdAnswer.parse(
      await call("POST", path("room_keys", "version"), { body }),
    );
    if (await engine.backup.enabled()) await engine.backup.disable();
    await this.#enable(privateKey, version);
  }

  async #enable(privateKey: string, version: string): Promise<void> {
    await this.#deps.engine.backup.enable(privateKey, version);
    this.#version = version;
  }

  async #fromSecrets(key: SecretStorageKey): Promise<string | undefined> {
    const sealed = await this.#deps.secrets.read(SECRET, key);
    try {
      return sealed === undefined ? undefined : decryptSecret(key.bytes, SECRET, sealed);
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      // Whatever else wrote it there, a backup without its key is one that is left alone.
      this.#deps.log.warn({ class: "ops", what: "crypto.backup-secret-damaged", code: error.code });
      return undefined;
    }
  }

  async #restore(privateKey: string, version: string): Promise<void> {
    const { engine, log } = this.#deps;
    if (engine.backup.restore === undefined) {
      log.warn({ class: "ops", what: "crypto.backup-not-restored", code: engine.name });
      return;
    }
    const answer = await this.#allKeys(version);
    const rooms = new Map<RoomId, Map<string, z.infer<typeof session>["session_data"]>>();
    for (const [name, { sessions }] of Object.entries(answer.rooms)) {
      const room = asRoomId(name);
      if (room === undefined) continue;
      const readable = Object.entries(sessions).flatMap(([id, one]) => {
        const parsed = session.safeParse(one);
        return parsed.success ? [[id, parsed.data.session_data] as const] : [];
      });
      rooms.set(room, new Map(readable));
    }
    log.info({
      class: "ops",
      what: "crypto.backup-restored",
      count: await engine.backup.restore(rooms, privateKey, version),
    });
  }

  async #allKeys(version: string): Promise<z.infer<typeof keysAnswer>> {
    const { call } = this.#deps;
    return keysAnswer.parse(
      await call("GET", path("room_keys", "keys"), { query: { version }, timeoutMs: 300_000 }),
    );
  }
}
