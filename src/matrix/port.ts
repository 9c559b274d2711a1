import type { EventId, MxcUri, RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import type { AccountDataType, StateType } from "../privacy/declared.ts";
import type { Stickers } from "./stickers.ts";
import type { Once } from "./transaction.ts";
import type { DownloadedFile, FileContent, FileMessage, UploadContent } from "./fileContent.ts";

/** The content of an event, as far as nobody has looked at it: an object, and nothing more is known. */
export type Content = Readonly<Record<string, unknown>>;

/**
 * Why an event cannot be read: its key has not come; the sender's app says why it keeps the key from Usher's device (client-server API,
 * "Reporting that decryption keys are withheld": `m.unverified`, `m.blacklisted`, `m.unauthorised`, `m.unavailable`, `m.no_olm`); or anything that
 * no key would mend.
 */
export type Unread =
  | "missing-key"
  | "unverified"
  | "blocked"
  | "unauthorised"
  | "unavailable"
  | "no-channel"
  | "other";

/** An event that passed the border's schema: the envelope is of the right shape; the content is not checked yet. */
export interface RoomEvent {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly type: string;
  readonly sender: UserId;
  /** As the sender's homeserver claims; milliseconds since the epoch. */
  readonly originServerTs: number;
  readonly content: Content;
  /** Present exactly on state events. */
  readonly stateKey?: string;
  readonly redacted: boolean;
  /** For a redaction: what it takes away. */
  readonly redacts?: EventId;
  /** How it came: unencrypted, decrypted, or encrypted and not readable. */
  readonly encryption: "none" | "decrypted" | "unreadable";
  /** For an unreadable one: what stands in the way. */
  readonly unread?: Unread;
  /** For a decrypted one: whether the sending device is signed by its owner's identity, and which it is, to be believed where it is signed. */
  readonly signedDevice?: boolean;
  readonly device?: string;
}

export type StateEvent = RoomEvent & { readonly stateKey: string };

/** What a person sees of a message: plain text that is complete by itself, and HTML as a bonus. */
export interface MessageContent {
  readonly body: string;
  readonly html?: string;
  /** Answers to this event, in its thread if it is in one. */
  readonly replyTo?: EventId;
  /** The root of the thread it belongs to. */
  readonly thread?: EventId;
  /** Replaces this earlier message of ours. */
  readonly edits?: EventId;
  /** People to notify (`m.mentions`). None unless given. */
  readonly mentions?: readonly UserId[];
  /** An `m.text` instead of an `m.notice`: words for another bot, which heeds no notices. */
  readonly asText?: true;
  /** Personal to this person: refused (`room-not-private`) unless the room, right before it is sent, is one of exactly them and Usher. */
  readonly onlyFor?: UserId;
  /** Does not wait for what was given before it in the room: word of work that may itself be what holds the others up. */
  readonly ahead?: true;
}

/** How the homeserver limits Usher's requests. */
export interface Limits {
  /** While it does, every word that nobody needs holds up one that somebody waits for. */
  readonly now: boolean;
  /** When it last asked for less, ms since the epoch; undefined where it has not since the start. */
  readonly lastAt: number | undefined;
}

/** What is known of an account. `untold`: its server says nothing about such things; `unreachable`: it does not answer. */
export type Account =
  | { readonly is: "known"; readonly name: string | undefined }
  | { readonly is: "unknown" | "unreachable" | "untold" };

/** Who somebody is by their cross-signing: the public part of their master key. `unreachable`: their server does not answer now. */
export type Identity =
  { readonly is: "known"; readonly masterKey: string } | { readonly is: "none" | "unreachable" };

export interface Members {
  readonly joined: ReadonlySet<UserId>;
  readonly invited: ReadonlySet<UserId>;
}

/** What decides who may do what in a room; read at the moment of deciding. */
export interface RoomPower {
  /** `m.room.create`'s `room_version`, "1" if absent. */
  readonly version: string;
  /** In version 12 and later, its sender and `additional_creators`: power without limit. Before, the sender alone, without special power unless there is no power-levels event. */
  readonly creators: ReadonlySet<UserId>;
  /** The content of `m.room.power_levels`, unchecked; undefined where there is no such event. */
  readonly levels: Content | undefined;
}

/** Whether what is sent into a room must be encrypted. "unknown" is treated as "wait", never as "no". */
export type Encryption = "none" | "encrypted" | "unknown";

/*
 * What Usher needs of a homeserver, in views: whoever does a thing asks for the views it takes, and no more.
 *
 * Every method that sends takes a `step`, a name that is unique among the things one command does: the transaction id derives from it and
 * from `cause`, so a repeated call after a crash is the same call for the homeserver.
 *
 * Every method rejects with an `UsherError` only: `room-unreachable` (view: `status`, `code`, `action`) or `room-limited`, and what it names.
 */

export interface OwnAccount {
  readonly me: UserId;
}

export interface Sending {
  /** Sends an `m.notice` in the order in which it was called for the room, encrypted where the room is. */
  send(room: RoomId, message: MessageContent, once: Once): Promise<EventId>;
}

/** `courtesy`: nobody waits for it, so it is tried once, and not at all (`room-limited`) while the homeserver limits Usher. */
export interface Reactions {
  react(
    room: RoomId,
    event: EventId,
    key: string,
    once: Once,
    courtesy?: "courtesy",
  ): Promise<EventId>;
  redact(room: RoomId, event: EventId, once: Once, courtesy?: "courtesy"): Promise<void>;
}

export interface Typing {
  /** Shows, or stops showing, that Usher is writing. Never waits and never fails. */
  typing(room: RoomId, on: boolean): void;
}

export interface RequestLimits {
  readonly limits: Limits;
}

export interface Media {
  /**
   * Sends an `m.file`, or an `m.image`, in the room's order. In an encrypted room the file itself is encrypted before it leaves. The homeserver keeps it by its own
   * rules: redacting the message takes it from people's sight, and where it was encrypted its key. Rejects with `file-too-large` too,
   * and with what the file's source fails with.
   */
  sendFile(room: RoomId, file: FileContent, once: Once): Promise<EventId>;
  /** Does the first half of `sendFile`, for a caller that stores what the other half needs. Rejects as that. */
  placeFile(room: RoomId, file: FileContent): Promise<FileMessage>;
  /** The other half. Undefined where the room has become encrypted since the file was placed as it is: then nothing is sent. Rejects as `sendFile`. */
  sendPlaced(
    room: RoomId,
    message: FileMessage,
    once: Once,
    onlyFor?: UserId,
  ): Promise<EventId | undefined>;
  /** The largest file that the homeserver takes, in bytes; undefined where it does not say. */
  mostBytes(): Promise<number | undefined>;
  /** Puts a file that is no message into the media repository, unencrypted: whoever knows its address can read it. Rejects as `sendFile`. */
  upload(file: UploadContent): Promise<MxcUri>;
  /** Fetches a file, which may lie elsewhere, up to its first bytes. Rejects with `download-too-large` (view: `most`, in KiB) too, also while it is read. */
  download(file: MxcUri, maxBytes: number): Promise<DownloadedFile>;
  /** The whole file of a message, by its content. Rejects with `attachment-none`, with `attachment-broken` where what lies there is not what was sent, and as `download`. */
  attachment(content: Content, maxBytes: number): Promise<Uint8Array>;
}

export interface RoomState {
  /** The content of one state event now; undefined if there is none. `fresh`: from the homeserver itself, to be changed and written back. */
  state(
    room: RoomId,
    type: string,
    stateKey: string,
    fresh?: "fresh",
  ): Promise<Content | undefined>;
  allState(room: RoomId): Promise<readonly StateEvent[]>;
  setState(room: RoomId, type: StateType, stateKey: string, content: Content): Promise<EventId>;
}

/** What is wrong with a room that should be private. */
export type PrivacyFault =
  | "members"
  | "unreadable"
  | "pending-invite"
  | "join-rule"
  | "history"
  | "bridged"
  | "replaced"
  | "kind";

export interface RoomPrivacy {
  /** Why others than this person and Usher may read what is said in the room, as it is now; undefined where nobody may. */
  privacyFault(room: RoomId, person: UserId): Promise<PrivacyFault | undefined>;
}

export interface PowerLevels {
  power(room: RoomId): Promise<RoomPower>;
}

export interface RoomEncryption {
  encryption(room: RoomId): Promise<Encryption>;
}

export interface Timeline {
  event(room: RoomId, event: EventId): Promise<RoomEvent | undefined>;
}

export interface RoomMembers {
  members(room: RoomId): Promise<Members>;
}

/** Others' membership of a room. */
export interface Inviting {
  invite(room: RoomId, user: UserId, reason?: string): Promise<void>;
  kick(room: RoomId, user: UserId, reason?: string): Promise<void>;
}

/** Usher's own membership of rooms. */
export interface Rooms {
  joinedRooms(): Promise<readonly RoomId[]>;
  resolveAlias(alias: RoomAlias): Promise<RoomId | undefined>;
  /** `via` is a server that knows the room, where its id names none or a server that is gone. */
  join(room: RoomId, via?: string): Promise<void>;
  /** Leaves, or refuses an invitation; the reason is shown to people. */
  leave(room: RoomId, reason?: string): Promise<void>;
  /** A room with exactly this person and Usher, private by the rule of reference "private room"; made if there is none, unless many were made of late (`private-rooms-enough`). `only`: no other one will do. */
  privateRoom(user: UserId, only?: "encrypted" | "unencrypted"): Promise<RoomId>;
  /** Settles when the room is not one that Usher is still making: until then it lacks its people, and may lack its encryption. */
  whenMade(room: RoomId): Promise<unknown>;
  /** Where Usher remembers to have spoken with this person alone, the latest first. Whether they are private now, nobody has looked. */
  rememberedPrivateRooms(user: UserId): Promise<readonly RoomId[]>;
  /** With whom Usher remembers to have spoken alone. */
  peopleOfPrivateRooms(): Promise<readonly UserId[]>;
  /** Remembers no longer which rooms are for them alone. Rejects where the homeserver does not take that. */
  forgetPrivateRooms(user: UserId): Promise<void>;
}

/** Rooms in which Usher gives orders to a program, as to the bot of a bridge. */
export interface TalkRooms {
  /** The room with this program alone, unencrypted; made if there is none. It may only be invited yet. */
  of(program: UserId): Promise<RoomId>;
  /** Comes into a room to which it has invited Usher. */
  join(room: RoomId): Promise<void>;
}

export interface Profiles {
  displayName(user: UserId): Promise<string | undefined>;
  /** Whether its own server knows the account. Never rejects. */
  account(user: UserId): Promise<Account>;
}

export interface Identities {
  /** As the homeserver says now. */
  identity(user: UserId): Promise<Identity>;
}

/** Proof for another service that it is Usher who asks. */
export interface OpenId {
  /** Good for about an hour, and for nothing else. `server`: whose it is (client-server API, "OpenID"). */
  openIdToken(): Promise<{ readonly token: string; readonly server: string }>;
}

/** What Usher's own account keeps on the homeserver, for the account or for one room; nobody else reads it. */
export interface AccountData {
  /** Unchecked but for being an object; undefined if there is none. */
  accountData(type: string, room?: RoomId): Promise<Content | undefined>;
  setAccountData(type: AccountDataType, content: Content, room?: RoomId): Promise<void>;
}

/** All views at once, for whoever hands them out. */
export interface MatrixPort
  extends
    OwnAccount,
    Sending,
    Stickers,
    Reactions,
    Typing,
    RequestLimits,
    Media,
    RoomState,
    PowerLevels,
    RoomEncryption,
    RoomPrivacy,
    Timeline,
    RoomMembers,
    Inviting,
    Rooms,
    Profiles,
    Identities,
    OpenId,
    AccountData {}
