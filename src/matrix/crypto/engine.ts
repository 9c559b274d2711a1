import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../port.ts";
import type { CryptoSyncPart } from "./cipher.ts";
import type { EncryptedSecret, SecretStorageKey } from "./secretStorage.ts";

export type EngineName = "wasm" | "native";

/** What an engine can do beyond sending and reading. What one lacks is said to operators, never imitated. */
export interface Capabilities {
  /** A key backup can be read back, and room keys imported. */
  readonly restore: boolean;
  /** People can compare emoji with Usher. */
  readonly verification: boolean;
  /** Reads the keys of earlier messages that an inviter shares (MSC4268). */
  readonly history: boolean;
  /** Replaces a room's key at once when somebody leaves, not only at the next message. */
  readonly rotation: boolean;
}

export type RequestKind =
  "keysUpload" | "keysQuery" | "keysClaim" | "toDevice" | "signatures" | "roomMessage" | "backup";

/** One thing the engine wants sent to the homeserver. `body` is JSON text, sent as it is. */
export interface EngineRequest {
  readonly kind: RequestKind;
  /** Undefined where the engine need not hear of the answer. */
  readonly id: string | undefined;
  readonly body: string;
  /** Of `toDevice` and `roomMessage`. */
  readonly eventType?: string;
  readonly txnId?: string;
  /** Of `roomMessage`. */
  readonly roomId?: string;
  /** Of `backup`. */
  readonly version?: string;
}

/** How a room encrypts; from its `m.room.encryption`, read by `roomSettings.ts`. */
export interface RoomSettings {
  /** Milliseconds until the room's key is replaced. */
  readonly rotationMs: number;
  /** Messages until the room's key is replaced. */
  readonly rotationMessages: number;
}

/** Who gets room keys: all devices, or those alone that their owner's identity has signed (MSC4153). */
export type ShareWith = "signed-devices" | "all-devices";

/** Why an event cannot be read. A `missing-key` and an `unknown-index` may be cured by a key that comes late. */
export type UnreadableReason = "missing-key" | "unknown-index" | "sender-mismatch" | "malformed";

export type EngineDecryption =
  | {
      readonly kind: "decrypted";
      readonly type: string;
      readonly content: Content;
      /** The sending device is signed by its owner, and the key came from that device itself. False where the engine cannot tell. */
      readonly signedDevice: boolean;
      /** The sending device, to be believed where it is signed; absent where the engine cannot tell. */
      readonly device?: string;
    }
  /** `withheld` is the code of `m.room_key.withheld`, where the sender's device said that it keeps the key back. */
  | { readonly kind: "unreadable"; readonly reason: UnreadableReason; readonly withheld?: string };

/** What is needed to publish a new identity, in the order in which it is sent. */
export interface IdentityUpload {
  readonly deviceKeys: EngineRequest | undefined;
  /** JSON text for `keys/device_signing/upload`; interactive authentication may have to be added. */
  readonly signingKeys: string;
  readonly signatures: EngineRequest;
}

/** The names of the three private keys of an identity in secret storage. */
export const IDENTITY_SECRETS = [
  "m.cross_signing.master",
  "m.cross_signing.self_signing",
  "m.cross_signing.user_signing",
] as const;
export type IdentitySecret = (typeof IDENTITY_SECRETS)[number];

/** The private keys of an identity, encrypted for secret storage. */
export type SealedIdentity = Readonly<Record<IdentitySecret, EncryptedSecret>>;

export interface Identity {
  /** All three private keys are here. */
  readonly complete: () => Promise<boolean>;
  /** Makes a new identity if there is none here, or if `reset`; else prepares the upload of the one that is here. Sends nothing. */
  readonly bootstrap: (reset: boolean) => Promise<IdentityUpload>;
  readonly seal: (key: SecretStorageKey) => Promise<SealedIdentity>;
  /**
   * Takes the private keys from secret storage, and signs this device with them. The account's public keys must have been queried before.
   * Rejects with `crypto-recovery-key-wrong` if they do not belong to the identity that the homeserver shows.
   */
  readonly unseal: (
    key: SecretStorageKey,
    sealed: SealedIdentity,
  ) => Promise<readonly EngineRequest[]>;
  /** Whether this device carries the signature of its owner's identity, as the homeserver last showed it. */
  readonly deviceSigned: () => Promise<boolean>;
}

export interface BackupAuth {
  readonly public_key: string;
  readonly signatures?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

export interface Backup {
  /** The private key kept here and the version it belongs to; undefined if none. */
  readonly stored: () => Promise<
    | { readonly privateKey: string; readonly publicKey: string; readonly version: string }
    | undefined
  >;
  /** A new key pair, base64. */
  readonly newKey: () => { readonly privateKey: string; readonly publicKey: string };
  readonly publicKeyOf: (privateKey: string) => string;
  /** Signs the public key for the homeserver. */
  readonly sign: (publicKey: string) => Promise<BackupAuth>;
  readonly enable: (privateKey: string, version: string) => Promise<void>;
  readonly disable: () => Promise<void>;
  readonly enabled: () => Promise<boolean>;
  /** The next part to upload; undefined when all is uploaded. */
  readonly next: () => Promise<EngineRequest | undefined>;
  readonly counts: () => Promise<{ readonly total: number; readonly backedUp: number }>;
  /** Imports sessions by room and session id, in the form in which the homeserver keeps them. Present where `restore` is. */
  readonly restore?: (
    sessions: BackedUpSessions,
    privateKey: string,
    version: string,
  ) => Promise<number>;
}

export type BackedUpSessions = ReadonlyMap<
  RoomId,
  ReadonlyMap<
    string,
    { readonly ephemeral: string; readonly mac: string; readonly ciphertext: string }
  >
>;

/** One comparison of emoji between a person's device and Usher's. */
export interface Verification {
  readonly user: UserId;
  /** The event or transaction that began it. */
  readonly flow: string;
  readonly phase:
    "requested" | "waiting" | "offered" | "emoji" | "confirmed" | "done" | "cancelled";
  /** In phase "emoji": seven, in order. */
  readonly emoji?: readonly { readonly symbol: string; readonly description: string }[];
}

export interface Verifications {
  /** Takes a decrypted verification event of a room. */
  readonly receive: (room: RoomId, event: Content) => Promise<void>;
  /** Those with this person; one that showed emoji also after its end, until it is released. */
  readonly of: (user: UserId) => readonly Verification[];
  /** The end of this one was heard of. */
  readonly release: (flow: string) => void;
  /** Goes one step on: agrees to a request or an offer, says that the emoji match, or ends it. What it answers is to be sent in order. */
  readonly step: (
    user: UserId,
    flow: string,
    step: "accept" | "match" | "cancel",
  ) => Promise<readonly EngineRequest[]>;
}

export interface History {
  /** Remembers that an invitation was accepted, so that keys from the inviter are taken when they come. */
  readonly expect: (room: RoomId, inviter: UserId) => Promise<void>;
  readonly expected: () => Promise<
    readonly { readonly room: RoomId; readonly inviter: UserId; readonly acceptedAt: number }[]
  >;
  readonly forget: (room: RoomId) => Promise<void>;
  /** Where the inviter put the keys (an `mxc:` address), if it has said so. The inviter's keys must have been queried before. */
  readonly offer: (room: RoomId, inviter: UserId) => Promise<string | undefined>;
  /** Takes what lay at that address. */
  readonly take: (room: RoomId, inviter: UserId, bundle: Uint8Array) => Promise<void>;
}

/** The room keys that lie in the engine's store. */
export interface StoredKeys {
  /** The rooms of which it holds keys to read with. Reads all of them. */
  readonly rooms: () => Promise<ReadonlySet<RoomId>>;
  /** Deletes all keys of the room. Should Usher come into it again, keys are made and taken anew. */
  readonly forget: (room: RoomId) => Promise<void>;
}

export interface EngineEvents {
  /** Room keys came: by room, the sessions that may now be readable. */
  readonly keys: (news: readonly { readonly room: RoomId; readonly session: string }[]) => void;
  /** Something inside broke; every call rejects until `restart`. */
  readonly broken: () => void;
}

/**
 * The keys of one device, and what is done with them; sends nothing itself. Every engine passes `test/contract/cryptoEngine.ts`.
 *
 * A call resolves when what it changed is durable. A call that breaks inside, or takes longer than the engine's time limit, rejects with
 * `crypto-engine-broken`, and so do all that follow until `restart`, which opens the same store again.
 */
export interface CryptoEngine {
  readonly name: EngineName;
  readonly capabilities: Capabilities;
  readonly me: UserId;
  readonly deviceId: string;
  /** The device's Ed25519 key, unpadded base64: what people compare. */
  readonly fingerprint: string;
  readonly healthy: boolean;

  receive(part: CryptoSyncPart): Promise<void>;
  outgoing(): Promise<readonly EngineRequest[]>;
  /** Tells the answer to a request, JSON text; only ever called after the homeserver has taken it. */
  sent(request: EngineRequest, answer: string): Promise<void>;

  track(users: readonly UserId[]): Promise<void>;
  /** A query for these people's keys, whether they are known or not. */
  query(users: readonly UserId[]): Promise<EngineRequest>;
  /** The claim that is needed before a key can be shared with these people; undefined if none is. */
  claim(users: readonly UserId[]): Promise<EngineRequest | undefined>;
  /** What is to be sent so that these people's devices can read what follows. Nothing to send when they can already. */
  share(
    room: RoomId,
    users: readonly UserId[],
    settings: RoomSettings,
  ): Promise<readonly EngineRequest[]>;
  /** Only after `share` for the room. */
  encrypt(room: RoomId, type: string, content: Content): Promise<Content>;
  decrypt(room: RoomId, event: Content): Promise<EngineDecryption>;
  /** Replaces the room's key before the next message. Present where `rotation` is. */
  readonly rotate?: (room: RoomId) => Promise<void>;

  /** Keeps how a room encrypts. False where the engine refuses the change; the old settings then stay. */
  keepRoomSettings(room: RoomId, settings: RoomSettings): Promise<boolean>;
  roomSettings(room: RoomId): Promise<RoomSettings | undefined>;

  readonly identity: Identity;
  readonly backup: Backup;
  readonly verifications?: Verifications;
  readonly history?: History;
  /** Absent where the library behind the engine can delete none. */
  readonly storedKeys?: StoredKeys;

  /** What was deleted in the store leaves the disk, where the engine lets it. */
  sweep(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}
