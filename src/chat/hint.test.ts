import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { MatrixPort, MessageContent, RoomEvent } from "../matrix/port.ts";
import { answerWords } from "./confirmation.ts";
import { Conversation } from "./conversation.ts";
import { Performer } from "./performer.ts";
import { createRenderer } from "./render.ts";
import { Speaker } from "./speaker.ts";
import { loadTemplates } from "./templates.ts";

const ROOM = "!room:example.org" as RoomId;
const ME = "@usher:example.org" as UserId;
const ALICE = "@alice:example.org" as UserId;
const DAY_MS = 24 * 3_600_000;

/** A conversation of which nothing can be read. */
class Sealed {
  readonly clock = new ManualClock();
  readonly said: MessageContent[] = [];
  readonly conversation: Conversation;
  #events = 0;

  constructor() {
    const nothing = (): Promise<never> => Promise.reject(new Error("A hint needs nothing of this"));
    const matrix: Pick<MatrixPort, "me" | "power" | "members" | "encryption" | "displayName" | "send" | "typing"> = {
      me: ME,
      power: nothing,
      members: nothing,
      encryption: nothing,
      displayName: nothing,
      typing: () => undefined,
      send: (_room, message) => {
        this.said.push(message);
        return Promise.resolve(`$sent${String(this.said.length)}` as EventId);
      },
    };
    const nobody = { legalName: undefined, dpo: undefined, support: undefined, noticeUrl: undefined, trial: false, minimumAge: 16 };
    const shared = { matrix, documents: memoryDocuments(), clock: this.clock, log: silentLog, commands: [] };
    const speaker = new Speaker({
      ...shared,
      renderer: createRenderer(loadTemplates()),
      pageBytes: 30_000,
      about: { usher: ME, ...nobody },
    });
    this.conversation = new Conversation({
      answers: answerWords({ yes: [], no: [] }, []),
      ...shared,
      speaker,
      performer: new Performer({ ...shared, speaker, isOperator: () => false, confirmationMs: 300_000 }),
      queue: new KeyedQueue((error) => {
        throw error;
      }),
      prefixes: ["!usher"],
      staleMs: 300_000,
      signedOnly: false,
      pace: { commands: 20, withinMs: 60_000 },
    });
  }

  /** Somebody sends what Usher cannot read, and its key has its time. */
  async unread(why: RoomEvent["unread"], sender = ALICE): Promise<EventId> {
    this.#events += 1;
    const event: RoomEvent = {
      eventId: `$sealed${String(this.#events)}` as EventId,
      roomId: ROOM,
      type: "m.room.encrypted",
      sender,
      originServerTs: this.clock.now(),
      content: {},
      redacted: false,
      encryption: "unreadable",
      ...(why === undefined ? {} : { unread: why }),
    };
    const rooms = [{ roomId: ROOM, events: [event], gap: false }];
    await this.conversation.handle({ rooms, invites: [], departures: [], awayMs: 0, first: false });
    this.clock.advance(30_000);
    await this.conversation.hintAtUnread();
    return event.eventId;
  }
}

describe("the hint at what cannot be read", () => {
  it.each([
    ["missing-key", "has not given me its key"],
    ["unverified", "does not count my device as verified"],
    ["blocked", "somebody has blocked it there. If that was not meant, unblock my device"],
    ["unauthorised", "I was not in the room when it was sent. Send it once more"],
    ["unavailable", "does not have its key itself, or no longer"],
    ["no-channel", "could not open a secure channel to my device"],
    ["other", "it was damaged on its way"],
  ] as const)("says what fits where the reason is %s, and names the sender", async (why, words) => {
    const sealed = new Sealed();
    const event = await sealed.unread(why);
    expect(sealed.said).toEqual([expect.objectContaining({ replyTo: event, body: expect.stringContaining(words) as string })]);
    expect(sealed.said[0]?.body).toContain(ALICE);
    expect(sealed.said[0]?.body).toContain("!usher status");
  });

  it("is given once in a room and day, and never for what Usher itself said", async () => {
    const sealed = new Sealed();
    await sealed.unread("missing-key", ME);
    expect(sealed.said).toEqual([]);
    await sealed.unread("missing-key");
    await sealed.unread("unverified");
    expect(sealed.said).toHaveLength(1);
    sealed.clock.advance(DAY_MS);
    await sealed.unread("missing-key");
    expect(sealed.said).toHaveLength(2);
  });
});
