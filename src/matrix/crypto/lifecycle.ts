import { randomBytes } from "node:crypto";
import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import {
  declareAccountData,
  declareFileAnywhere,
  type AccountDataType,
} from "../../privacy/declared.ts";
import { DEVICES, SECRETS } from "../../privacy/records/keys.ts";
import { path, type HomeserverCall } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import type { AccountSecrets } from "./accountData.ts";
import { decideIdentity, decideSecrets } from "./decide.ts";
import {
  IDENTITY_SECRETS,
  type CryptoEngine,
  type IdentitySecret,
  type SealedIdentity,
} from "./engine.ts";
import { nodeFiles } from "../../files/files.ts";
import { writePrivate } from "../../files/replaceFile.ts";
import { decodeRecoveryKey, encodeRecoveryKey } from "./recoveryKey.ts";
import type { RequestSender } from "./requests.ts";
import type { EncryptedSecret, SecretStorageKey } from "./secretStorage.ts";

const ownKeys = z.object({
  device_keys: z
    .record(
      z.string(),
      z.record(z.string(), z.looseObject({ keys: z.record(z.string(), z.string()).optional() })),
    )
    .optional(),
  master_keys: z.record(z.string(), z.unknown()).optional(),
});

/** Where each private key of the identity lies in the account data. */
const IDENTITY_DATA: Readonly<Record<IdentitySecret, AccountDataType>> = {
  "m.cross_signing.master": declareAccountData("m.cross_signing.master", DEVICES),
  "m.cross_signing.self_signing": declareAccountData("m.cross_signing.self_signing", DEVICES),
  "m.cross_signing.user_signing": declareAccountData("m.cross_signing.user_signing", DEVICES),
};

/** What the homeserver shows of the account. */
export interface PublicKeys {
  /** The Ed25519 key of the device; undefined where the homeserver has no keys of it. */
  readonly fingerprint: string | undefined;
  readonly identity: boolean;
}

export async function fetchPublicKeys(
  call: HomeserverCall,
  me: UserId,
  deviceId: string,
): Promise<PublicKeys> {
  const answer = ownKeys.parse(
    await call("POST", path("keys", "query"), { body: { device_keys: { [me]: [] } } }),
  );
  return {
    fingerprint: answer.device_keys?.[me]?.[deviceId]?.keys?.[`ed25519:${deviceId}`],
    identity: answer.master_keys?.[me] !== undefined,
  };
}

export interface LifecycleDeps {
  readonly engine: CryptoEngine;
  readonly sender: RequestSender;
  readonly call: HomeserverCall;
  readonly secrets: AccountSecrets;
  readonly recoveryKeyFile: string;
  readonly log: Log;
  /** Present where an operator wants the identity replaced. */
  readonly reset?: { readonly password: string };
}

/** Sends the new device's keys. Rejects with `crypto-store-lost` where the homeserver holds other keys under the device's name. */
export async function publishDevice({ engine, sender }: LifecycleDeps): Promise<void> {
  const waiting = await engine.outgoing();
  try {
    await sender.send(waiting.filter(({ kind }) => kind === "keysUpload"));
  } catch (error) {
    if (error instanceof HomeserverError && error.status === 400) {
      throw new UsherError("crypto-store-lost", { device: engine.deviceId }, { cause: error });
    }
    throw error;
  }
}

/**
 * Brings the account's identity and its secret storage in order, and answers with the key that opens the storage if it is at hand.
 * Every step can be repeated: after a crash the next start finds what is there and goes on.
 */
export async function settleIdentity(parts: LifecycleDeps): Promise<SecretStorageKey | undefined> {
  await queryOwn(parts);
  const found = await lookAround(parts);
  await settleKeys(parts, found);
  return settleSecrets(parts, found);
}

/** What is there of the identity and of its secret storage. */
interface Found {
  /** The homeserver shows an identity for the account. */
  readonly identity: boolean;
  /** The recovery key in its file. */
  readonly atHand: Uint8Array | undefined;
  /** The account names a default key for its secret storage. */
  readonly storage: boolean;
  /** The key of that storage, where the recovery key is it. */
  readonly opened: SecretStorageKey | undefined;
}

async function lookAround({
  engine,
  call,
  secrets,
  recoveryKeyFile,
}: LifecycleDeps): Promise<Found> {
  const { identity } = await fetchPublicKeys(call, engine.me, engine.deviceId);
  const atHand = await readRecoveryKey(recoveryKeyFile);
  const defaultKey = await secrets.defaultKeyId();
  const opened =
    atHand === undefined || defaultKey === undefined
      ? undefined
      : await secrets.open(defaultKey, atHand);
  return { identity, atHand, storage: defaultKey !== undefined, opened };
}

/** Publishes, restores or keeps the identity's keys, and signs the device with them. */
async function settleKeys(
  parts: LifecycleDeps,
  { identity, atHand, storage, opened }: Found,
): Promise<void> {
  const { engine, sender, secrets, recoveryKeyFile, log } = parts;
  const decision = decideIdentity({
    complete: await engine.identity.complete(),
    onServer: identity,
    recoverable: atHand !== undefined && storage,
    reset: parts.reset !== undefined,
  });
  switch (decision.do) {
    case "refuse":
      throw new UsherError(decision.code, { device: engine.deviceId, file: recoveryKeyFile });
    case "publish":
    case "reset":
      await publishIdentity(parts);
      break;
    case "restore":
      if (opened === undefined)
        throw new UsherError("crypto-recovery-key-wrong", { file: recoveryKeyFile });
      await sender.send(await engine.identity.unseal(opened, await readIdentity(secrets, opened)));
      await queryOwn(parts);
      log.info({ class: "ops", what: "crypto.identity-restored" });
      break;
    case "keep":
      if (!(await engine.identity.deviceSigned())) {
        await sender.send([(await engine.identity.bootstrap(false)).signatures]);
        await queryOwn(parts);
      }
  }
}

/** Sees to it that the identity's keys are in the secret storage. Answers with the key of that, where there is one here. */
async function settleSecrets(
  parts: LifecycleDeps,
  { atHand, storage, opened }: Found,
): Promise<SecretStorageKey | undefined> {
  const { secrets, recoveryKeyFile, log } = parts;
  const reset = parts.reset !== undefined;
  const decision = decideSecrets({
    keyAtHand: atHand !== undefined,
    onServer: storage,
    fits: opened !== undefined,
    reset,
  });
  switch (decision) {
    case "use":
      if (opened !== undefined) await completeSecrets(parts, opened);
      return opened;
    case "leave":
      if (atHand !== undefined) log.warn({ class: "ops", what: "crypto.recovery-key-wrong" });
      return undefined;
    case "adopt":
    case "create": {
      const bytes =
        reset || atHand === undefined ? await newRecoveryKey(recoveryKeyFile, log) : atHand;
      const key = await secrets.create(bytes);
      await writeIdentity(parts, key, reset);
      return key;
    }
  }
}

/** Fetches the account's public keys for the engine, which signs and takes in nothing while it does not know them. */
async function queryOwn({ engine, sender }: LifecycleDeps): Promise<void> {
  await sender.send([await engine.query([engine.me])]);
}

async function publishIdentity(parts: LifecycleDeps): Promise<void> {
  const { engine, sender, log } = parts;
  const upload = await engine.identity.bootstrap(parts.reset !== undefined);
  if (upload.deviceKeys !== undefined) await sender.send([upload.deviceKeys]);
  await uploadSigningKeys(parts, upload.signingKeys);
  await sender.send([upload.signatures]);
  await queryOwn(parts);
  log.info({
    class: "ops",
    what: parts.reset === undefined ? "crypto.identity-created" : "crypto.identity-reset",
  });
}

/** The first upload needs nothing more (MSC3967); to replace keys the homeserver wants the password, in a second request of the same session. */
async function uploadSigningKeys(
  { call, engine, reset }: LifecycleDeps,
  signingKeys: string,
): Promise<void> {
  const body = JSON.parse(signingKeys) as object;
  const where = path("keys", "device_signing", "upload");
  try {
    await call("POST", where, { body });
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.status !== 401) throw error;
    if (reset === undefined) throw new UsherError("crypto-password-needed", {}, { cause: error });
    // A homeserver takes the stage without a session of its own naming: the answer that names it is not needed.
    const auth = {
      type: "m.login.password",
      identifier: { type: "m.id.user", user: engine.me },
      password: reset.password,
    };
    await call("POST", where, { body: { ...body, auth } });
  }
}

const recoveryKeyFile = declareFileAnywhere("crypto.recoveryKeyFile", SECRETS);

async function readRecoveryKey(file: string): Promise<Uint8Array | undefined> {
  const text = await nodeFiles.read(file);
  return text === undefined || text.trim() === "" ? undefined : decodeRecoveryKey(text);
}

/** In its file before anything depends on it. The key that was there before is kept beside it. */
async function newRecoveryKey(file: string, log: Log): Promise<Uint8Array> {
  const before = await nodeFiles.read(file);
  if (before !== undefined && before.trim() !== "")
    await writePrivate(recoveryKeyFile(`${file}.old`), before);
  const bytes = Uint8Array.from(randomBytes(32));
  await writePrivate(recoveryKeyFile(file), `${encodeRecoveryKey(bytes)}\n`);
  log.info({ class: "ops", what: "crypto.recovery-key-written" });
  return bytes;
}

async function readIdentity(
  secrets: AccountSecrets,
  key: SecretStorageKey,
): Promise<SealedIdentity> {
  const read = async (name: IdentitySecret): Promise<EncryptedSecret> => {
    const secret = await secrets.read(name, key);
    if (secret === undefined) throw new UsherError("crypto-identity-unknown");
    return secret;
  };
  return {
    "m.cross_signing.master": await read("m.cross_signing.master"),
    "m.cross_signing.self_signing": await read("m.cross_signing.self_signing"),
    "m.cross_signing.user_signing": await read("m.cross_signing.user_signing"),
  };
}

async function writeIdentity(
  { engine, secrets }: LifecycleDeps,
  key: SecretStorageKey,
  alone: boolean,
): Promise<void> {
  const sealed = await engine.identity.seal(key);
  for (const name of IDENTITY_SECRETS)
    await secrets.write(IDENTITY_DATA[name], key, sealed[name], alone);
}

/** A crash between two secrets leaves some of them out. */
async function completeSecrets(parts: LifecycleDeps, key: SecretStorageKey): Promise<void> {
  for (const name of IDENTITY_SECRETS) {
    if ((await parts.secrets.read(name, key)) === undefined) {
      await writeIdentity(parts, key, false);
      return;
    }
  }
}
