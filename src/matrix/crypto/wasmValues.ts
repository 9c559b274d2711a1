import {
  KeysBackupRequest,
  RequestType,
  RoomMessageRequest,
  ToDeviceRequest,
  UserId as WasmUserId,
  type OutgoingRequest,
  type OutgoingVerificationRequest,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import type { EngineRequest, RequestKind } from "./engine.ts";
import { isPanic } from "./panic.ts";

const KINDS: Readonly<Record<RequestType, RequestKind>> = {
  [RequestType.KeysUpload]: "keysUpload",
  [RequestType.KeysQuery]: "keysQuery",
  [RequestType.KeysClaim]: "keysClaim",
  [RequestType.ToDevice]: "toDevice",
  [RequestType.SignatureUpload]: "signatures",
  [RequestType.RoomMessage]: "roomMessage",
  [RequestType.KeysBackup]: "backup",
};

export const REQUEST_TYPE: Readonly<Record<RequestKind, RequestType>> = {
  keysUpload: RequestType.KeysUpload,
  keysQuery: RequestType.KeysQuery,
  keysClaim: RequestType.KeysClaim,
  toDevice: RequestType.ToDevice,
  signatures: RequestType.SignatureUpload,
  roomMessage: RequestType.RoomMessage,
  backup: RequestType.KeysBackup,
};

/** A request of the library as plain data. */
export function request(one: OutgoingRequest | OutgoingVerificationRequest): EngineRequest {
  const common = { kind: KINDS[one.type], id: one.id, body: one.body };
  if (one instanceof ToDeviceRequest)
    return { ...common, eventType: one.event_type, txnId: one.txn_id };
  if (one instanceof RoomMessageRequest)
    return { ...common, eventType: one.event_type, txnId: one.txn_id, roomId: one.room_id };
  if (one instanceof KeysBackupRequest) return { ...common, version: one.version };
  return common;
}

/** Ids as the library takes them; it takes them away, so they are made anew for each call. One that it refuses is nobody's, and left out. */
export function userIds(users: readonly string[]): WasmUserId[] {
  return users.flatMap((user) => {
    try {
      return [new WasmUserId(user)];
    } catch (error) {
      if (isPanic(error)) throw error;
      return [];
    }
  });
}
