import { BackupDecryptionKey, RoomId as WasmRoomId } from "@matrix-org/matrix-sdk-crypto-wasm";
import { z } from "zod";
import type { Backup } from "./engine.ts";
import type { Machine } from "./machine.ts";
import { isPanic } from "./panic.ts";
import { request } from "./wasmValues.ts";

/** A whole backup may hold many thousand keys. */
const RESTORE_LIMIT_MS = 10 * 60_000;
const signatures = z.record(z.string(), z.record(z.string(), z.string()));
const session = z.looseObject({});

/** Key backup, `m.megolm_backup.v1.curve25519-aes-sha2`. */
export function wasmBackup(machine: Machine): Backup {
  const publicKeyOf = (privateKey: string): string =>
    BackupDecryptionKey.fromBase64(privateKey).megolmV1PublicKey.publicKeyBase64;
  return {
    stored: () =>
      machine.run(async (olm) => {
        const keys = await olm.getBackupKeys();
        const [privateKey, version] = [keys.decryptionKey?.toBase64(), keys.backupVersion];
        if (privateKey === undefined || version === undefined) return undefined;
        return { privateKey, publicKey: publicKeyOf(privateKey), version };
      }),
    newKey() {
      const key = BackupDecryptionKey.createRandomKey();
      return { privateKey: key.toBase64(), publicKey: key.megolmV1PublicKey.publicKeyBase64 };
    },
    publicKeyOf,
    sign: (publicKey) =>
      machine.run(async (olm) => {
        // With one member this is canonical JSON already.
        const signed = await olm.sign(JSON.stringify({ public_key: publicKey }));
        return { public_key: publicKey, signatures: signatures.parse(JSON.parse(signed.asJSON())) };
      }),
    enable: (privateKey, version) =>
      machine.run(async (olm) => {
        await olm.saveBackupDecryptionKey(BackupDecryptionKey.fromBase64(privateKey), version);
        await olm.enableBackupV1(publicKeyOf(privateKey), version);
      }),
    disable: () => machine.run((olm) => olm.disableBackup()),
    enabled: () => machine.run((olm) => olm.isBackupEnabled()),
    next: () =>
      machine.run(async (olm) => {
        const next = await olm.backupRoomKeys();
        return next === undefined ? undefined : request(next);
      }),
    counts: () =>
      machine.run(async (olm) => {
        const { total, backedUp } = await olm.roomKeyCounts();
        return { total, backedUp };
      }),
    restore: (rooms, privateKey, version) =>
      machine.run(async (olm) => {
        const key = BackupDecryptionKey.fromBase64(privateKey);
        const opened = new Map<WasmRoomId, Map<string, unknown>>();
        for (const [room, sessions] of rooms) {
          const ofRoom = new Map<string, unknown>();
          for (const [id, { ephemeral, mac, ciphertext }] of sessions) {
            const data = tryDecrypt(key, ephemeral, mac, ciphertext);
            if (data !== undefined) ofRoom.set(id, data);
          }
          opened.set(new WasmRoomId(room), ofRoom);
        }
        const result = await olm.importBackedUpRoomKeys(opened, () => undefined, version);
        return result.importedCount;
      }, RESTORE_LIMIT_MS),
  };
}

/** One damaged session in a backup does not keep the others from being read. */
function tryDecrypt(
  key: BackupDecryptionKey,
  ephemeral: string,
  mac: string,
  ciphertext: string,
): unknown {
  try {
    return session.parse(JSON.parse(key.decryptV1(ephemeral, mac, ciphertext)));
  } catch (error) {
    if (isPanic(error)) throw error;
    return undefined;
  }
}
