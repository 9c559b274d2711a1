import {
  ClientEvent,
  createClient,
  MatrixEventEvent,
  RoomEvent,
  RoomMemberEvent,
  SyncState,
  type MatrixEvent,
} from "matrix-js-sdk";
import {
  OnlySignedDevicesIsolationMode,
  VerificationRequestEvent,
  VerifierEvent,
  type VerificationRequest,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { holdingKeys } from "../../harness/holdingKeys.ts";
import { serve, settings, tell } from "./child.ts";

/** A person's encrypted client, as real people's clients are: matrix-js-sdk with its crypto, kept in memory. */
export interface PersonSettings {
  readonly url: string;
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId: string;
  readonly password: string;
  /** Sign the device by an identity of its own, as clients do at the first log-in. */
  readonly signed: boolean;
  /** Neither give keys to nor read from devices that their owner has not signed (MSC4153). */
  readonly onlySigned: boolean;
}

const given = settings() as PersonSettings;
/** Messages to devices are kept back while the test wants them late; the client is told that they were sent. */
const keys = holdingKeys();
const client = createClient({
  baseUrl: given.url,
  userId: given.userId,
  accessToken: given.accessToken,
  deviceId: given.deviceId,
  fetchFn: keys.fetchFn,
});
await client.initRustCrypto({ useIndexedDB: false });
const crypto = client.getCrypto();
if (crypto === undefined) throw new Error("matrix-js-sdk has no crypto");
if (given.onlySigned) crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
if (given.signed) {
  await crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (request) => {
      await request({
        type: "m.login.password",
        identifier: { type: "m.id.user", user: given.userId },
        password: given.password,
      });
    },
  });
}

const seen = new Set<string>();
async function report(event: MatrixEvent): Promise<void> {
  const id = event.getId() ?? "";
  if (event.isBeingDecrypted() || event.getSender() === given.userId || event.isState()) return;
  if (event.isDecryptionFailure()) {
    tell({
      event: "unreadable",
      id,
      room: event.getRoomId(),
      reason: event.decryptionFailureReason,
    });
    return;
  }
  if (event.getType() !== "m.room.message" || seen.has(id)) return;
  seen.add(id);
  const info = await crypto?.getEncryptionInfoForEvent(event);
  tell({
    event: "message",
    id,
    room: event.getRoomId(),
    sender: event.getSender(),
    body: event.getContent()["body"] as unknown,
    relates: event.getContent()["m.relates_to"] ?? event.getWireContent()["m.relates_to"] ?? null,
    encrypted: event.isEncrypted(),
    shield: info?.shieldColour ?? null,
    shieldReason: info?.shieldReason ?? null,
    // What tells two messages of one key apart: for the check that no index is used twice.
    session: (event.getWireContent()["session_id"] as string | undefined) ?? null,
    ciphertext: ((event.getWireContent()["ciphertext"] as string | undefined) ?? "").slice(0, 12),
  });
}
const reporting = (event: MatrixEvent): void => {
  report(event).catch((error: unknown) => tell({ event: "fault", message: String(error) }));
};
client.on(RoomEvent.Timeline, (event) => {
  if (!event.shouldAttemptDecryption() || event.isDecryptionFailure()) reporting(event);
});
client.on(MatrixEventEvent.Decrypted, reporting);
client.on(RoomMemberEvent.Membership, (_event, member) => {
  tell({
    event: "member",
    room: member.roomId,
    user: member.userId,
    membership: member.membership ?? null,
  });
});

let request: VerificationRequest | undefined;
async function verify(user: string, room: string): Promise<void> {
  request = await crypto?.requestVerificationDM(user, room);
  request?.on(VerificationRequestEvent.Change, () => {
    tell({ event: "request", phase: request?.phase });
  });
}
async function startSas(): Promise<void> {
  const verifier = await request?.startVerification("m.sas.v1");
  verifier?.on(VerifierEvent.ShowSas, (sas) => {
    confirmSas = () => sas.confirm();
    tell({ event: "sas", emoji: sas.sas.emoji?.map(([symbol]) => symbol) ?? null });
  });
  verifier?.verify().then(
    () => tell({ event: "verified" }),
    (error: unknown) => tell({ event: "verification-failed", message: String(error) }),
  );
}
let confirmSas: (() => Promise<void>) | undefined;

const synced = Promise.withResolvers<void>();
client.on(ClientEvent.Sync, (state) => {
  if (state === SyncState.Prepared) synced.resolve();
});
await client.startClient({ initialSyncLimit: 20 });
await synced.promise;

function nextSync(): Promise<void> {
  return new Promise((resolve) => {
    client.once(ClientEvent.Sync, () => {
      resolve();
    });
  });
}

serve({
  createRoom: async (options: {
    encrypted: boolean;
    invite: string[];
    version?: string;
    history?: string;
  }) => {
    const encryption = {
      type: "m.room.encryption",
      state_key: "",
      content: { algorithm: "m.megolm.v1.aes-sha2" },
    };
    const history = {
      type: "m.room.history_visibility",
      state_key: "",
      content: { history_visibility: options.history ?? "shared" },
    };
    const { room_id } = await client.createRoom({
      invite: options.invite,
      is_direct: options.invite.length === 1,
      ...(options.version === undefined ? {} : { room_version: options.version }),
      initial_state: [history, ...(options.encrypted ? [encryption] : [])],
    });
    // Before its state has come, the client would send unencrypted.
    while (options.encrypted && client.getRoom(room_id)?.hasEncryptionStateEvent() !== true)
      await nextSync();
    return room_id;
  },
  send: async (room: string, body: string) => (await client.sendTextMessage(room, body)).event_id,
  sendThread: async (room: string, root: string, body: string) =>
    (await client.sendMessage(room, root, { msgtype: "m.text", body } as never)).event_id,
  encryptRoom: (room: string) =>
    client.sendStateEvent(
      room,
      "m.room.encryption" as never,
      { algorithm: "m.megolm.v1.aes-sha2" } as never,
      "",
    ),
  state: (room: string, type: string, content: object) =>
    client.sendStateEvent(room, type as never, content as never, ""),
  join: async (room: string) => (await client.joinRoom(room)).roomId,
  leave: (room: string) => client.leave(room).then(() => null),
  invite: (room: string, user: string, history: boolean) =>
    client.invite(room, user, { shareEncryptedHistory: history }).then(() => null),
  kick: (room: string, user: string) => client.kick(room, user).then(() => null),
  device: async (user: string, device: string) => {
    const status = await crypto.getDeviceVerificationStatus(user, device);
    const person = await crypto.getUserVerificationStatus(user);
    return { signedByOwner: status?.signedByOwner ?? null, verified: person.isVerified() };
  },
  keepKeysBack: () => {
    keys.hold();
    return null;
  },
  letKeysGo: keys.letGo,
  giveNoKeysToUnverified: () => {
    crypto.globalBlacklistUnverifiedDevices = true;
    return null;
  },
  discardKey: (room: string) => crypto.forceDiscardSession(room).then(() => null),
  verify,
  startSas,
  confirmSas: () => confirmSas?.().then(() => null),
});
tell({ event: "ready" });
