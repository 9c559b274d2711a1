import { NOBODY } from "./sentenceOf.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { silentLog, type Pseudonym } from "../../src/kernel/log.ts";
import { KeyedQueue } from "../../src/kernel/tasks.ts";
import type {
  MessageContent,
  OwnAccount,
  PowerLevels,
  Profiles,
  Reactions,
  RequestLimits,
  RoomEncryption,
  RoomEvent,
  RoomMembers,
  RoomPower,
  RoomState,
  Sending,
  Timeline,
  Typing,
} from "../../src/matrix/port.ts";
import type { StickerContent, Stickers } from "../../src/matrix/stickers.ts";
import { answerWords } from "../../src/chat/confirmation.ts";
import type { Command } from "../../src/chat/command.ts";
import { Conversation } from "../../src/chat/conversation.ts";
import { LastRefusals } from "../../src/chat/lastRefusals.ts";
import { CommandRunner } from "../../src/chat/commandRunner.ts";
import { createRenderer } from "../../src/chat/render.ts";
import { Signs } from "../../src/chat/signs.ts";
import { Speaker } from "../../src/chat/speaker.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import type { Retention } from "../../src/retention/retention.ts";
import type { Documents } from "../../src/store/documents.ts";
import { roomDocument } from "../../src/store/room.ts";
import { ALL_KEPT } from "./allKept.ts";
import { memoryDocuments } from "./memoryDocuments.ts";
import { startPart } from "./startPart.ts";

type Speaking = Sending & Stickers & Reactions & Typing & RequestLimits & Timeline;
type Asking = PowerLevels & RoomEncryption & RoomMembers & Pick<Profiles, "displayName">;

export const ROOM = "!room:example.org" as RoomId;
const ME = "@usher:example.org" as UserId;
export const ALICE = "@alice:example.org" as UserId;
export const BOB = "@bob:example.org" as UserId;

interface Options {
  readonly commands?: readonly Command[];
  readonly signedOnly?: boolean;
  readonly signedKeys?: boolean;
  /** Usher puts ✅ and ❌ beneath its previews. */
  readonly reactions?: boolean;
  readonly encryption?: "none" | "encrypted";
  readonly clock?: ManualClock;
  readonly documents?: Documents;
  /** Every sweep goes well unless given. */
  readonly retention?: Pick<Retention, "stops">;
}

/** A conversation in one encrypted room without a homeserver, whose events are what a test says they are. Alice, Bob and Usher are in it. */
export class MemoryConversation {
  readonly clock: ManualClock;
  readonly said: (MessageContent & { readonly id: EventId })[] = [];
  /** Usher's reactions that stand, by their ids. */
  reactions = new Map<EventId, { readonly target: EventId; readonly key: string }>();
  /** What the homeserver does about reactions and redactions. */
  answers: "takes" | "limits" | "refuses" = "takes";
  /** What Usher has taken away, in order. */
  readonly redacted: EventId[] = [];
  documents: Documents;
  readonly #options: Options;
  power: RoomPower = { levels: undefined, version: "11", creators: new Set([ALICE]) };
  readonly operators = new Set<UserId>();
  /** For whom nothing is done, and why. */
  readonly guarded = new Map<UserId, UsherError>();
  /** Who has something else waiting than a question of Usher's, and what they are told. */
  readonly elseWaits = new Map<UserId, UsherError>();
  /** Under whose name in the log something was done, in order. */
  readonly askedBy: Pseudonym<UserId>[] = [];
  /** For whom something has been done, in order. */
  readonly used: UserId[] = [];
  /** Who has been told something, in order. */
  readonly asked: UserId[] = [];
  readonly stickers: StickerContent[] = [];
  readonly members = new Set([ME, ALICE, BOB]);
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });
  readonly #conversation: Conversation;
  #events = 0;
  readonly #heard = new Map<EventId, RoomEvent>();

  constructor(options: Options = {}, before?: MemoryConversation) {
    this.#options = options;
    this.clock = options.clock ?? new ManualClock();
    this.documents = options.documents ?? memoryDocuments();
    if (before !== undefined) {
      this.documents = before.documents;
      [this.reactions, this.#events] = [before.reactions, before.#events];
    }
    const {
      commands = [],
      signedOnly = false,
      signedKeys = false,
      reactions = false,
      encryption = "encrypted",
      retention = ALL_KEPT,
    } = options;
    const courtesy = async (): Promise<void> => {
      if (this.answers === "limits") throw new UsherError("room-limited", { status: 429 });
      if (this.answers === "refuses") throw new UsherError("room-unreachable", { status: 403 });
      await Promise.resolve();
    };
    const matrix: OwnAccount & Speaking & Pick<RoomState, "state"> & Asking = {
      me: ME,
      limits: { now: false, lastAt: undefined },
      power: () => Promise.resolve(this.power),
      members: () => Promise.resolve({ joined: this.members, invited: new Set() }),
      encryption: () => Promise.resolve(encryption),
      displayName: () => Promise.resolve("Usher"),
      typing: () => undefined,
      react: async (_room, target, key, { cause, step }) => {
        await courtesy();
        const id = `$${cause} ${step}` as EventId;
        this.reactions.set(id, { target, key });
        return id;
      },
      redact: async (_room, event) => {
        await courtesy();
        this.redacted.push(event);
        this.reactions.delete(event);
      },
      state: () => Promise.resolve(undefined),
      sendSticker: (_room, sticker) => {
        this.stickers.push(sticker);
        return Promise.resolve(`$sticker${String(this.stickers.length)}` as EventId);
      },
      event: (_room, event) => Promise.resolve(this.#heard.get(event)),
      send: (_room, message) => {
        const id = `$sent${String(this.said.length)}` as EventId;
        this.said.push({ ...message, id });
        return Promise.resolve(id);
      },
    };
    const shared = {
      matrix,
      documents: this.documents,
      retention,
      clock: this.clock,
      log: silentLog,
      commands,
      signedOnly,
      elseWaits: (person: UserId) => Promise.resolve(this.elseWaits.get(person)),
      standing: ({ person }: { readonly person: UserId }) =>
        Promise.resolve(this.operators.has(person) ? ("here" as const) : undefined),
    };
    const queue = this.#queue;
    const signs = new Signs({ ...shared, queue, offered: reactions });
    const refusals = new LastRefusals(this.clock);
    const speaker = new Speaker({
      ...shared,
      refusals,
      renderer: createRenderer(loadTemplates()),
      pageBytes: 30_000,
      about: { usher: ME, ...NOBODY },
    });
    this.#conversation = new Conversation({
      ...shared,
      speaker,
      refusals,
      signs,
      signedKeys,
      answers: answerWords({ yes: [], no: [] }, commands),
      commandRunner: new CommandRunner({
        ...shared,
        speaker,
        signs,
        answered: () => Promise.resolve(),
        asked: (person) => {
          this.asked.push(person);
        },
        used: (person) => {
          this.used.push(person);
        },
        guard: (_, { person }) => Promise.resolve(this.guarded.get(person)),
        confirmationMs: 300_000,
      }),
      queue,
      quietly: (who, work) => {
        this.askedBy.push(who);
        return work();
      },
      prefixes: ["!usher"],
      staleMs: 300_000,
      pace: { commands: 20, withinMs: 60_000 },
    });
  }

  /** Something happens in the room; resolves when Usher has done all that it does about it. */
  async happens(
    event: Pick<RoomEvent, "type" | "content" | "encryption"> & Partial<RoomEvent>,
    gap = false,
  ): Promise<EventId> {
    this.#events += 1;
    const eventId = `$event${String(this.#events)}` as EventId;
    const whole: RoomEvent = {
      eventId,
      roomId: ROOM,
      sender: ALICE,
      originServerTs: this.clock.now(),
      redacted: false,
      ...event,
    };
    this.#heard.set(eventId, whole);
    const rooms = [{ roomId: ROOM, events: [whole], gap }];
    await this.#conversation.handle({
      rooms,
      invites: [],
      departures: [],
      awayMs: 0,
      first: false,
    });
    await this.#queue.idle();
    return whole.eventId;
  }

  /** The next Usher, with what this one stored, in the same room. */
  restarted(): MemoryConversation {
    return new MemoryConversation(this.#options, this);
  }

  async start(): Promise<void> {
    await startPart(this.#conversation, this.documents);
    await this.#queue.idle();
  }

  /** Somebody says something, in an encrypted room from a signed device. */
  say(
    body: string,
    { sender = ALICE, ...relation }: { sender?: UserId; replyTo?: EventId } = {},
    more: Partial<RoomEvent> = {},
  ): Promise<EventId> {
    const related =
      relation.replyTo === undefined
        ? {}
        : { "m.relates_to": { "m.in_reply_to": { event_id: relation.replyTo } } };
    const content = { msgtype: "m.text", body, ...related };
    return this.#message(content, { sender, ...more });
  }

  #message(content: RoomEvent["content"], more: Partial<RoomEvent>): Promise<EventId> {
    const read = { encryption: "decrypted", signedDevice: true } as const;
    return this.happens({ type: "m.room.message", content, ...read, ...more });
  }

  edit(target: EventId, body: string, sender: UserId = ALICE): Promise<EventId> {
    const relation = { rel_type: "m.replace", event_id: target };
    const content = {
      msgtype: "m.text",
      body: `* ${body}`,
      "m.new_content": { msgtype: "m.text", body },
      "m.relates_to": relation,
    };
    return this.#message(content, { sender });
  }

  redact(target: EventId, sender: UserId = ALICE): Promise<EventId> {
    return this.happens({
      type: "m.room.redaction",
      content: {},
      redacts: target,
      encryption: "none",
      sender,
    });
  }

  react(target: EventId, key: string, sender: UserId = ALICE): Promise<EventId> {
    const content = { "m.relates_to": { rel_type: "m.annotation", event_id: target, key } };
    return this.happens({ type: "m.reaction", content, encryption: "none", sender });
  }

  /** What Usher does at intervals about previews. */
  async forgetExpired(): Promise<void> {
    await this.#conversation.forgetExpired();
    await this.#queue.idle();
  }

  /** What the sweep does with the room. */
  async sweep(): Promise<void> {
    const room = await this.documents.get(roomDocument, ROOM);
    if (room !== undefined) await this.#conversation.sweepRoom(room);
  }

  /** What Usher does at intervals about what it could not read. */
  hintAtUnread(): Promise<void> {
    return this.#conversation.hintAtUnread();
  }
}
