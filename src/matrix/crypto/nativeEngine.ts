import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../port.ts";
import { nativeCrypto } from "../sdk.ts";
import type { CryptoSyncPart } from "./cipher.ts";
import type {
  Capabilities,
  CryptoEngine,
  EngineDecryption,
  EngineEvents,
  RoomSettings,
  ShareWith,
} from "./engine.ts";
import { nativeBackup } from "./nativeBackup.ts";
import { deviceSignedIn, nativeIdentity } from "./nativeIdentity.ts";
import { isPanic, NativeMachine, type NativeRun, type NativeTask } from "./nativeMachine.ts";
import {
  keyNewsIn,
  NATIVE,
  nativeRequest,
  nativeUsers,
  REQUEST_NUMBER,
  unreadableReason,
  type NativeModule,
} from "./nativeValues.ts";

export const NATIVE_CAPABILITIES: Capabilities = {
  restore: false,
  verification: false,
  history: false,
  rotation: false,
};
const CALL_LIMIT_MS = 30_000;

const decryptedEvent = z.looseObject({
  type: z.string(),
  content: z.record(z.string(), z.unknown()),
});

export interface NativeEngineOptions {
  readonly me: UserId;
  readonly deviceId: string;
  /** The folder of its store. */
  readonly folder: string;
  readonly storeKey: Uint8Array;
  readonly clock: Clock;
  readonly shareWith: ShareWith;
  readonly events: EngineEvents;
}

/**
 * The engine as a native binary: faster, and able to do less. Tested where the binary is.
 * Rejects with `crypto-engine-missing`, `crypto-store-unreadable` or `crypto-device-mismatch`.
 */
export async function openNativeEngine(options: NativeEngineOptions): Promise<CryptoEngine> {
  const native = nativeCrypto();
  if (native === undefined) throw new UsherError("crypto-engine-missing");
  const { me, deviceId, shareWith, events } = options;
  const machine = await NativeMachine.open(native, {
    ...options,
    limitMs: CALL_LIMIT_MS,
    onBroken: events.broken,
  });
  const run: NativeRun = (task) => machine.run(task);
  const fingerprint = await run((open) => Promise.resolve(open.identityKeys.ed25519.toBase64()));
  let signed = false;
  // Rooms' settings are not kept in this store; the homeserver is asked for them after each start.
  const settings = new Map<RoomId, RoomSettings>();

  return {
    name: "native",
    capabilities: NATIVE_CAPABILITIES,
    me,
    deviceId,
    fingerprint,
    get healthy() {
      return machine.healthy;
    },

    receive: (part) =>
      run(async (open, hold) => {
        const news = keyNewsIn(await give(native, part)(open, hold));
        if (news.length > 0) events.keys(news);
      }),
    outgoing: () =>
      run(async (open) => (await open.outgoingRequests()).map((one) => nativeRequest(one))),
    async sent({ id, kind }, answer) {
      if (kind === "keysQuery") signed = deviceSignedIn(answer, me, deviceId) ?? signed;
      if (id !== undefined)
        await run((open) => open.markRequestAsSent(id, REQUEST_NUMBER[kind], answer));
    },

    ...encryption(native, run, shareWith),

    keepRoomSettings(room, wanted) {
      settings.set(room, wanted);
      return Promise.resolve(true);
    },
    roomSettings: (room) => Promise.resolve(settings.get(room)),

    identity: nativeIdentity(native, run, () => signed),
    backup: nativeBackup(native, run),

    // What the package has stored is out of reach: it deletes no room keys, and nobody else can. Data map: D28-keys.
    sweep: () => Promise.resolve(),
    restart: () => machine.reopen(),
    close: () => machine.close(),
  };
}

/** Gives the machine its part of a sync, and answers as the package does. */
function give(native: NativeModule, part: CryptoSyncPart): NativeTask<string> {
  return (open, hold) =>
    open.receiveSyncChanges(
      JSON.stringify(part.toDevice),
      hold(
        new native.DeviceLists(
          nativeUsers(native, part.changedUsers),
          nativeUsers(native, part.leftUsers),
        ),
      ),
      { ...part.oneTimeKeyCounts },
      // The package cannot be told that the homeserver did not say; a spare fallback key does no harm.
      [...(part.unusedFallbackKeys ?? ["signed_curve25519"])],
    );
}

/** Who has which devices, and what is encrypted for them. */
function encryption(
  native: NativeModule,
  run: NativeRun,
  shareWith: ShareWith,
): Pick<CryptoEngine, "track" | "query" | "claim" | "share" | "encrypt" | "decrypt"> {
  return {
    track: (users) =>
      run((open, hold) => open.updateTrackedUsers(hold(nativeUsers(native, users)))),
    query: (users) =>
      run((open) =>
        Promise.resolve(nativeRequest(open.queryKeysForUsers(nativeUsers(native, users)))),
      ),
    claim: (users) =>
      run(async (open, hold) => {
        const claim = await open.getMissingSessions(hold(nativeUsers(native, users)));
        return claim === null ? undefined : nativeRequest(claim);
      }),
    share: (room, users, wanted) =>
      run(async (open, hold) => {
        const encryption = hold(encryptionSettings(native, wanted, shareWith));
        const shares = await open.shareRoomKey(
          hold(new native.RoomId(room)),
          hold(nativeUsers(native, users)),
          encryption,
        );
        return shares.map((one) => nativeRequest(one));
      }),
    encrypt: (room, type, content) =>
      run(
        async (open, hold) =>
          JSON.parse(
            await open.encryptRoomEvent(
              hold(new native.RoomId(room)),
              type,
              JSON.stringify(content),
            ),
          ) as Content,
      ),
    decrypt: (room, event) =>
      run((open, hold) => decrypt(open, hold(new native.RoomId(room)), event)),
  };
}

function encryptionSettings(
  native: NativeModule,
  { rotationMs, rotationMessages }: RoomSettings,
  shareWith: ShareWith,
): Native.EncryptionSettings {
  const settings = new native.EncryptionSettings();
  settings.algorithm = NATIVE.megolm;
  // Microseconds here, milliseconds in the room's settings.
  settings.rotationPeriod = BigInt(rotationMs) * 1000n;
  settings.rotationPeriodMessages = BigInt(rotationMessages);
  settings.historyVisibility = NATIVE.joined;
  settings.sharingStrategy =
    shareWith === "signed-devices" ? NATIVE.signedDevices : NATIVE.allDevices;
  return settings;
}

async function decrypt(
  open: Native.OlmMachine,
  room: Native.RoomId,
  event: Content,
): Promise<EngineDecryption> {
  try {
    const decrypted = await open.decryptRoomEvent(JSON.stringify(event), room);
    const parsed = decryptedEvent.safeParse(JSON.parse(decrypted.event));
    if (!parsed.success) return { kind: "unreadable", reason: "malformed" };
    const signedDevice = decrypted.shieldState(false)?.color === NATIVE.noShield;
    const device = decrypted.senderDevice?.toString();
    return {
      kind: "decrypted",
      type: parsed.data.type,
      content: parsed.data.content,
      signedDevice,
      ...(device === undefined ? {} : { device }),
    };
  } catch (error) {
    if (!(error instanceof Error) || isPanic(error)) throw error;
    return { kind: "unreadable", ...unreadableReason(error.message) };
  }
}
