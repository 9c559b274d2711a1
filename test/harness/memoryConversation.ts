import { ManualClock } from "../../src/kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { KeyedQueue } from "../../src/kernel/tasks.ts";
import type { MatrixPort, MessageContent, RoomEvent } from "../../src/matrix/port.ts";
import { answerWords } from "../../src/chat/confirmation.ts";
import type { Command } from "../../src/chat/command.ts";
import { Conversation } from "../../src/chat/conversation.ts";
import { Performer } from "../../src/chat/performer.ts";
import { createRenderer } from "../../src/chat/render.ts";
import { Speaker } from "../../src/chat/speaker.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { memoryDocuments } from "./memoryDocuments.ts";

const ROOM = "!room:example.org" as RoomId;
const ME = "@usher:example.org" as UserId;
export const ALICE = "@alice:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;

interface Options {
  readonly commands?: readonly Command[];
  readonly signedOnly?: boolean;
}

/** A conversation in one encrypted room without a homeserver, whose events are what a test says they are. Alice, Bob and Usher are in it. */
export class MemoryConversation {
  readonly clock = new ManualClock();
  readonly said: (MessageContent & { readonly id: EventId })[] = [];
  readonly #conversation: Conversation;
  #events = 0;

  constructor({ commands = [], signedOnly = false }: Options = {}) {
    const matrix: Pick<MatrixPort, "me" | "power" | "members" | "encryption" | "displayName" | "send" | "typing" | "state"> = {
      me: ME,
      power: () => Promise.resolve({ levels: undefined, version: "11", creators: new Set([ALICE]) }),
      members: () => Promise.resolve({ joined: new Set([ME, ALICE, BOB]), invited: new Set() }),
      encryption: () => Promise.resolve("encrypted"),
      displayName: () => Promise.resolve("Usher"),
      typing: () => undefined,
      state: () => Promise.resolve(undefined),
      send: (_room, message) => {
        const id = `$sent${String(this.said.length)}` as EventId;
        this.said.push({ ...message, id });
        return Promise.resolve(id);
      },
    };
    const nobody = { legalName: undefined, dpo: undefined, support: undefined, noticeUrl: undefined, trial: false, minimumAge: 16 };
    const shared = { matrix, documents: memoryDocuments(), clock: this.clock, log: silentLog, commands, signedOnly };
    const speaker = new Speaker({
      ...shared,
      renderer: createRenderer(loadTemplates()),
      pageBytes: 30_000,
      about: { usher: ME, ...nobody },
    });
    this.#conversation = new Conversation({
      ...shared,
      speaker,
      answers: answerWords({ yes: [], no: [] }, commands),
      performer: new Performer({ ...shared, speaker, isOperator: () => false, confirmationMs: 300_000 }),
      queue: new KeyedQueue((error) => {
        throw error;
      }),
      prefixes: ["!usher"],
      staleMs: 300_000,
      pace: { commands: 20, withinMs: 60_000 },
    });
  }

  /** Something happens in the room; resolves when Usher has done all that it does about it. */
  async happens(event: Pick<RoomEvent, "type" | "content" | "encryption"> & Partial<RoomEvent>): Promise<EventId> {
    this.#events += 1;
    const eventId = `$event${String(this.#events)}` as EventId;
    const whole: RoomEvent = { eventId, roomId: ROOM, sender: ALICE, originServerTs: this.clock.now(), redacted: false, ...event };
    const rooms = [{ roomId: ROOM, events: [whole], gap: false }];
    await this.#conversation.handle({ rooms, invites: [], departures: [], awayMs: 0, first: false });
    return eventId;
  }

  /** What Usher does at intervals about what it could not read. */
  hintAtUnread(): Promise<void> {
    return this.#conversation.hintAtUnread();
  }
}
