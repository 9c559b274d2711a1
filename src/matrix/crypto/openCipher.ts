import { existsSync } from "node:fs";
import { lastOnly } from "../../kernel/tasks.ts";
import type { Clock } from "../../kernel/clock.ts";
import { makeFolders } from "../../files/folders.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { settledWithin } from "../../kernel/tasks.ts";
import { declareFile } from "../../privacy/declared.ts";
import { ACCOUNT } from "../../privacy/records/account.ts";
import type { HomeserverCall } from "../client.ts";
import type { RoomCipher } from "./cipher.ts";
import { joinParts, type CipherParts } from "./cipherParts.ts";
import { cryptoStatus, type CryptoStatus } from "./cryptoStatus.ts";
import { decideDevice } from "./decide.ts";
import { cryptoFile, readStoredDevice, storePath, writeStoredDevice } from "./deviceFile.ts";
import type { CryptoEngine, EngineEvents, EngineName, ShareWith } from "./engine.ts";
import { nodeFiles } from "../../files/files.ts";
import { writePrivate } from "../../files/replaceFile.ts";
import type { HeldKeys } from "./heldKeys.ts";
import { LateEvents } from "./lateEvents.ts";
import { fetchPublicKeys, publishDevice, settleIdentity } from "./lifecycle.ts";
import { openNativeEngine } from "./nativeEngine.ts";
import type { Download } from "./sharedHistory.ts";
import { storeKey } from "./storeKey.ts";
import type { VerificationNews } from "./verificationDriver.ts";
import { openWasmStore } from "./wasmStore.ts";

const lateFileIn = declareFile("crypto/late.json", ACCOUNT);
const CLOSE_PATIENCE_MS = 5_000;

export interface CryptoOptions {
  /** Tries once; the retries are made here. */
  readonly call: HomeserverCall;
  readonly dataDir: string;
  readonly config: {
    readonly engine: EngineName;
    readonly recoveryKeyFile: string;
    readonly storeKeyFile: string;
    readonly shareKeysWith: ShareWith;
    /** How long a message waits for the keys of people's devices. */
    readonly keysPatienceSeconds: number;
  };
  readonly me: UserId;
  /** The device of the access token, as `whoami` says. */
  readonly deviceId: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Fetches media; without it, no history is taken from inviters. */
  readonly download?: Download;
  /** Does work that may be tried again beside all else where it fails; without it, a failure ends the opening. */
  readonly beside?: (work: () => Promise<void>) => Promise<void>;
  /** Replaces the account's identity. Only where an operator has asked for exactly that. */
  readonly reset?: { readonly password: string };
}

export interface OpenCipher {
  readonly cipher: RoomCipher;
  readonly status: () => Promise<CryptoStatus>;
  /** Emoji to show to operators, and how comparisons ended. */
  readonly onVerification: (listener: (news: VerificationNews) => void) => void;
  /** An operator's word on whether the emoji are the same. */
  readonly answerVerification: (user: UserId, flow: string, same: boolean) => Promise<void>;
  /** Room keys that are held no longer than Usher is in the room. */
  readonly held: Pick<HeldKeys, "canForget" | "forget" | "sweep">;
  /** Ends what runs and closes the store. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the device's keys, brings identity, secret storage and backup in order, and gives the cipher for them.
 *
 * Rejects with an `UsherError` that ends the start: `crypto-device-mismatch`, `crypto-store-lost`, `crypto-store-unreadable`,
 * `crypto-identity-unknown`, `crypto-recovery-key-invalid`, `crypto-recovery-key-wrong`, `crypto-password-needed`, `crypto-engine-missing`,
 * `crypto-engine-changed`;
 * or with a `HomeserverError` where the homeserver does not answer.
 */
export async function openCipher(options: CryptoOptions): Promise<OpenCipher> {
  const { call, me, log, clock, download } = options;
  const stop = new AbortController();
  // The parts need the engine, and the engine tells them what happens.
  let parts: CipherParts | undefined;
  const engine = await openDevice(options, {
    keys: (news) => {
      parts?.held.keysCame(news);
      parts?.cipher.keysCame(news);
    },
    broken: () => parts?.supervisor.broken(),
  });
  try {
    const late = await keptLateEvents(options);
    const { signal } = stop;
    const keysPatienceMs = options.config.keysPatienceSeconds * 1_000;
    const works = { engine, call, me, log, clock, download, ...late, keysPatienceMs };
    parts = joinParts({ ...works, signal });
    await bringInOrder(options, parts);
    log.info({ class: "ops", what: `crypto.ready.${engine.name}` });
    return handedOver(parts, stop);
  } catch (error) {
    stop.abort(error);
    await engine.close();
    throw error;
  }
}

/** The events that still waited for their keys when Usher stopped, and how they are kept. */
async function keptLateEvents({
  dataDir,
  clock,
}: CryptoOptions): Promise<{ readonly late: LateEvents; readonly keepLate: () => Promise<void> }> {
  const file = lateFileIn(dataDir);
  const late = new LateEvents();
  late.load((await nodeFiles.read(file)) ?? "[]", clock.now());
  return { late, keepLate: lastOnly(() => writePrivate(file, late.toJson())) };
}

/** The device is published, then signed by the account's identity, then its keys are backed up. */
async function bringInOrder(options: CryptoOptions, parts: CipherParts): Promise<void> {
  const { call, config, log } = options;
  const deps = {
    ...parts,
    call,
    recoveryKeyFile: config.recoveryKeyFile,
    log,
    ...resetOf(options),
  };
  await settle(options, async () => {
    await publishDevice(deps);
    const key = await settleIdentity(deps);
    await parts.backup.prepare(key, options.reset !== undefined);
  });
}

function handedOver(parts: CipherParts, stop: AbortController): OpenCipher {
  const { engine, cipher, verification, held } = parts;
  return {
    cipher,
    status: () => cryptoStatus(parts),
    onVerification: (listener) => {
      verification.onNews(listener);
    },
    answerVerification: (user, flow, same) => verification.answer(user, flow, same),
    held,
    close: async () => {
      stop.abort(new UsherError("crypto-engine-broken"));
      // A flush under way ends by the signal; what is left of it stays in the store.
      await settledWithin(cipher.idle(), CLOSE_PATIENCE_MS);
      await engine.close();
    },
  };
}

/**
 * Brings things in order with the homeserver. What it answers badly to, or not at all, can be done later: messages are read and sent meanwhile.
 * Rejects with what only an operator can mend, where that is known now.
 */
async function settle(
  { beside = (work) => work(), log }: CryptoOptions,
  work: () => Promise<void>,
): Promise<void> {
  const refused: UsherError[] = [];
  await beside(async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UsherError) || error.code === "crypto-engine-broken") throw error;
      log.error({ class: "ops", what: "crypto.not-settled", code: error.code });
      refused.push(error);
    }
  });
  if (refused[0] !== undefined) throw refused[0];
}

function resetOf({ reset }: CryptoOptions): { readonly reset?: { readonly password: string } } {
  return reset === undefined ? {} : { reset };
}

/** Opens the store of the token's device, or makes it where that is safe. */
async function openDevice(
  { call, dataDir, config, me, deviceId, clock, log }: CryptoOptions,
  events: EngineEvents,
): Promise<CryptoEngine> {
  const file = storePath(dataDir, config.engine);
  const stored = await readStoredDevice(dataDir);
  const storePresent = existsSync(file);
  const known = storePresent && stored?.deviceId === deviceId && stored.engine === config.engine;
  const shown = await fetchPublicKeys(call, me, deviceId).catch((error: unknown) => {
    // A store that was this device's at the start before is so still; where that is not known, nothing is made or opened on a guess.
    if (!known) throw error;
    log.warn({ class: "ops", what: "crypto.device-unconfirmed", ...errorFields(error) });
    return { fingerprint: undefined };
  });
  const decision = decideDevice({
    tokenDevice: deviceId,
    storedDevice: stored?.deviceId,
    otherEngine: stored !== undefined && stored.engine !== config.engine,
    storePresent,
    deviceOnServer: shown.fingerprint !== undefined,
  });
  const folder = cryptoFile(dataDir);
  if (decision.do === "refuse") {
    const view = {
      device: deviceId,
      stored: stored?.deviceId,
      token: deviceId,
      folder,
      madeBy: stored?.engine,
      engine: config.engine,
    };
    throw new UsherError(decision.code, view);
  }
  makeFolders(folder);
  const common = {
    storeKey: await storeKey(config.storeKeyFile, storePresent),
    me,
    deviceId,
    clock,
    shareWith: config.shareKeysWith,
    events,
  };
  const engine = await (config.engine === "wasm"
    ? openWasmStore({ ...common, file })
    : openNativeEngine({ ...common, folder: file }));
  try {
    if (shown.fingerprint !== undefined && shown.fingerprint !== engine.fingerprint) {
      throw new UsherError("crypto-store-lost", { device: deviceId, folder });
    }
    const device = { userId: me, deviceId, engine: config.engine };
    // A full disk takes nothing, and need not where nothing is new.
    if (JSON.stringify(stored) !== JSON.stringify(device)) await writeStoredDevice(dataDir, device);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}
