import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import { z } from "zod";
import type { EngineRequest, RequestKind, UnreadableReason } from "./engine.ts";

export type NativeModule = typeof Native;

/** The package's types say its numbers without giving them as values that could be imported. */
export const NATIVE = {
  megolm: 1 as Native.EncryptionAlgorithm.MegolmV1AesSha2,
  joined: 1 as Native.HistoryVisibility.Joined,
  allDevices: 0 as Native.CollectStrategy.AllDevices,
  signedDevices: 2 as Native.CollectStrategy.IdentityBasedStrategy,
  noShield: 2 as Native.ShieldColor.None,
} as const;

export const REQUEST_NUMBER: Readonly<Record<RequestKind, Native.RequestType>> = {
  keysUpload: 0,
  keysQuery: 1,
  keysClaim: 2,
  toDevice: 3,
  signatures: 4,
  roomMessage: 5,
  backup: 6,
};

const KINDS = Object.keys(REQUEST_NUMBER) as RequestKind[];

type AnyRequest =
  | Native.KeysUploadRequest
  | Native.KeysQueryRequest
  | Native.KeysClaimRequest
  | Native.ToDeviceRequest
  | Native.SignatureUploadRequest
  | Native.RoomMessageRequest
  | Native.KeysBackupRequest;

const wrappedSignatures = z.object({ signed_keys: z.record(z.string(), z.unknown()) });

/** A request of the package as plain data. `version` is that of the backup, which the package leaves out. */
export function nativeRequest(one: AnyRequest, version?: string): EngineRequest {
  const kind = KINDS.find((name) => REQUEST_NUMBER[name] === one.type);
  if (kind === undefined) throw new Error("the native engine made a request of an unknown kind");
  const txnId = "txnId" in one ? one.txnId : undefined;
  return {
    kind,
    // What shares a room's key comes without an id: the library knows it by its transaction.
    id: one.id === "" ? txnId : one.id,
    body: kind === "signatures" ? unwrapped(one.body) : one.body,
    ...("eventType" in one ? { eventType: one.eventType, txnId: one.txnId } : {}),
    ...("roomId" in one ? { roomId: one.roomId } : {}),
    ...(version === undefined ? {} : { version }),
  };
}

/** The package puts signatures one level deeper than the homeserver wants them, which would take in none of them. */
function unwrapped(body: string): string {
  const wrapped = wrappedSignatures.safeParse(JSON.parse(body));
  return wrapped.success ? JSON.stringify(wrapped.data.signed_keys) : body;
}

/** Ids as the package takes them; one that it refuses is nobody's, and left out. */
export function nativeUsers(native: NativeModule, users: readonly string[]): Native.UserId[] {
  return users.flatMap((user) => {
    try {
      return [new native.UserId(user)];
    } catch {
      return [];
    }
  });
}

/** Why an event cannot be read. The package gives a sentence of its library's, and no code. */
export function unreadableReason(sentence: string): {
  readonly reason: UnreadableReason;
  readonly withheld?: string;
} {
  const withheld = /withheld code: Some\("(m\.[a-z_]{1,40})"\)/.exec(sentence)?.[1];
  if (/find the room key/.test(sentence))
    return { reason: "missing-key", ...(withheld === undefined ? {} : { withheld }) };
  if (/unknown message index/.test(sentence)) return { reason: "unknown-index" };
  return {
    reason: /mismatched identity keys|trust requirement/.test(sentence)
      ? "sender-mismatch"
      : "malformed",
  };
}
