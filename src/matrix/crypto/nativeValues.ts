import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type {
  EngineRequest,
  IdentitySecret,
  RequestKind,
  SealedIdentity,
  UnreadableReason,
} from "./engine.ts";
import type { KeyNews } from "./lateRetries.ts";
import { secretUnder, type EncryptedSecret, type SecretStorageKey } from "./secretStorage.ts";

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

const received = z.tuple([
  z.unknown(),
  z.array(z.looseObject({ room_id: z.string(), session_id: z.string() })),
]);

/** The room keys that came, in what the package answers to a part of a sync. */
export function keyNewsIn(answer: string): KeyNews {
  const keys = received.safeParse(JSON.parse(answer)).data?.[1] ?? [];
  return keys.map(({ room_id, session_id }) => ({
    room: room_id as RoomId,
    session: session_id,
  }));
}

/** What the package calls the three private keys. Each is the content of an account-data event, as JSON text. */
type StorageItems = Pick<
  Native.SecretStorageItems,
  "masterKey" | "selfSigningKey" | "userSigningKey"
>;

/** What is sealed under this key. Throws `crypto-identity-unknown` where one of the three is not. */
export function sealedIn(
  items: StorageItems,
  { id }: Pick<SecretStorageKey, "id">,
): SealedIdentity {
  const sealed = (content: string): EncryptedSecret => {
    const secret = secretUnder(JSON.parse(content), id);
    if (secret === undefined) throw new UsherError("crypto-identity-unknown");
    return secret;
  };
  return {
    "m.cross_signing.master": sealed(items.masterKey),
    "m.cross_signing.self_signing": sealed(items.selfSigningKey),
    "m.cross_signing.user_signing": sealed(items.userSigningKey),
  };
}

/** The same the other way round. */
export function itemsOf(
  sealed: SealedIdentity,
  { id }: Pick<SecretStorageKey, "id">,
): StorageItems {
  const content = (name: IdentitySecret): string =>
    JSON.stringify({ encrypted: { [id]: sealed[name] } });
  return {
    masterKey: content("m.cross_signing.master"),
    selfSigningKey: content("m.cross_signing.self_signing"),
    userSigningKey: content("m.cross_signing.user_signing"),
  };
}
