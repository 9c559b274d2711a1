import { beforeEach, describe, expect, it, vi } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { Account, RoomEvent } from "../../matrix/port.ts";
import { deactivationsDocument, type AccountSigns } from "../../store/deactivations.ts";
import { personDocument } from "../../store/people.ts";
import { roomDocument } from "../../store/room.ts";
import { GRACE_MS } from "./deactivation.ts";
import { Deactivations } from "./deactivations.ts";
import { KnownPeople } from "./knownPeople.ts";
import { Leavers } from "./leavers.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";

const ROOM = "!r:example.org" as RoomId;
const OTHER = "!o:example.org" as RoomId;
const DIRECT = "!d:example.org" as RoomId;
const OWN = "@ann:example.org" as UserId;
const FAR = "@cleo:elsewhere.example" as UserId;
const STRANGER = "@stranger:example.org" as UserId;

let server: MemoryHomeserver;
let documents: ReturnType<typeof memoryDocuments>;
let clock: ManualClock;
let account: Account;
let askedOf: UserId[];
let erased: UserId[];
let askingFails: boolean;
/** About whom the homeserver never answers. */
let hanging: UserId | undefined;

function open(mayAsk: boolean): { leavers: Leavers; deactivations: Deactivations } {
  const deps = { documents, clock, log: silentLog };
  const holdings = [new StoredDocuments(documents)];
  const known = new KnownPeople({ documents, holdings, me: server.me, clock });
  const deactivations = new Deactivations({
    ...deps,
    knownPeople: known,
    admin: undefined,
    erasures: {
      eraseDeactivated: (person) => {
        erased.push(person);
        return Promise.resolve();
      },
    },
  });
  const ask = (person: UserId): Promise<void> => {
    askedOf.push(person);
    if (person === hanging) return new Promise(() => undefined);
    return askingFails ? Promise.reject(new UsherError("room-unreachable", {})) : Promise.resolve();
  };
  const matrix = Object.assign(server, {
    account: () => Promise.resolve(account),
    rememberedPrivateRooms: () => Promise.resolve([DIRECT]),
  });
  const questions = mayAsk ? { ask } : undefined;
  const leavers = new Leavers({ ...deps, matrix, questions, knownPeople: known, deactivations });
  return { leavers, deactivations };
}

function event(sender: UserId, type: string, content: object, more: object = {}): RoomEvent {
  const of = { eventId: "$e" as EventId, roomId: ROOM, originServerTs: clock.now() };
  return {
    ...of,
    sender,
    type,
    content,
    redacted: false,
    encryption: "none",
    ...more,
  } as RoomEvent;
}

const leaves = (person: UserId, by = person): RoomEvent =>
  event(by, "m.room.member", { membership: "leave" }, { stateKey: person });
const says = (person: UserId): RoomEvent => event(person, "m.room.message", { body: "hi" });

async function hear(leavers: Leavers, ...events: RoomEvent[]): Promise<void> {
  const rooms = [{ roomId: ROOM, events, gap: false }];
  await leavers.handle({ rooms, invites: [], departures: [], awayMs: 0, first: false });
  await leavers.idle();
}

async function accounts(): Promise<readonly AccountSigns[]> {
  return (await documents.get(deactivationsDocument, "self"))?.accounts ?? [];
}

/** They are gone from all rooms but those that are named. */
function onlyIn(person: UserId, ...rooms: readonly RoomId[]): void {
  for (const room of [ROOM, OTHER, DIRECT])
    server.put(
      room,
      "m.room.member",
      person,
      { membership: rooms.includes(room) ? "join" : "leave" },
      person,
    );
}

beforeEach(async () => {
  server = new MemoryHomeserver();
  documents = memoryDocuments();
  clock = new ManualClock();
  account = { is: "unknown" };
  askedOf = [];
  erased = [];
  [askingFails, hanging] = [false, undefined];
  for (const room of [ROOM, OTHER, DIRECT])
    server.make(room, { creator: OWN, joined: [OWN, FAR, server.me] });
  const asked = { event: "$e" as EventId, calledAs: "!usher", at: 1, replyTo: "$e" as EventId };
  const journal = [OWN, FAR].map((person) => ({ ...asked, person, line: "list" }));
  for (const room of [ROOM, OTHER])
    await documents.update(roomDocument, room, (one) => ({ ...one, journal }));
});

describe("R26 who leaves a room", () => {
  it("on Usher's own homeserver is asked about at once, where something is kept about them and they left themselves", async () => {
    const { leavers } = open(true);
    await hear(leavers, leaves(OWN), leaves(STRANGER), leaves(FAR, OWN), says(OWN));
    expect(askedOf).toEqual([OWN]);
    expect(await accounts()).toEqual([]);
  });

  it("is known from their first command on", async () => {
    const { leavers } = open(true);
    await hear(leavers, leaves(STRANGER));
    await documents.update(personDocument, STRANGER, () => ({ person: STRANGER }));
    await hear(leavers, leaves(STRANGER));
    expect(askedOf).toEqual([STRANGER]);
  });

  it("and about whom the homeserver never answers holds up nobody else", async () => {
    const other = "@otto:example.org" as UserId;
    await documents.update(personDocument, other, () => ({ person: other }));
    hanging = OWN;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { leavers } = open(true);
      const heard = hear(leavers, leaves(OWN), leaves(other));
      await vi.advanceTimersByTimeAsync(30_000);
      await heard;
    } finally {
      vi.useRealTimers();
    }
    expect(askedOf).toEqual([OWN, other]);
  });

  it("and cannot be asked about now is passed over, and the next is not", async () => {
    askingFails = true;
    const { leavers } = open(true);
    await hear(leavers, leaves(OWN));
    await hear(leavers, leaves(OWN));
    expect(askedOf).toEqual([OWN, OWN]);
  });

  it.each<[string, readonly RoomId[], Account]>([
    ["they are still in another room that Usher knows them from", [OTHER], { is: "unknown" }],
    ["they are still in the direct chat", [DIRECT], { is: "unknown" }],
    ["they have a profile", [], { is: "known", name: undefined }],
    ["their server tells of no profiles", [], { is: "untold" }],
    ["their server is away", [], { is: "unreachable" }],
  ])("elsewhere is suspected of nothing where %s", async (_, stays, is) => {
    const { leavers } = open(true);
    account = is;
    onlyIn(FAR, ...stays);
    await hear(leavers, leaves(FAR));
    expect(await accounts()).toEqual([]);
  });

  it("elsewhere, has left all rooms and has no profile any more, is suspected, and never erased for that", async () => {
    const { leavers, deactivations } = open(true);
    onlyIn(FAR);
    await hear(leavers, leaves(FAR));
    expect(await accounts()).toEqual([{ person: FAR, suspectedSince: clock.now() }]);
    expect(askedOf).toEqual([]);
    expect(await deactivations.facts()).toMatchObject({ deactivated: 0, suspected: 1 });
    clock.advance(360 * 86_400_000);
    await deactivations.eraseDue();
    await deactivations.sweep();
    expect(erased).toEqual([]);
    expect(await accounts()).toHaveLength(1);
    clock.advance(10 * 86_400_000);
    await deactivations.sweep();
    expect(await accounts()).toEqual([]);
  });

  it("is suspected no longer once they do something, also after a restart", async () => {
    const first = open(true).leavers;
    onlyIn(FAR);
    await hear(first, leaves(FAR));
    clock.advance(5);
    const next = open(true).leavers;
    await next.start();
    await hear(next, says(FAR));
    expect(await accounts()).toEqual([{ person: FAR, activeAt: clock.now() }]);
  });
});

describe("R26 an account that was deactivated and does something", () => {
  it("is in use again where that was sent later, and is not where it is only heard late", async () => {
    const { leavers, deactivations } = open(false);
    const before = says(OWN);
    clock.advance(10);
    await deactivations.heard(OWN, { is: "deactivated", at: clock.now() });
    await leavers.start();
    await hear(leavers, before, leaves(OWN));
    expect(await accounts()).toEqual([{ person: OWN, deactivatedSince: clock.now() }]);
    clock.advance(10);
    await hear(leavers, says(OWN));
    clock.advance(GRACE_MS);
    await deactivations.eraseDue();
    expect(erased).toEqual([]);
  });

  it("is asked about where Usher may ask", async () => {
    const { leavers, deactivations } = open(true);
    await deactivations.heard(OWN, { is: "deactivated", at: clock.now() });
    await leavers.start();
    await hear(leavers, says(OWN));
    expect(askedOf).toEqual([OWN]);
  });
});
