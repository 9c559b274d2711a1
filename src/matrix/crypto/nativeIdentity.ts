import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Identity } from "./engine.ts";
import type { NativeRun } from "./nativeMachine.ts";
import { itemsOf, nativeRequest, sealedIn, type NativeModule } from "./nativeValues.ts";
import { encodeRecoveryKey } from "./recoveryKey.ts";
import type { SecretStorageKey } from "./secretStorage.ts";

/** Cross-signing. Secrets never leave the package unencrypted: it encrypts and decrypts them itself. */
export function nativeIdentity(
  native: NativeModule,
  run: NativeRun,
  deviceSigned: () => boolean,
): Identity {
  const opened = ({ id, bytes, info }: SecretStorageKey): Native.SecretStorageKey =>
    native.SecretStorageKey.fromAccountData(
      encodeRecoveryKey(bytes),
      `m.secret_storage.key.${id}`,
      JSON.stringify(info),
    );
  return {
    complete: () =>
      run(async (open) => {
        const status = await open.crossSigningStatus();
        return status.hasMaster && status.hasSelfSigning && status.hasUserSigning;
      }),
    bootstrap: (reset) =>
      run(async (open) => {
        const upload = await open.bootstrapCrossSigning(reset);
        return {
          // Null at run time, whatever the types say.
          deviceKeys:
            upload.uploadKeysReq == null ? undefined : nativeRequest(upload.uploadKeysReq),
          signingKeys: upload.uploadSigningKeysReq,
          signatures: nativeRequest(upload.uploadSignaturesReq),
        };
      }),
    seal: (key) =>
      run(async (open, hold) => {
        return sealedIn(await open.exportSecretsForSecretStorage(hold(opened(key))), key);
      }),
    unseal: (key, sealed) =>
      run(async (open, hold) => {
        const items = new native.SecretStorageItems(itemsOf(sealed, key));
        try {
          return [
            nativeRequest(
              await open.importSecretsFromSecretStorage(hold(opened(key)), hold(items)),
            ),
          ];
        } catch (error) {
          throw new UsherError("crypto-recovery-key-wrong", {}, { cause: error });
        }
      }),
    // A device object of the package must not outlive its machine, so none is asked for.
    deviceSigned: () => Promise.resolve(deviceSigned()),
  };
}

const queryAnswer = z.object({
  device_keys: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({ signatures: z.record(z.string(), z.record(z.string(), z.string())) }),
    ),
  ),
  self_signing_keys: z
    .record(z.string(), z.looseObject({ keys: z.record(z.string(), z.string()) }))
    .optional(),
});

/** Whether an answer to a key query shows the device with a signature of its owner's identity; undefined where it does not show the device. */
export function deviceSignedIn(answer: string, me: UserId, deviceId: string): boolean | undefined {
  const parsed = queryAnswer.safeParse(JSON.parse(answer)).data;
  const device = parsed?.device_keys[me]?.[deviceId];
  if (device === undefined) return undefined;
  const signers = Object.keys(parsed?.self_signing_keys?.[me]?.keys ?? {});
  return signers.some((name) => device.signatures[me]?.[name] !== undefined);
}
