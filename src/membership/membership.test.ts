import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import { startPart } from "../../test/harness/startPart.ts";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { Membership } from "./membership.ts";

const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const BRIDGE = "@bridge:example.org" as UserId;
const ALONE_MS = 60_000;

/** Usher's coming and going on a homeserver in memory. What it says is the name of the template. */
class Scene {
  readonly server = new MemoryHomeserver();
  readonly documents = memoryDocuments();
  readonly clock = new ManualClock(1_000_000);
  readonly logged: string[] = [];
  readonly orphaned: string[] = [];
  /** The rooms that were noted as lost, and those for which all was ended. */
  readonly lost: RoomId[] = [];
  readonly ended: RoomId[] = [];
  endAll = (room: RoomId): Promise<void> => {
    this.ended.push(room);
    return Promise.resolve();
  };
  decision: "accept" | "invite-refused" | "invite-budget" = "accept";
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });
  membership = this.usher();

  usher(canReadEncrypted = true): Membership {
    const { server, documents, clock } = this;
    return (this.membership = new Membership({
      matrix: server,
      documents,
      clock,
      log: createLog("debug", {
        write: (line) => {
          const { what, code } = JSON.parse(line) as { what: string; code?: string };
          this.logged.push(code === undefined ? what : `${what} ${code}`);
        },
      }),
      queue: this.#queue,
      render: ({ template }) => ({ body: template, html: template }),
      budget: { take: () => this.decision },
      owed: {
        say: async (room, { template }, once) => {
          await server.send(room, { body: template, html: template }, once);
        },
      },
      endAll: (room) => this.endAll(room),
      noteLost: ({ id }) => {
        this.lost.push(id);
        return Promise.resolve();
      },
      tellOrphaned: async ({ id }, how) => {
        // Before it is forgotten.
        if ((await documents.get(roomDocument, id)) !== undefined)
          this.orphaned.push(`${id} ${String(how)}`);
      },
      tell: () => Promise.resolve(false),
      keys: {
        forget: (room, leftAt) => {
          this.forgotten.push(`${room} ${String(leftAt)}`);
          return this.forgets ? Promise.resolve() : Promise.reject(new Error("disk"));
        },
      },
      operators: { room: undefined },
      canReadEncrypted,
      isProgram: (account) => account === BRIDGE,
      abilities: [],
      aloneMs: ALONE_MS,
    }));
  }

  readonly forgotten: string[] = [];
  forgets = true;

  async hears(batch: Partial<Batch>): Promise<void> {
    const nothing = { rooms: [], invites: [], departures: [], awayMs: 0, first: false };
    await this.membership.handle({ ...nothing, ...batch });
    await this.#queue.idle();
  }

  hearsIn(batch: Partial<RoomBatch>): Promise<void> {
    return this.hears({ rooms: [{ roomId: ROOM, events: [], gap: false, ...batch }] });
  }

  async starts(): Promise<void> {
    await startPart(this.usher(), this.documents);
    await this.#queue.idle();
  }

  document(room = ROOM): Promise<RoomDocument | undefined> {
    return this.documents.get(roomDocument, room);
  }

  stored(room: RoomId, more: Partial<RoomDocument>): Promise<RoomDocument> {
    return this.documents.update(roomDocument, room, (document) => ({ ...document, ...more }));
  }

  moves(user: UserId, membership: string): Promise<void> {
    const event = this.server.put(ROOM, "m.room.member", user, { membership }, user);
    return this.hearsIn({ events: [event] });
  }

  async leavesWhereAlone(): Promise<void> {
    const [round] = this.membership.rounds;
    expect(round?.name).toBe("leaving");
    await round?.work();
    await this.#queue.idle();
  }
}

const invitation = (direct = false, ...hints: readonly string[]) => ({
  roomId: ROOM,
  sender: ANN,
  hints: new Map(hints.map((type) => [type, {}])),
  direct,
});

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  scene.server.make(ROOM, { creator: ANN, joined: [ANN, BOB], invited: [scene.server.me] });
});

describe("an invitation", () => {
  it("is followed: Usher comes in, says what it is once, and keeps who asked", async () => {
    await scene.hears({ invites: [invitation()] });
    expect(scene.server.done).toEqual([`join ${ROOM}`, `say ${ROOM} greeting`]);
    expect(await scene.document()).toMatchObject({
      inviter: ANN,
      invitedAt: 1_000_000,
      greetedAt: 1_000_000,
      greetedAs: "room",
    });
    await scene.hearsIn({ joined: true });
    expect(scene.server.done).toHaveLength(2);
  });

  it("is refused with a reason, without coming in, and nothing is kept", async () => {
    scene.decision = "invite-refused";
    await scene.hears({ invites: [invitation()] });
    expect(scene.server.done).toEqual([`leave ${ROOM} error/invite-refused`]);
    expect(scene.logged).toEqual(["invite.refused invite-refused"]);
    expect(await scene.document()).toBeUndefined();
  });

  it("into an encrypted room is refused where Usher cannot read there", async () => {
    scene.usher(false);
    await scene.hears({ invites: [invitation(false, "m.room.encryption")] });
    expect(scene.server.done).toEqual([`leave ${ROOM} error/room-encrypted-unreadable`]);
    expect(scene.logged).toEqual([]);
    expect(await scene.document()).toBeUndefined();
  });

  it("to where only a bridge's bot is left is not greeted until somebody comes, over a restart too", async () => {
    const moved = { [ANN]: "leave", [BOB]: "leave", [BRIDGE]: "join" };
    for (const [user, membership] of Object.entries(moved))
      scene.server.put(ROOM, "m.room.member", user, { membership }, user as UserId);
    await scene.hears({ invites: [invitation()] });
    expect(scene.server.done).toEqual([`join ${ROOM}`]);
    await scene.starts();
    await scene.moves(BRIDGE, "join");
    expect(scene.server.done).toHaveLength(1);
    await scene.moves(ANN, "join");
    await scene.moves(BOB, "join");
    expect(scene.server.done).toEqual([`join ${ROOM}`, `say ${ROOM} greeting`]);
  });

  it("that the homeserver refuses is forgotten, with a word in the log", async () => {
    scene.server.closed.set(ROOM, new UsherError("room-unreachable", { code: "M_FORBIDDEN" }));
    await scene.hears({ invites: [invitation()] });
    scene.server.closed.set(ROOM, new UsherError("room-limited", {}));
    await scene.hears({ invites: [invitation()] });
    expect(scene.server.done).toEqual([]);
    expect(scene.logged).toEqual(["join.failed M_FORBIDDEN", "join.failed room-limited"]);
    expect(await scene.document()).toBeUndefined();
  });

  it("that a stop interrupts is left for the next start", async () => {
    scene.server.closed.set(ROOM, new Error("stopping"));
    await expect(scene.hears({ invites: [invitation()] })).rejects.toThrow("stopping");
    expect(await scene.document()).toMatchObject({ inviter: ANN });
  });

  it("to a direct chat is greeted as one, and again when others come", async () => {
    scene.server.put(ROOM, "m.room.member", BOB, { membership: "leave" }, BOB);
    await scene.hears({ invites: [invitation(true)] });
    expect(scene.server.done.at(-1)).toBe(`say ${ROOM} greeting/direct`);
    await scene.moves(BOB, "join");
    expect(scene.server.done.at(-1)).toBe(`say ${ROOM} greeting`);
  });
});

describe("Usher is brought into a room", () => {
  it("by others, and says what it is there", async () => {
    await scene.server.join(ROOM);
    await scene.hearsIn({});
    expect(scene.server.done).toEqual([`join ${ROOM}`]);
    await scene.hearsIn({ joined: true });
    expect(scene.server.done.at(-1)).toBe(`say ${ROOM} greeting`);
  });

  it("that it cannot read, and goes; nothing is kept", async () => {
    scene.server.put(ROOM, "m.room.encryption", "", {}, ANN);
    scene.usher(false);
    await scene.stored(ROOM, { inviter: ANN });
    await scene.server.join(ROOM);
    await scene.hearsIn({ joined: true });
    expect(scene.server.done.at(-1)).toBe(`leave ${ROOM} error/room-encrypted-unreadable`);
    expect(await scene.document()).toBeUndefined();
  });
});

describe("a departure", () => {
  it.each(["left", "kicked", "banned"] as const)(
    "(%s) is told, and all is forgotten",
    async (how) => {
      await scene.hears({ invites: [invitation()] });
      await scene.hears({ departures: [{ roomId: ROOM, by: ANN, how }] });
      expect(scene.orphaned).toEqual([`${ROOM} ${how}`]);
      expect(scene.lost).toEqual([ROOM]);
      expect(scene.logged).toEqual([`room.${how}`]);
      expect(scene.forgotten).toEqual([`${ROOM} ${String(scene.clock.now())}`]);
      expect(await scene.document()).toBeUndefined();
    },
  );

  it("is dealt with also where the room's keys do not go: the sweep finds them", async () => {
    await scene.hears({ invites: [invitation()] });
    scene.forgets = false;
    await scene.hears({ departures: [{ roomId: ROOM, by: ANN, how: "kicked" }] });
    expect(scene.logged).toEqual(["room.kicked", "keys.not-forgotten Error"]);
    expect(await scene.document()).toBeUndefined();
  });

  it("from a room of which nothing is known tells nobody", async () => {
    await scene.hears({ departures: [{ roomId: OTHER, by: ANN, how: "kicked" }] });
    expect(scene.orphaned).toEqual([]);
  });
});

describe("where nobody else is", () => {
  beforeEach(async () => {
    await scene.hears({ invites: [invitation()] });
    scene.server.put(ROOM, "m.room.member", ANN, { membership: "leave" }, ANN);
    scene.server.done.length = 0;
  });

  it("Usher leaves after its time, and forgets the room", async () => {
    await scene.moves(BOB, "leave");
    expect((await scene.document())?.aloneSince).toBe(1_000_000);
    scene.clock.advance(ALONE_MS - 1);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([]);
    scene.clock.advance(1);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([`leave ${ROOM}`]);
    expect(await scene.document()).toBeUndefined();
    await scene.leavesWhereAlone();
    expect(scene.server.done).toHaveLength(1);
  });

  it("the bots of bridges are nobody: what goes on elsewhere is ended, then Usher leaves", async () => {
    scene.server.put(ROOM, "m.room.member", BRIDGE, { membership: "join" }, BRIDGE);
    await scene.moves(BOB, "leave");
    scene.clock.advance(ALONE_MS);
    await scene.leavesWhereAlone();
    expect(scene.ended).toEqual([ROOM]);
    expect(scene.server.done).toEqual([`leave ${ROOM}`]);
  });

  it("Usher stays as long as what goes on elsewhere cannot be ended, and tries again later", async () => {
    const { endAll } = scene;
    scene.endAll = () => Promise.reject(new UsherError("bridge-silent", { name: "IRC" }));
    await scene.moves(BOB, "leave");
    scene.clock.advance(ALONE_MS);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([]);
    expect(scene.logged).toEqual(["room.not-ended UsherError"]);
    scene.endAll = endAll;
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([]);
    scene.clock.advance(ALONE_MS);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([`leave ${ROOM}`]);
  });

  it("Usher stays with a bot where there were never people: there it gives it orders", async () => {
    await scene.documents.update(roomDocument, ROOM, ({ greetedAt: _, ...room }) => room);
    scene.server.put(ROOM, "m.room.member", BRIDGE, { membership: "join" }, BRIDGE);
    await scene.moves(BRIDGE, "join");
    scene.clock.advance(ALONE_MS);
    await scene.leavesWhereAlone();
    expect(scene.server.done).not.toContain(`leave ${ROOM}`);
  });

  it("Usher stays when somebody comes, or is there when it looks", async () => {
    await scene.moves(BOB, "leave");
    await scene.moves(ANN, "join");
    expect(await scene.document()).not.toHaveProperty("aloneSince");
    await scene.moves(ANN, "leave");
    scene.clock.advance(ALONE_MS);
    scene.server.put(ROOM, "m.room.member", BOB, { membership: "invite" }, ANN);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([]);
  });

  it("the time is counted from the first moment, over a restart too", async () => {
    await scene.moves(BOB, "leave");
    scene.clock.advance(ALONE_MS - 1);
    await scene.moves(BOB, "leave");
    expect((await scene.document())?.aloneSince).toBe(1_000_000);
    await scene.starts();
    scene.clock.advance(1);
    await scene.leavesWhereAlone();
    expect(scene.server.done).toEqual([`leave ${ROOM}`]);
  });

  it("the homeserver's count is enough", async () => {
    const event = scene.server.put(ROOM, "m.room.member", BOB, { membership: "join" }, BOB);
    await scene.hearsIn({ events: [event], people: { joined: 1, invited: 0 } });
    expect(await scene.document()).toHaveProperty("aloneSince");
  });

  it("a room that cannot be looked at is not taken for an empty one", async () => {
    scene.server.silent.add(ROOM);
    await scene.moves(BOB, "leave");
    expect(await scene.document()).not.toHaveProperty("aloneSince");
    expect(scene.logged).toEqual(["members.failed UsherError"]);
  });
});

describe("after an absence", () => {
  beforeEach(() => {
    scene.server.make(OTHER, { creator: ANN, joined: [ANN] });
  });

  it("Usher greets where it had come in and not said so, and tells of rooms it has lost", async () => {
    await scene.stored(ROOM, { inviter: ANN, invitedAt: 1 });
    await scene.stored(OTHER, { greetedAt: 1 });
    await scene.server.join(ROOM);
    await scene.starts();
    expect(scene.server.done).toEqual([`join ${ROOM}`, `say ${ROOM} greeting`]);
    expect(scene.orphaned).toEqual([`${OTHER} undefined`]);
    expect(await scene.document(OTHER)).toBeUndefined();
    await scene.membership.start();
    expect(scene.orphaned).toHaveLength(1);
  });

  it("so it does where the place in the stream was lost", async () => {
    await scene.stored(OTHER, { greetedAt: 1 });
    await scene.hears({});
    expect(scene.orphaned).toEqual([]);
    await scene.hears({ anew: true });
    expect(scene.orphaned).toEqual([`${OTHER} undefined`]);
  });
});
