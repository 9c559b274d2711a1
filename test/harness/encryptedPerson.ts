import {
  ClientEvent,
  createClient,
  Filter,
  RoomMemberEvent,
  MatrixEventEvent,
  type MatrixClient,
  type MatrixEvent,
} from "matrix-js-sdk";
import {
  AllDevicesIsolationMode,
  EventShieldColour,
  OnlySignedDevicesIsolationMode,
  type BootstrapCrossSigningOpts,
  type CryptoApi,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { logger, type Logger } from "matrix-js-sdk/lib/logger.js";
import { ClientApi, type Content } from "./clientApi.ts";
import { Observed } from "./observed.ts";
import { whenStill } from "./patience.ts";
import { Person, type RoomOptions } from "./person.ts";
import type { Channel } from "./plainChannel.ts";
import type { Account, Synapse } from "./synapse.ts";

const TIMELINE_LIMIT = 100;

const ignore = (): void => undefined;
const SILENT: Logger = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  getChild: () => SILENT,
};

// Its rooms, events and calls write to a log that all clients share, deprecated as it is: loglevel's, though its type does not say so.
/* eslint-disable typescript/no-deprecated -- there is no other way to still it */
(logger as unknown as { setLevel(level: "silent"): void }).setLevel("silent");
logger.getChild = () => SILENT;
/* eslint-enable typescript/no-deprecated */

/** A shield that a current client would show beside a message. `reason` is matrix-js-sdk's `EventShieldReason`. */
export interface Shield {
  readonly colour: "none" | "grey" | "red";
  readonly reason: number | null;
}

/** A person whose client encrypts: matrix-js-sdk with its keys in memory. As such clients do, it makes encrypted rooms unless told otherwise. */
export class EncryptedPerson extends Person {
  readonly client: MatrixClient;
  readonly crypto: CryptoApi;
  readonly #events: ReadonlyMap<string, MatrixEvent>;
  readonly #renewing: BootstrapCrossSigningOpts;

  constructor(
    account: Account,
    observed: Observed,
    channel: Channel,
    client: MatrixClient,
    events: ReadonlyMap<string, MatrixEvent>,
  ) {
    super(new ClientApi(client.baseUrl, account), observed, channel);
    this.#renewing = { ...withPassword(account), setupNewCrossSigning: true };
    const crypto = client.getCrypto();
    if (crypto === undefined) throw new Error("matrix-js-sdk has no encryption");
    this.client = client;
    this.crypto = crypto;
    this.#events = events;
  }

  override createRoom(options: RoomOptions = {}): Promise<string> {
    return super.createRoom({ encrypted: true, ...options });
  }

  /** MSC4153: with true, keys are shared with, and messages read from, devices that their owner has signed, and no others. */
  isolate(onlySigned: boolean): void {
    this.crypto.setDeviceIsolationMode(
      onlySigned ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
    );
  }

  /** Has another identity (cross-signing) from now on, which signs the same device. */
  renewIdentity(): Promise<void> {
    return this.crypto.bootstrapCrossSigning(this.#renewing);
  }

  /** The shield beside an event that was seen; undefined if it was not encrypted or could not be read. */
  async shieldOf(eventId: string): Promise<Shield | undefined> {
    const event = this.#events.get(eventId);
    const information =
      event === undefined ? null : await this.crypto.getEncryptionInfoForEvent(event);
    if (information === null) return undefined;
    const colours = {
      [EventShieldColour.NONE]: "none",
      [EventShieldColour.GREY]: "grey",
      [EventShieldColour.RED]: "red",
    } as const;
    return { colour: colours[information.shieldColour], reason: information.shieldReason };
  }
}

interface EncryptedOptions {
  /** Whether the person's own device is signed by their identity; default true. */
  readonly signed?: boolean;
  /** Goes in place of `fetch`: for tests that hold back what the client sends. */
  readonly fetchFn?: typeof fetch;
}

/** A client that encrypts for an account that exists. Resolves when it has synced, its keys are uploaded and its device is signed. */
export async function connectEncrypted(
  synapse: Synapse,
  account: Account,
  { signed = true, fetchFn = fetch }: EncryptedOptions = {},
): Promise<EncryptedPerson> {
  const { userId, accessToken, deviceId, password } = account;
  const client = createClient({
    baseUrl: synapse.url,
    userId,
    accessToken,
    deviceId,
    logger: SILENT,
    fetchFn,
  });
  await client.initRustCrypto({ useIndexedDB: false });
  const crypto = client.getCrypto();
  if (signed) await crypto?.bootstrapCrossSigning(withPassword({ userId, password }));
  const observed = new Observed();
  const events = new Map<string, MatrixEvent>();
  const channel = encryptedChannel(client, observed, events);
  await channel.start();
  return new EncryptedPerson(account, observed, channel, client, events);
}

/** The homeserver takes a new identity only from who knows the account's password. */
function withPassword({
  userId,
  password,
}: Pick<Account, "userId" | "password">): BootstrapCrossSigningOpts {
  return {
    authUploadDeviceSigningKeys: async (request) => {
      await request({
        type: "m.login.password",
        identifier: { type: "m.id.user", user: userId },
        password,
      });
    },
  };
}

function encryptedChannel(
  client: MatrixClient,
  observed: Observed,
  events: Map<string, MatrixEvent>,
): Channel {
  let live = false;
  let order: Promise<void> = Promise.resolve();

  const take = async (event: MatrixEvent): Promise<void> => {
    if (event.isEncrypted())
      await (event.getDecryptionPromise() ?? client.decryptEventIfNeeded(event));
    observe(event);
    if (!event.isDecryptionFailure()) return;
    // A key may come late: the event is then seen a second time, readable.
    event.on(MatrixEventEvent.Decrypted, (later) => {
      if (!later.isDecryptionFailure()) observe(later);
    });
  };

  const observe = (event: MatrixEvent): void => {
    const eventId = event.getId() ?? "";
    events.set(eventId, event);
    const readable = event.isEncrypted() && !event.isDecryptionFailure();
    const relation = event.getWireContent()["m.relates_to"] as Content | undefined;
    observed.add({
      roomId: event.getRoomId() ?? "",
      eventId,
      type: event.isDecryptionFailure() ? "m.room.encrypted" : event.getType(),
      sender: event.getSender() ?? "",
      content: {
        ...event.getOriginalContent(),
        ...(relation === undefined ? {} : { "m.relates_to": relation }),
      },
      stateKey: event.getStateKey(),
      previous: event.getUnsigned().prev_content,
      ts: event.getTs(),
      encryption: event.isEncrypted() ? (readable ? "decrypted" : "unreadable") : "none",
      past: !live,
    });
  };

  client.on(ClientEvent.Event, (event) => {
    // Account data and the like belong to no room; of what is passing, only typing matters, and comes below.
    if (event.getRoomId() === undefined || event.getSender() === undefined) return;
    order = order
      .then(() => take(event))
      .catch((error: unknown) => {
        observed.fail(error);
      });
  });
  client.on(RoomMemberEvent.Typing, (event, member) => {
    const nothing = {
      eventId: "",
      sender: "",
      stateKey: undefined,
      previous: undefined,
      ts: 0,
      past: false,
    } as const;
    observed.add({
      ...nothing,
      roomId: member.roomId,
      type: "m.typing",
      content: event.getContent(),
      encryption: "none",
    });
  });

  return {
    // The types know the events of the specification only.
    send: async (room, type, content) => {
      await known(client, room);
      return (await client.sendEvent(room, type as never, content as never)).event_id;
    },
    start: async () => {
      const filter = new Filter(client.getUserId());
      filter.setTimelineLimit(TIMELINE_LIMIT);
      const synced = once(client, () => client.isInitialSyncComplete());
      await client.startClient({ initialSyncLimit: TIMELINE_LIMIT, filter });
      await synced;
      await order;
      live = true;
    },
    stop: async () => {
      client.stopClient();
      await order;
    },
  };
}

/** Resolves when the client knows that it is in the room, and that the room is encrypted if it is: only then does it send as it must. */
async function known(client: MatrixClient, room: string): Promise<void> {
  const joined = (): boolean => client.getRoom(room)?.getMyMembership() === "join";
  await once(client, joined);
  const encrypted = await client.getStateEvent(room, "m.room.encryption", "").then(
    () => true,
    (error: unknown) => {
      if ((error as { errcode?: string }).errcode === "M_NOT_FOUND") return false;
      throw error;
    },
  );
  if (encrypted) await once(client, () => client.getRoom(room)?.hasEncryptionStateEvent() === true);
}

/** Resolves when the condition holds, looking after every answer of the homeserver. */
function once(client: MatrixClient, condition: () => boolean): Promise<void> {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (): void => {
      endWatch();
      client.off(ClientEvent.Sync, look);
    };
    const look = (): void => {
      if (!condition()) return;
      done();
      resolve();
    };
    const endWatch = whenStill((why) => {
      done();
      reject(new Error(`matrix-js-sdk does not hear of the room: ${why}`));
    });
    client.on(ClientEvent.Sync, look);
  });
}
