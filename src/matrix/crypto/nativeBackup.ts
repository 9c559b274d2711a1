import { z } from "zod";
import type { Backup } from "./engine.ts";
import type { NativeRun } from "./nativeMachine.ts";
import { nativeRequest, type NativeModule } from "./nativeValues.ts";

const signatures = z.record(z.string(), z.record(z.string(), z.string()));

/** Key backup: it can be made and filled, and not read back. */
export function nativeBackup(native: NativeModule, run: NativeRun): Backup {
  const publicKeyOf = (privateKey: string): string =>
    native.BackupDecryptionKey.fromBase64(privateKey).megolmV1PublicKey.publicKeyBase64;
  return {
    stored: () =>
      run(async (open) => {
        const { decryptionKeyBase64: privateKey, backupVersion: version } =
          await open.getBackupKeys();
        // Null at run time, whatever the types say.
        return privateKey == null || version == null
          ? undefined
          : { privateKey, publicKey: publicKeyOf(privateKey), version };
      }),
    newKey() {
      const key = native.BackupDecryptionKey.createRandomKey();
      return { privateKey: key.toBase64(), publicKey: key.megolmV1PublicKey.publicKeyBase64 };
    },
    publicKeyOf,
    sign: (publicKey) =>
      run(async (open) => {
        const signed = await open.sign(JSON.stringify({ public_key: publicKey }));
        return { public_key: publicKey, signatures: signatures.parse(JSON.parse(signed.asJSON())) };
      }),
    enable: (privateKey, version) =>
      run(async (open, hold) => {
        await open.saveBackupDecryptionKey(
          hold(native.BackupDecryptionKey.fromBase64(privateKey)),
          version,
        );
        await open.enableBackupV1(publicKeyOf(privateKey), version);
      }),
    disable: () => run((open) => open.disableBackup()),
    enabled: () => run((open) => open.isBackupEnabled()),
    next: () =>
      run(async (open) => {
        const next = await open.backupRoomKeys();
        return next === null
          ? undefined
          : nativeRequest(next, (await open.getBackupKeys()).backupVersion ?? undefined);
      }),
    counts: () =>
      run(async (open) => {
        const { total, backedUp } = await open.roomKeyCounts();
        return { total, backedUp };
      }),
  };
}
