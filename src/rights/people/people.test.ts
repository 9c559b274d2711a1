import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { DAY_MS, dayOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import type { Identity } from "../../matrix/port.ts";
import { makeStandIn } from "../../privacy/erased.ts";
import { auditDocument } from "../../store/audit.ts";
import { definedDocuments, type Documents } from "../../store/documents.ts";
import { personDocument, type PersonDocument } from "../../store/people.ts";
import type { Restriction } from "../../store/restrictions.ts";
import { roomDocument } from "../../store/room.ts";
import { People } from "./people.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";
// Kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const CID = "@cid:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const DAY = 86_400_000;

let clock: ManualClock;
let documents: Documents;
let identity: Identity | Error;
let looks: UserId[];
let logged: string;
let writes: number;
let people: People;
let restricted: Restriction | undefined;

beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 10, 29, 6, 45));
  const stored = memoryDocuments();
  writes = 0;
  documents = {
    ...stored,
    update: (type, id, change) => {
      writes += 1;
      return stored.update(type, id, change);
    },
  };
  restricted = undefined;
  [identity, looks, logged] = [{ is: "known", masterKey: "first" }, [], ""];
  people = opened();
});

/** A pass over all that is stored, and what comes after it. */
async function sweep(): Promise<void> {
  people.passBegins();
  for (const type of definedDocuments())
    for await (const stored of documents.scan(type)) people.sees(type, stored);
  await people.sweep();
}

function opened(): People {
  return new People({
    documents,
    clock,
    log: createLog("info", { write: (line) => (logged += line) }),
    language: "en",
    noticeVersion: "4",
    restrictions: { against: () => restricted },
    matrix: {
      identity: (user) => {
        looks.push(user);
        return identity instanceof Error ? Promise.reject(identity) : Promise.resolve(identity);
      },
    },
  });
}

const known = (person = ANN): Promise<PersonDocument | undefined> =>
  documents.get(personDocument, person);

/** The person does something that is kept. */
const used = (person = ANN): Promise<void> => people.used(person);

/** Something is kept about her, or nothing any more. */
async function invitedBy(inviter: UserId | undefined): Promise<void> {
  await documents.update(roomDocument, ROOM, ({ inviter: _, ...room }) => ({
    ...room,
    ...(inviter === undefined ? {} : { inviter }),
  }));
}

describe("D1 whoever has Usher do something that is kept", () => {
  it("is known by the days of the first and the last time, the language, and the key of their identity", async () => {
    await used();
    clock.advance(2 * DAY);
    identity = { is: "known", masterKey: "second" };
    await used();
    expect(await known()).toEqual({
      person: ANN,
      firstUsed: "2026-11-29",
      lastUsed: "2026-12-01",
      language: "en",
      noticeSeen: "4",
      identity: { masterKey: "first", seen: "2026-11-29" },
    });
    expect(looks).toEqual([ANN]);
  });

  it("is written once a day, whatever they do, also after a restart", async () => {
    await used();
    const first = writes;
    await used();
    expect(writes).toBe(first);
    await used(BOB);
    expect(writes).toBe(2 * first);
    people = opened();
    await used();
    expect((await known())?.firstUsed).toBe("2026-11-29");
  });

  it("whoever is known uses Usher by asking anything, which also ends what they were warned of; nobody becomes known by that", async () => {
    await people.asked(ANN);
    expect(await known()).toBeUndefined();
    await used();
    await documents.update(personDocument, ANN, (one) => ({ ...one, warned: [clock.now()] }));
    clock.advance(40 * DAY_MS);
    await people.asked(ANN);
    const { lastUsed, warned } = (await known()) ?? {};
    expect([lastUsed, warned]).toEqual([dayOf(clock.now()), undefined]);
  });

  it("holds up nobody: the homeserver is asked when they are known, and a failure is only logged", async () => {
    identity = new UsherError("room-unreachable", { action: "read-keys" });
    await used();
    expect(await known()).toMatchObject({ lastUsed: "2026-11-29" });
    expect(await known()).not.toHaveProperty("identity");
    expect(logged).toContain("person.unknown");
    identity = { is: "unreachable" };
    clock.advance(DAY);
    await used();
    expect(await known()).not.toHaveProperty("identity");
    identity = { is: "known", masterKey: "found" };
    clock.advance(DAY);
    await used();
    expect((await known())?.identity).toEqual({ masterKey: "found", seen: "2026-12-01" });
  });

  it("who had no key when they were first seen has the first one that is", async () => {
    identity = { is: "none" };
    await used();
    expect((await known())?.identity).toEqual({ seen: "2026-11-29" });
    identity = { is: "known", masterKey: "made later" };
    clock.advance(DAY);
    await used();
    expect((await known())?.identity).toEqual({ masterKey: "made later", seen: "2026-11-30" });
  });

  it("is counted and handed out like all that is stored", async () => {
    await used();
    await used(BOB);
    const found: unknown[] = [];
    for await (const { record, handedOut } of new StoredDocuments(documents).about(ANN))
      found.push([record.id, handedOut]);
    expect(found).toEqual([["D1", await known()]]);
  });
});

describe("D1 the sweep", () => {
  it("forgets somebody 30 days after the last record about them, and not before", async () => {
    await invitedBy(ANN);
    await used();
    await sweep();
    clock.advance(100 * DAY);
    await sweep();
    expect(await known()).not.toHaveProperty("aloneSince");
    await invitedBy(undefined);
    await sweep();
    clock.advance(29 * DAY);
    await sweep();
    expect(await known()).toBeDefined();
    clock.advance(DAY);
    await sweep();
    expect(await known()).toBeUndefined();
  });

  it("counts anew when something has been kept about them meanwhile", async () => {
    await used();
    await sweep();
    clock.advance(20 * DAY);
    await invitedBy(ANN);
    await sweep();
    await invitedBy(undefined);
    clock.advance(20 * DAY);
    await sweep();
    expect(await known()).toMatchObject({ aloneSince: clock.now() });
    clock.advance(20 * DAY);
    await used();
    expect(await known()).not.toHaveProperty("aloneSince");
  });

  it("forgets after 30 days of downtime at the second look, not at the first", async () => {
    await used();
    clock.advance(40 * DAY);
    people = opened();
    await sweep();
    expect(await known()).toMatchObject({ aloneSince: clock.now() });
  });

  it("knows who asked for what a former version stored, and nobody who is only named", async () => {
    await invitedBy(ANN);
    const event = "$e" as EventId;
    const cause = { cause: event, at: 1, deed: "add-bot", name: "p" };
    await documents.update(roomDocument, ROOM, (room) => ({
      ...room,
      changes: [{ ...cause, id: "p", person: BOB, user: CID, level: { before: null, after: 0 } }],
    }));
    const entry = { at: 1, what: "admin leave", targets: [ROOM], event };
    await documents.update(auditDocument, "2026-11", () => ({
      entries: [{ ...entry, who: makeStandIn() }],
    }));
    await sweep();
    const all: unknown[] = [];
    for await (const { document } of documents.scan(personDocument)) all.push(document);
    const seen = { masterKey: "first", seen: "2026-11-29" };
    expect(all).toEqual([
      { person: ANN, identity: seen },
      { person: BOB, identity: seen },
    ]);
  });

  it("asks the homeserver for so many people at once, and for the rest the next time", async () => {
    const entries = Array.from({ length: 70 }, (_, n) => ({
      at: 1,
      who: `@p${String(n)}:example.org` as UserId,
      what: "admin leave",
      targets: [],
      event: "$e" as EventId,
    }));
    await documents.update(auditDocument, "2026-11", () => ({ entries }));
    await sweep();
    expect(looks).toHaveLength(50);
    await sweep();
    expect(new Set(looks).size).toBe(70);
    await sweep();
    expect(looks).toHaveLength(70);
  });
});

it("R37 nobody is asked about who wants nothing done with what is about them", async () => {
  restricted = { person: ANN, at: 1 };
  await invitedBy(ANN);
  await sweep();
  expect(looks).toEqual([]);
  expect(await known()).toEqual({ person: ANN });
});

describe("D1 R36 whoever is erased", () => {
  it("comes back by no pass that had seen them before", async () => {
    const entry = { at: 1, what: "admin leave", targets: [], event: "$e" as EventId };
    await documents.update(auditDocument, "2026-11", () => ({ entries: [{ ...entry, who: ANN }] }));
    await used();
    people.passBegins();
    for (const type of definedDocuments())
      for await (const stored of documents.scan(type)) people.sees(type, stored);
    await documents.delete(auditDocument, "2026-11");
    await people.forget(ANN);
    await people.sweep();
    expect(await known()).toBeUndefined();
  });

  it("is forgotten after what is being noted of them, and comes back by no late answer", async () => {
    let answer: (found: Identity) => void = () => undefined;
    const late = new Promise<Identity>((resolve) => (answer = resolve));
    const matrix = { identity: () => late };
    const one = new People({
      ...{ documents, clock, matrix, language: "en", noticeVersion: "4" },
      restrictions: { against: () => undefined },
      log: createLog("silent"),
    });
    const noting = one.used(ANN);
    await one.forget(ANN);
    expect(await known()).toBeUndefined();
    answer({ is: "known", masterKey: "late" });
    await noting;
    expect(await known()).toBeUndefined();
  });

  it("is noted again when they come back", async () => {
    await used();
    await people.forget(ANN);
    await used();
    expect(await known()).toMatchObject({ person: ANN });
  });

  it("fails where the document cannot be deleted", async () => {
    const failing = { ...documents, delete: () => Promise.reject(new Error("disk")) };
    const matrix = { identity: () => Promise.resolve<Identity>({ is: "none" }) };
    const one = new People({
      ...{ documents: failing, clock, matrix, language: "en", noticeVersion: "4" },
      restrictions: { against: () => undefined },
      log: createLog("silent"),
    });
    await expect(one.forget(ANN)).rejects.toThrow("disk");
  });
});
