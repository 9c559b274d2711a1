import {
  DeviceId,
  OwnUserIdentity,
  UserId as WasmUserId,
  type OlmMachine,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Identity, IdentitySecret, SealedIdentity } from "./engine.ts";
import type { Machine } from "./machine.ts";
import {
  decryptSecret,
  encryptSecret,
  type EncryptedSecret,
  type SecretStorageKey,
} from "./secretStorage.ts";
import { request } from "./wasmValues.ts";

/** Cross-signing: the account's three keys, and the signature of this device. */
export function wasmIdentity(machine: Machine, me: UserId, deviceId: string): Identity {
  return {
    complete: () =>
      machine.run(async (olm) => {
        const status = await olm.crossSigningStatus();
        return status.hasMaster && status.hasSelfSigning && status.hasUserSigning;
      }),
    bootstrap: (reset) =>
      machine.run(async (olm) => {
        const upload = await olm.bootstrapCrossSigning(reset);
        const deviceKeys = upload.uploadKeysRequest as Parameters<typeof request>[0] | undefined;
        return {
          deviceKeys: deviceKeys === undefined ? undefined : request(deviceKeys),
          signingKeys: upload.uploadSigningKeysRequest.body,
          signatures: request(upload.uploadSignaturesRequest),
        };
      }),
    seal: (key) => machine.run((olm) => sealed(olm, key)),
    unseal: (key, secrets) =>
      machine.run(async (olm) => {
        await importIdentity(olm, key, secrets);
        const device = await olm.getDevice(new WasmUserId(me), new DeviceId(deviceId));
        const identity = await olm.getIdentity(new WasmUserId(me));
        if (device === undefined || !(identity instanceof OwnUserIdentity))
          throw new UsherError("crypto-identity-unknown");
        return [request(await device.verify()), request(await identity.verify())];
      }),
    deviceSigned: () =>
      machine.run(
        async (olm) =>
          (
            await olm.getDevice(new WasmUserId(me), new DeviceId(deviceId))
          )?.isCrossSignedByOwner() ?? false,
      ),
  };
}

/** The three private keys as secret storage keeps them. Rejects with `crypto-identity-unknown` where one is not here. */
async function sealed(olm: OlmMachine, key: SecretStorageKey): Promise<SealedIdentity> {
  const keys = await olm.exportCrossSigningKeys();
  // The odd one out is the library's own spelling.
  const [master, selfSigning, userSigning] = [
    keys?.masterKey,
    keys?.self_signing_key,
    keys?.userSigningKey,
  ];
  if (master === undefined || selfSigning === undefined || userSigning === undefined)
    throw new UsherError("crypto-identity-unknown");
  const seal = (name: IdentitySecret, secret: string): EncryptedSecret =>
    encryptSecret(key.bytes, name, secret);
  return {
    "m.cross_signing.master": seal("m.cross_signing.master", master),
    "m.cross_signing.self_signing": seal("m.cross_signing.self_signing", selfSigning),
    "m.cross_signing.user_signing": seal("m.cross_signing.user_signing", userSigning),
  };
}

/** Rejects with `crypto-recovery-key-wrong` where the keys are of another identity than the one that the homeserver shows. */
async function importIdentity(
  olm: OlmMachine,
  key: SecretStorageKey,
  secrets: SealedIdentity,
): Promise<void> {
  const open = (name: IdentitySecret): string => decryptSecret(key.bytes, name, secrets[name]);
  const status = await olm.importCrossSigningKeys(
    open("m.cross_signing.master"),
    open("m.cross_signing.self_signing"),
    open("m.cross_signing.user_signing"),
  );
  // Keys of another identity are dropped without a word.
  if (!status.hasMaster || !status.hasSelfSigning || !status.hasUserSigning)
    throw new UsherError("crypto-recovery-key-wrong");
}
