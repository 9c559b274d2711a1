import {
  DecryptionErrorCode,
  DecryptionSettings,
  DeviceLists,
  EncryptionAlgorithm,
  EncryptionSettings,
  HistoryVisibility,
  CollectStrategy,
  MegolmDecryptionError,
  RoomId as WasmRoomId,
  RoomSettings as WasmRoomSettings,
  ShieldColor,
  TrustRequirement,
  type OlmMachine,
  type RoomKeyInfo,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../port.ts";
import type {
  Capabilities,
  CryptoEngine,
  EngineDecryption,
  EngineEvents,
  RoomSettings,
  ShareWith,
  UnreadableReason,
} from "./engine.ts";
import type { SqliteIndexedDb } from "./indexeddb/sqliteIndexedDb.ts";
import { Machine } from "./machine.ts";
import { DEFAULT_ROOM_SETTINGS } from "./roomSettings.ts";
import { wasmBackup } from "./wasmBackup.ts";
import { wasmHistory } from "./wasmHistory.ts";
import { wasmIdentity } from "./wasmIdentity.ts";
import { wasmStoredKeys } from "./wasmStoredKeys.ts";
import { request, REQUEST_TYPE, userIds } from "./wasmValues.ts";
import { wasmVerifications } from "./wasmVerifications.ts";

export const WASM_CAPABILITIES: Capabilities = {
  restore: true,
  verification: true,
  history: true,
  rotation: true,
};
const CALL_LIMIT_MS = 30_000;

const decryptedEvent = z.looseObject({
  type: z.string(),
  content: z.record(z.string(), z.unknown()),
});

export interface WasmEngineOptions {
  readonly me: UserId;
  readonly deviceId: string;
  readonly storeName: string;
  readonly storeKey: Uint8Array;
  readonly clock: Clock;
  readonly shareWith: ShareWith;
  readonly events: EngineEvents;
  /** How long one call may take before the engine counts as broken, ms. */
  readonly limitMs?: number;
  /** Called when the machine is closed, to close what lies under it. */
  readonly onClosed: () => Promise<void>;
  /** The store under the machine. */
  readonly store: Pick<SqliteIndexedDb, "emptyLog" | "askedDuring" | "eachPage" | "erase">;
}

/** The engine in WebAssembly, on a store that `registerStore` knows. Rejects with `crypto-store-unreadable` or `crypto-device-mismatch`. */
export async function openWasmEngine(options: WasmEngineOptions): Promise<CryptoEngine> {
  const { me, deviceId, events, shareWith } = options;
  const machine = await Machine.open({
    ...options,
    limitMs: options.limitMs ?? CALL_LIMIT_MS,
    onOpen: (opened) => {
      listen(opened, events);
    },
    onBroken: events.broken,
  });
  const fingerprint = machine.now.identityKeys.ed25519.toBase64();

  return {
    name: "wasm",
    capabilities: WASM_CAPABILITIES,
    me,
    deviceId,
    fingerprint,
    get healthy() {
      return machine.healthy;
    },

    async receive(part) {
      await machine.run((olm) =>
        olm.receiveSyncChanges(
          JSON.stringify(part.toDevice),
          new DeviceLists(userIds(part.changedUsers), userIds(part.leftUsers)),
          new Map(Object.entries(part.oneTimeKeyCounts)),
          part.unusedFallbackKeys === undefined ? undefined : new Set(part.unusedFallbackKeys),
          anyDevice(),
        ),
      );
    },
    outgoing: () => machine.run(async (olm) => (await olm.outgoingRequests()).map(request)),
    async sent({ id, kind }, answer) {
      if (id !== undefined)
        await machine.run((olm) => olm.markRequestAsSent(id, REQUEST_TYPE[kind], answer));
    },

    ...encryption(machine, shareWith),
    ...roomSettings(machine),

    identity: wasmIdentity(machine, me, deviceId),
    backup: wasmBackup(machine),
    verifications: wasmVerifications(machine),
    history: wasmHistory(machine),

    storedKeys: wasmStoredKeys(machine, me, options.store),

    sweep: () => options.store.emptyLog(),
    restart: () => machine.reopen(),
    async close() {
      machine.close();
      await options.onClosed();
    },
  };
}

/** Who has which devices, and what is encrypted for them. */
function encryption(
  machine: Machine,
  shareWith: ShareWith,
): Pick<CryptoEngine, "track" | "query" | "claim" | "share" | "encrypt" | "decrypt" | "rotate"> {
  return {
    track: (users) => machine.run((olm) => olm.updateTrackedUsers(userIds(users))),
    query: (users) =>
      machine.run(async (olm) => Promise.resolve(request(olm.queryKeysForUsers(userIds(users))))),
    claim: (users) =>
      machine.run(async (olm) => {
        const claim = await olm.getMissingSessions(userIds(users));
        return claim == null ? undefined : request(claim);
      }),
    share: (room, users, settings) =>
      machine.run(async (olm) =>
        (
          await olm.shareRoomKey(
            new WasmRoomId(room),
            userIds(users),
            encryptionSettings(settings, shareWith),
          )
        ).map(request),
      ),
    encrypt: (room, type, content) =>
      machine.run(
        async (olm) =>
          JSON.parse(
            await olm.encryptRoomEvent(new WasmRoomId(room), type, JSON.stringify(content)),
          ) as Content,
      ),
    decrypt: (room, event) => decrypt(machine, room, event),
    async rotate(room) {
      await machine.run((olm) => olm.invalidateGroupSession(new WasmRoomId(room)));
    },
  };
}

function roomSettings(machine: Machine): Pick<CryptoEngine, "keepRoomSettings" | "roomSettings"> {
  return {
    async keepRoomSettings(room, settings) {
      const wanted = new WasmRoomSettings();
      wanted.algorithm = EncryptionAlgorithm.MegolmV1AesSha2;
      wanted.sessionRotationPeriodMs = settings.rotationMs;
      wanted.sessionRotationPeriodMessages = settings.rotationMessages;
      try {
        await machine.run((olm) => olm.setRoomSettings(new WasmRoomId(room), wanted));
        return true;
      } catch (error) {
        if (error instanceof UsherError) throw error;
        return false;
      }
    },
    roomSettings: (room) =>
      machine.run(async (olm) => {
        const kept = await olm.getRoomSettings(new WasmRoomId(room));
        if (kept === undefined) return undefined;
        return {
          rotationMs: kept.sessionRotationPeriodMs ?? DEFAULT_ROOM_SETTINGS.rotationMs,
          rotationMessages:
            kept.sessionRotationPeriodMessages ?? DEFAULT_ROOM_SETTINGS.rotationMessages,
        };
      }),
  };
}

function listen(olm: OlmMachine, events: EngineEvents): void {
  olm.registerRoomKeyUpdatedCallback((news: RoomKeyInfo[]) => {
    events.keys(
      news.map(({ roomId, sessionId }) => ({
        room: roomId.toString() as RoomId,
        session: sessionId,
      })),
    );
    return Promise.resolve();
  });
}

/** Messages of every device are read; what is known of the device is told beside. The library takes the object away, so each call gets its own. */
function anyDevice(): DecryptionSettings {
  return new DecryptionSettings(TrustRequirement.Untrusted);
}

function encryptionSettings(
  { rotationMs, rotationMessages }: RoomSettings,
  shareWith: ShareWith,
): EncryptionSettings {
  const settings = new EncryptionSettings();
  settings.algorithm = EncryptionAlgorithm.MegolmV1AesSha2;
  // Microseconds here, milliseconds in the room's settings.
  settings.rotationPeriod = BigInt(rotationMs) * 1000n;
  settings.rotationPeriodMessages = BigInt(rotationMessages);
  // Nobody is allowed to hand Usher's keys on to people who come later: the narrowest reading of any room's history visibility.
  settings.historyVisibility = HistoryVisibility.Joined;
  settings.sharingStrategy =
    shareWith === "signed-devices"
      ? CollectStrategy.identityBasedStrategy()
      : CollectStrategy.allDevices();
  return settings;
}

const REASONS: Readonly<Record<DecryptionErrorCode, UnreadableReason>> = {
  [DecryptionErrorCode.MissingRoomKey]: "missing-key",
  [DecryptionErrorCode.UnknownMessageIndex]: "unknown-index",
  [DecryptionErrorCode.MismatchedIdentityKeys]: "sender-mismatch",
  [DecryptionErrorCode.UnknownSenderDevice]: "sender-mismatch",
  [DecryptionErrorCode.UnsignedSenderDevice]: "sender-mismatch",
  [DecryptionErrorCode.SenderIdentityVerificationViolation]: "sender-mismatch",
  [DecryptionErrorCode.MismatchedSender]: "sender-mismatch",
  [DecryptionErrorCode.UnableToDecrypt]: "malformed",
};

async function decrypt(machine: Machine, room: RoomId, event: Content): Promise<EngineDecryption> {
  try {
    const decrypted = await machine.run((olm) =>
      olm.decryptRoomEvent(JSON.stringify(event), new WasmRoomId(room), anyDevice()),
    );
    const parsed = decryptedEvent.safeParse(JSON.parse(decrypted.event));
    if (!parsed.success) return { kind: "unreadable", reason: "malformed" };
    // Not strict: people need not have verified each other, but the device must be signed by its owner.
    const signedDevice = decrypted.shieldState(false).color === ShieldColor.None;
    const device = decrypted.senderDevice?.toString();
    return {
      kind: "decrypted",
      type: parsed.data.type,
      content: parsed.data.content,
      signedDevice,
      ...(device === undefined ? {} : { device }),
    };
  } catch (error) {
    if (!(error instanceof MegolmDecryptionError)) throw error;
    const { code, withheldCode } = error;
    return {
      kind: "unreadable",
      reason: REASONS[code],
      ...(withheldCode === undefined ? {} : { withheld: withheldCode }),
    };
  }
}
