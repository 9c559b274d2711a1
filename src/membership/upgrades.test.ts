import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import { startPart } from "../../test/harness/startPart.ts";
import type { CarriedItem, RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { Content, StateEvent } from "../matrix/port.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { Upgrades } from "./upgrades.ts";

const OLD = "!old:example.org" as RoomId;
const NEW = "!new:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const EVE = "@eve:example.org" as UserId;
const PAD = { id: "pad", name: "Pad", addedBy: ANN };

/** A room with something of Ann's in it, and the one that is to replace it, on a homeserver in memory. */
class Scene {
  readonly server = new MemoryHomeserver();
  readonly documents = memoryDocuments();
  readonly clock = new ManualClock(5_000);
  readonly logged: string[] = [];
  readonly said: { template: string; view: unknown; step: string }[] = [];
  decision: "accept" | "invite-refused" = "accept";
  items: readonly (typeof PAD)[] = [PAD];
  /** What becomes of the pad. */
  result: CarriedItem["result"] = "carried";
  carried = 0;
  onCarry: () => void = () => undefined;
  failures: unknown[] = [];
  /** Which rooms' objections were taken along, and how much had been carried then. */
  readonly followed: string[] = [];
  readonly #queue = new KeyedQueue((error) => this.failures.push(error));
  upgrades = this.usher();

  usher(): Upgrades {
    const { server, documents, clock } = this;
    const handler: RoomUpgradeHandler = {
      addedItems: () => this.items,
      needs: [{ kind: "state", type: "m.widget" }],
      carry: () => {
        this.onCarry();
        this.carried += 1;
        return Promise.resolve(this.items.map((one) => ({ ...one, result: this.result })));
      },
      removal: () => undefined,
      without: (document) => document,
    };
    return (this.upgrades = new Upgrades({
      matrix: server,
      documents,
      clock,
      log: createLog("debug", {
        write: (line) => {
          const { what, code } = JSON.parse(line) as { what: string; code?: string };
          this.logged.push(`${what} ${String(code)}`);
        },
      }),
      queue: this.#queue,
      owed: {
        say: (_room, { template, view }, { step }) => {
          this.said.push({ template, view, step });
          return Promise.resolve();
        },
      },
      budget: { take: () => this.decision },
      upgradeHandlers: [handler],
      restrictions: {
        follow: (from, to) => {
          this.followed.push(`${from} ${to} ${String(this.carried)}`);
          return Promise.resolve();
        },
      },
    }));
  }

  async hears(batch: Partial<Batch>): Promise<void> {
    const nothing = { rooms: [], invites: [], departures: [], awayMs: 0, first: false };
    await this.upgrades.handle({ ...nothing, ...batch });
    await this.#queue.idle();
  }

  hearsIn(roomId: RoomId, batch: Partial<RoomBatch>): Promise<void> {
    return this.hears({ rooms: [{ roomId, events: [], gap: false, ...batch }] });
  }

  async starts(): Promise<void> {
    await startPart(this.usher(), this.documents);
    await this.#queue.idle();
  }

  /** Somebody puts a tombstone into the old room. */
  tombstone(by = ANN): StateEvent {
    return this.server.put(OLD, "m.room.tombstone", "", { replacement_room: NEW }, by);
  }

  async replaced(by = ANN): Promise<void> {
    await this.hearsIn(OLD, { events: [this.tombstone(by)] });
  }

  /** The new room, with what its creation says of the old one. */
  makesNew(predecessor: Content = { room_id: OLD }, levels: Content = {}): void {
    this.server.make(NEW, {
      creator: ANN,
      joined: [ANN],
      create: { predecessor },
      levels: { users: { [ANN]: 100, [this.server.me]: 50 }, ...levels },
    });
  }

  async state(): Promise<string | undefined> {
    return (await this.documents.get(roomDocument, OLD))?.upgrade?.state;
  }

  /** Usher has said in the new room what it is; that brings the room up again. */
  async greeted(): Promise<void> {
    await this.stored(NEW, { greetedAt: 6_000 });
    await this.hearsIn(NEW, { joined: true });
  }

  stored(room: RoomId, more: Partial<RoomDocument>): Promise<RoomDocument> {
    return this.documents.update(roomDocument, room, (document) => ({ ...document, ...more }));
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  scene.server.make(OLD, {
    creator: ANN,
    joined: [ANN, EVE, scene.server.me],
    levels: { users: { [ANN]: 100, [EVE]: 50 }, events: { "m.room.tombstone": 100 } },
  });
});

describe("a room that is replaced by another", () => {
  it("is followed there, and what was put into it is brought after the greeting, once, and told", async () => {
    scene.makesNew();
    await scene.replaced();
    expect(scene.server.done).toEqual([`join ${NEW} example.org`]);
    expect([await scene.state(), scene.carried]).toEqual(["entering", 0]);
    // R37 R39 Before anything is said or done there.
    expect(scene.followed).toEqual([`${OLD} ${NEW} 0`]);
    expect(await scene.documents.get(roomDocument, NEW)).toMatchObject({
      inviter: ANN,
      invitedAt: 5_000,
    });
    await scene.greeted();
    expect(scene.said).toEqual([
      {
        template: "upgrade/carried",
        view: { carried: [PAD], there: [], gone: [], refused: [] },
        step: "upgrade/carried",
      },
    ]);
    expect([await scene.state(), scene.carried]).toEqual(["carried", 1]);
    await scene.greeted();
    await scene.replaced();
    expect([scene.carried, scene.said.length]).toEqual([1, 1]);
    expect(scene.failures).toEqual([]);
  });

  it("without anything of anybody's in it, is followed without a word", async () => {
    scene.items = [];
    scene.makesNew();
    await scene.replaced();
    await scene.greeted();
    expect([await scene.state(), scene.said]).toEqual(["carried", []]);
  });

  it("is not followed on the word of somebody who may not say so", async () => {
    scene.makesNew();
    await scene.replaced(EVE);
    expect(scene.server.done).toEqual([]);
    expect(scene.logged).toEqual(["upgrade.refused tombstone-without-power"]);
    expect(await scene.state()).toBeUndefined();
  });

  it("by nothing, or by itself, is not replaced", async () => {
    const nowhere = scene.server.put(OLD, "m.room.tombstone", "", {}, ANN);
    const itself = { ...nowhere, content: { replacement_room: OLD } };
    await scene.hearsIn(OLD, { events: [nowhere, itself] });
    expect([await scene.state(), scene.server.done, scene.failures]).toEqual([undefined, [], []]);
  });

  it("is not followed for those who may not invite Usher", async () => {
    scene.decision = "invite-refused";
    scene.makesNew();
    await scene.replaced();
    expect([scene.server.done, scene.followed]).toEqual([[], []]);
    expect(scene.logged).toEqual(["upgrade.refused invite-refused"]);
    expect(await scene.state()).toBe("refused");
    expect(await scene.documents.get(roomDocument, NEW)).toBeUndefined();
  });
});

describe("a new room that does not say so itself", () => {
  const elsewhere = { room_id: "!elsewhere:example.org" };

  it("is left again without a word, where it could not be seen from outside", async () => {
    scene.makesNew(elsewhere);
    await scene.replaced();
    expect(scene.server.done).toEqual([`join ${NEW} example.org`, `leave ${NEW}`]);
    expect(scene.logged).toEqual(["upgrade.refused does-not-point-back"]);
    expect(await scene.state()).toBe("refused");
    expect(await scene.documents.get(roomDocument, NEW)).toBeUndefined();
    await scene.hearsIn(NEW, { gap: true });
    expect(scene.server.done).toHaveLength(2);
  });

  it("is not even entered, where it can be", async () => {
    scene.makesNew(elsewhere);
    scene.server.open.add(NEW);
    await scene.replaced();
    expect(scene.server.done).toEqual([]);
    expect(await scene.state()).toBe("refused");
  });

  it("is not left where Usher was before, and what it keeps of it stays", async () => {
    scene.makesNew(elsewhere);
    scene.server.put(NEW, "m.room.member", scene.server.me, { membership: "join" }, ANN);
    await scene.stored(NEW, { greetedAt: 1 });
    await scene.replaced();
    expect(scene.server.done).toEqual([]);
    expect(await scene.state()).toBe("refused");
    expect(await scene.documents.get(roomDocument, NEW)).toMatchObject({ greetedAt: 1 });
  });
});

describe("a new room that cannot be entered", () => {
  it("is waited for: nothing is kept of it, and being let in goes on", async () => {
    scene.makesNew();
    scene.server.closed.set(NEW, new UsherError("room-unreachable", {}));
    await scene.replaced();
    expect(scene.logged).toEqual(["upgrade.waiting room-unreachable"]);
    expect(await scene.state()).toBe("waiting");
    expect(await scene.documents.get(roomDocument, NEW)).toBeUndefined();
    scene.server.closed.clear();
    await scene.server.join(NEW);
    await scene.greeted();
    expect(await scene.state()).toBe("carried");
  });

  it("because Usher stops is entered at the next start", async () => {
    scene.makesNew();
    scene.server.closed.set(NEW, new Error("stopping"));
    await scene.replaced();
    expect(scene.failures).toEqual([new Error("stopping")]);
    expect(await scene.state()).toBe("entering");
    scene.server.closed.clear();
    await scene.starts();
    expect(scene.server.inside(NEW)).toBe(true);
  });

  it("that Usher comes out of again is waited for too", async () => {
    scene.makesNew();
    await scene.replaced();
    await scene.hears({ departures: [{ roomId: NEW, by: ANN, how: "kicked" }] });
    expect(await scene.state()).toBe("waiting");
  });

  it("whose server says something unheard of is no answer", async () => {
    scene.makesNew();
    scene.server.allState = () => Promise.reject(new UsherError("room-limited", {}));
    await scene.replaced();
    expect(scene.failures).toEqual([expect.objectContaining({ code: "room-limited" })]);
    expect(scene.server.done).toEqual([]);
  });
});

describe("where Usher lacks the power in the new room", () => {
  beforeEach(async () => {
    scene.makesNew({ room_id: OLD }, { events: { "m.widget": 75 } });
    await scene.replaced();
    await scene.greeted();
  });

  it("Usher says once which it needs, and what for", async () => {
    expect(scene.said).toMatchObject([
      { template: "upgrade/powerless", view: { needed: 75, things: [PAD] } },
    ]);
    await scene.hearsIn(NEW, { gap: true });
    expect(scene.said).toHaveLength(1);
    expect([await scene.state(), scene.carried]).toEqual(["powerless", 0]);
  });

  it("Usher brings everything when it has been given it", async () => {
    const levels = { users: { [scene.server.me]: 75 }, events: { "m.widget": 75 } };
    const event = scene.server.put(NEW, "m.room.power_levels", "", levels, ANN);
    await scene.hearsIn(NEW, { events: [event] });
    expect([await scene.state(), scene.carried]).toEqual(["carried", 1]);
    expect(scene.said.at(-1)).toMatchObject({ template: "upgrade/carried" });
  });
});

describe("after an absence", () => {
  beforeEach(() => {
    scene.makesNew();
  });

  it("a tombstone that was not heard is found, where something could have been left behind", async () => {
    scene.tombstone();
    await scene.stored(OLD, {});
    await scene.starts();
    expect(scene.server.done).toEqual([`join ${NEW} example.org`]);
    expect(await scene.state()).toBe("entering");
  });

  it("nobody looks where there was nothing to leave behind, nor where there is no tombstone", async () => {
    await scene.stored(OLD, { greetedAt: 1 });
    await scene.starts();
    scene.tombstone();
    scene.items = [];
    await scene.starts();
    expect(scene.server.done).toEqual([]);
    await scene.hearsIn(OLD, { gap: true });
    expect(scene.server.done).toHaveLength(1);
  });

  it("looks where something was half set up too", async () => {
    scene.items = [];
    const halfDone = { cause: "$1", person: ANN, at: 1, deed: "d", id: "i", name: "n" };
    const setUps = [{ ...halfDone, step: "s", state: "doing" as const, results: {} }];
    await scene.stored(OLD, { setUps } as never);
    scene.tombstone();
    await scene.starts();
    expect(await scene.state()).toBe("entering");
  });

  it("what a crash left untold was brought all the same", async () => {
    await scene.replaced();
    scene.onCarry = () => {
      throw new Error("killed");
    };
    await scene.greeted();
    expect([await scene.state(), scene.said]).toEqual(["carrying", []]);
    scene.onCarry = () => undefined;
    scene.result = "there";
    await scene.starts();
    expect(scene.said).toMatchObject([{ view: { carried: [PAD], there: [] } }]);
    expect(await scene.state()).toBe("carried");
  });

  it("where nothing was in between, what is there was there before", async () => {
    scene.result = "there";
    await scene.replaced();
    await scene.greeted();
    expect(scene.said).toMatchObject([{ view: { carried: [], there: [PAD] } }]);
  });
});
