import type { Clock } from "../kernel/clock.ts";
import type { EventId, MxcUri, RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { AccountDataType } from "../privacy/declared.ts";
import { OwnAccountData } from "./accountData.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { DirectRooms } from "./directRooms.ts";
import type { FetchMedia } from "./download.ts";
import { EncryptionState, type EncryptionMemory } from "./encryptionState.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { decrypted, isContent, isEncrypted, readEvent } from "./events.ts";
import { messageContent, stickerContent } from "./messageContent.ts";
import { identityOf } from "./masterKey.ts";
import { MediaRepository } from "./mediaRepository.ts";
import { Memberships } from "./memberships.ts";
import { openIdToken } from "./openId.ts";
import { MESSAGE, Outbox, STICKER } from "./outbox.ts";
import type { DownloadedFile, FileContent, FileMessage, UploadContent } from "./fileContent.ts";
import type {
  Account,
  Content,
  Encryption,
  Limits,
  Identity,
  Inviting,
  MatrixPort,
  Media,
  Members,
  MessageContent,
  PrivacyFault,
  Reactions,
  RoomEvent,
  RoomPower,
  RoomState,
  StateEvent,
} from "./port.ts";
import type { Once } from "./transaction.ts";
import { account, displayName } from "./profile.ts";
import { retrying } from "./retry.ts";
import { RoomFiles } from "./roomFiles.ts";
import { RoomReader } from "./roomReader.ts";
import type { Stickers } from "./stickers.ts";

const TRIES = 4;

interface HomeserverDeps {
  readonly call: HomeserverCall;
  readonly fetchMedia: FetchMedia;
  readonly me: UserId;
  readonly cipher: RoomCipher;
  readonly memory: EncryptionMemory;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1); for the spread of waits. */
  readonly random?: () => number;
}

/** The homeserver as Usher needs it: what the domain sees is `MatrixPort`, what the intake tells it are the `note…` methods. */
export class Homeserver implements MatrixPort {
  readonly me: UserId;
  readonly #deps: HomeserverDeps & { readonly random: () => number };
  readonly #rooms: RoomReader;
  readonly #encryption: EncryptionState;
  readonly #outbox: Outbox;
  readonly #direct: DirectRooms;
  readonly #memberships: Memberships;
  readonly #media: MediaRepository;
  readonly #files: RoomFiles;
  readonly #accountData: OwnAccountData;
  readonly #stop = new AbortController();

  constructor(given: HomeserverDeps) {
    const deps = { random: Math.random, ...given };
    const { call, clock, cipher, me } = deps;
    this.me = me;
    this.#deps = deps;
    this.#rooms = new RoomReader(call, clock);
    this.#encryption = new EncryptionState(call, clock, deps.memory, (room, settings) =>
      cipher.roomEncryption(room, settings),
    );
    this.#outbox = new Outbox({
      ...{ call, clock, cipher, random: deps.random },
      encryption: (room) => this.#encryption.of(room),
      readers: (room) => this.#direct.readers(room),
    });
    const { signal } = this.#stop;
    const own = { rooms: this.#rooms, outbox: this.#outbox, signal };
    this.#memberships = new Memberships({ ...deps, ...own });
    this.#accountData = new OwnAccountData(call, me);
    this.#direct = new DirectRooms({
      ...deps,
      accountData: this.#accountData,
      rooms: this.#rooms,
      noteEncryption: this.noteEncryption.bind(this),
    });
    const trying = <T>(action: string, work: () => Promise<T>): Promise<T> =>
      this.#trying(action, work);
    this.#media = new MediaRepository({ ...deps, trying, signal });
    this.#files = new RoomFiles({
      ...{ call, outbox: this.#outbox },
      assertPrivate: (room, person) => this.#direct.assertPrivate(room, person),
    });
  }

  get limits(): Limits {
    return this.#outbox.limits;
  }

  /** An event of a room, as the intake has just read it: what is known of the room and it contradicts is dropped. */
  noteEvent({ roomId: room, type, stateKey, sender, content }: RoomEvent): void {
    if (stateKey === undefined && sender !== this.me) this.#direct.noteActive(room, sender);
    if (stateKey === undefined) return;
    this.#rooms.note(room, type, stateKey, content);
    if (type === "m.room.encryption" && stateKey === "") this.noteEncryption(room);
    if (type === "m.room.member" && stateKey === this.me) this.#rooms.dropAll(room);
  }

  /** They have invited Usher into a room that is to be theirs with it alone. */
  noteDirect = (room: RoomId, by: UserId): void => this.#direct.noteActive(room, by);

  /** The room is encrypted: from now on nothing goes there unencrypted. */
  noteEncryption(room: RoomId): void {
    this.#encryption.note(room);
  }

  /** More happened in the room than was seen. */
  noteGap(room: RoomId): void {
    this.#rooms.dropAll(room);
  }

  send(room: RoomId, message: MessageContent, once: Once): Promise<EventId> {
    const { html, onlyFor, ahead, ...plain } = message;
    // Where both do not fit, the text alone is complete.
    const forms =
      html === undefined
        ? [messageContent(plain)]
        : [messageContent({ ...plain, html }), messageContent(plain)];
    const before =
      onlyFor === undefined ? undefined : () => this.#direct.assertPrivate(room, onlyFor);
    return this.#outbox.send(room, MESSAGE, forms, once, { before, ahead });
  }

  sendSticker = (...[room, sticker, once]: Parameters<Stickers["sendSticker"]>): Promise<EventId> =>
    this.#outbox.send(room, STICKER, [stickerContent(sticker)], once);

  sendFile = (room: RoomId, file: FileContent, once: Once): Promise<EventId> =>
    this.#files.send(room, file, once);

  placeFile = (room: RoomId, file: FileContent): Promise<FileMessage> =>
    this.#files.place(room, file);

  sendPlaced = (...message: Parameters<Media["sendPlaced"]>): Promise<EventId | undefined> =>
    this.#files.sendPlaced(...message);

  mostBytes = (): Promise<number | undefined> => this.#media.mostBytes();

  upload = (file: UploadContent): Promise<MxcUri> => this.#media.upload(file);

  download = (...file: Parameters<Media["download"]>): Promise<DownloadedFile> =>
    this.#media.download(...file);

  attachment = (...file: Parameters<Media["attachment"]>): Promise<Uint8Array> =>
    this.#media.attachment(...file);

  react = (...reaction: Parameters<Reactions["react"]>): Promise<EventId> =>
    this.#outbox.react(...reaction);

  redact = async (...redaction: Parameters<Reactions["redact"]>): Promise<void> =>
    void (await this.#outbox.redact(...redaction));

  state(
    room: RoomId,
    type: string,
    stateKey: string,
    fresh?: "fresh",
  ): Promise<Content | undefined> {
    if (fresh !== undefined) this.#rooms.reread(room, type, stateKey);
    return this.#trying("read-state", () => this.#rooms.state(room, type, stateKey));
  }

  allState(room: RoomId): Promise<readonly StateEvent[]> {
    return this.#trying("read-state", () => this.#rooms.allState(room));
  }

  privacyFault(room: RoomId, person: UserId): Promise<PrivacyFault | undefined> {
    return this.#trying("read-state", () => this.#direct.fault(room, person));
  }

  async setState(...[room, type, key, body]: Parameters<RoomState["setState"]>): Promise<EventId> {
    try {
      return await this.#outbox.setState(room, type, key, body);
    } finally {
      this.#rooms.drop(room, type, key);
    }
  }

  power = (room: RoomId): Promise<RoomPower> =>
    this.#trying("read-power", () => this.#rooms.power(room));

  members = (room: RoomId): Promise<Members> =>
    this.#trying("read-members", () => this.#rooms.members(room));

  /** Never rejects: what cannot be learned is "unknown". */
  async encryption(room: RoomId): Promise<Encryption> {
    try {
      return await this.#encryption.of(room);
    } catch (error) {
      this.#deps.log.debug({ class: "ops", what: "encryption.unknown", ...errorFields(error) });
      return "unknown";
    }
  }

  /** Decrypted where it was encrypted and can be read. */
  event(room: RoomId, event: EventId): Promise<RoomEvent | undefined> {
    return this.#trying("read-event", async () => {
      const raw = await this.#rooms.event(room, event);
      const found = readEvent(raw, room);
      if (found === undefined || !isEncrypted(found) || !isContent(raw)) return found;
      return decrypted(found, await this.#deps.cipher.decrypt(room, raw));
    });
  }

  joinedRooms = (): Promise<readonly RoomId[]> =>
    this.#trying("read-rooms", () => this.#rooms.joined());

  resolveAlias = (name: RoomAlias): Promise<RoomId | undefined> =>
    this.#trying("resolve-alias", () => this.#rooms.resolve(name));

  join = (room: RoomId, via?: string): Promise<void> => this.#memberships.join(room, via);

  leave = (room: RoomId, reason?: string): Promise<void> => this.#memberships.leave(room, reason);

  invite = (...of: Parameters<Inviting["invite"]>): Promise<void> =>
    this.#memberships.invite(...of);

  kick = (...of: Parameters<Inviting["kick"]>): Promise<void> => this.#memberships.kick(...of);

  privateRoom(user: UserId, only?: "encrypted" | "unencrypted"): Promise<RoomId> {
    return this.#trying("private-room", () => this.#direct.find(user, only));
  }

  whenMade = (room: RoomId): Promise<unknown> =>
    this.#trying("read-members", () => this.#direct.whenMade(room));

  forgetPrivateRooms = (user: UserId): Promise<void> =>
    this.#trying("set-account-data", () => this.#direct.forget(user));

  peopleOfPrivateRooms = (): Promise<readonly UserId[]> =>
    this.#trying("read-account-data", () => this.#direct.people());

  rememberedPrivateRooms = (user: UserId): Promise<readonly RoomId[]> =>
    this.#trying("read-account-data", () => this.#direct.remembered(user));

  /** Undefined too where the homeserver does not tell. */
  displayName(user: UserId): Promise<string | undefined> {
    return this.#trying("read-profile", () => displayName(this.#deps.call, user));
  }

  account = (user: UserId): Promise<Account> => account(this.#deps.call, user);

  identity = (user: UserId): Promise<Identity> =>
    this.#trying("read-keys", () => identityOf(this.#deps.call, user));

  openIdToken = (): Promise<{ readonly token: string; readonly server: string }> =>
    this.#trying("prove-identity", () => openIdToken(this.#deps.call, this.me));

  accountData(type: string, room?: RoomId): Promise<Content | undefined> {
    return this.#trying("read-account-data", () => this.#accountData.get(type, room));
  }

  setAccountData(type: AccountDataType, content: Content, room?: RoomId): Promise<void> {
    return this.#trying("set-account-data", () => this.#accountData.set(type, content, room));
  }

  typing(room: RoomId, on: boolean): void {
    const body = on ? { typing: true, timeout: 30_000 } : { typing: false };
    this.#deps
      .call("PUT", path("rooms", room, "typing", this.me), { body, timeoutMs: 10_000 })
      .catch((error: unknown) => {
        this.#deps.log.debug({ class: "ops", what: "typing.dropped", ...errorFields(error) });
      });
  }

  /** Takes nothing more to send, and waits at most `ms` for what was given. Whether all of it went out. */
  async stop(ms: number): Promise<boolean> {
    const done = await this.#outbox.stop(ms);
    this.#stop.abort(new HomeserverError({ kind: "aborted" }));
    return done;
  }

  /** What makes sure, right before it is sent, that something personal goes to this person alone. */
  async #trying<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await retrying(work, { ...this.#deps, tries: TRIES, signal: this.#stop.signal });
    } catch (error) {
      throw toUsherError(error, action);
    }
  }
}
