import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KINDS } from "../../../test/harness/erasureCommands.ts";
import { nodeFiles } from "../../files/files.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { heardBy, LogListeners, silentLog } from "../../kernel/log.ts";
import { widgetPart } from "../../kinds/widgets/records.ts";
import { makeStandIn } from "../../privacy/erased.ts";
import { definedDocuments, type Documents } from "../../store/documents.ts";
import { erasureDocument, handWorkDocument, receiptDocument } from "../../store/erasures.ts";
import { hashesOf } from "../../store/layout.ts";
import { openStore } from "../../store/openStore.ts";
import { personDocument } from "../../store/people.ts";
import { restrictionDocument } from "../../store/restrictions.ts";
import { roomDocument } from "../../store/room.ts";
import { Tombstones, type Erased } from "../../store/tombstones.ts";
import { eraseAgain } from "./eraseAgain.ts";
import { Restrictions } from "../people/restrictions.ts";
import { ByHand } from "../holdings/byHand.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;
const OTHER = "!o:example.org" as RoomId;
const event = "$e" as EventId;

let folder: string;
let logged: string[];
let documents: Documents;
let tombstones: Tombstones;
const clock = new ManualClock();
const dir = (name = "data"): string => join(folder, name);

/** What each of them asked for in the room, and a widget of Ann's. */
async function furnish(room: RoomId): Promise<void> {
  const journal = [ANN, BOB].map((person) => ({
    ...{ event, person, calledAs: "!usher", line: "list", at: 1, replyTo: event },
  }));
  const widget = { id: "w", url: "https://pad.example.org", name: "Pad", addedAt: 1, cause: event };
  await documents.update(roomDocument, room, (one) => ({
    ...one,
    inviter: ANN,
    journal,
    widgets: [{ ...widget, addedBy: ANN }],
  }));
}

async function open(): Promise<void> {
  documents = await openStore({ dir: dir(), clock, onQuarantine: () => undefined });
  const hash = await hashesOf(nodeFiles, dir());
  const path = join(folder, "secrets", "data-erased");
  tombstones = new Tombstones({ files: nodeFiles, path, hash, documents, clock });
}

/** A start on what is stored. */
async function start(): Promise<void> {
  await open();
  const lines = new LogListeners();
  lines.add(({ what }) => logged.push(what));
  const restrictions = new Restrictions(documents);
  await restrictions.open();
  await eraseAgain({
    forgetLast: async (person) => {
      await restrictions.lift(person, () => true);
      await documents.delete(personDocument, person);
    },
    ...{ tombstones, documents, clock, holdings: [new StoredDocuments(documents)] },
    byHand: new ByHand(documents, KINDS),
    partOf: (kind) => (kind === "widget" ? widgetPart : undefined),
    log: heardBy(silentLog, lines),
  });
}

/** Closes the data directory, and puts what was copied in its place. */
async function restore(): Promise<void> {
  await documents.close();
  rmSync(dir(), { recursive: true });
  cpSync(dir("copy"), dir(), { recursive: true });
}

async function backUp(): Promise<void> {
  await documents.close();
  cpSync(dir(), dir("copy"), { recursive: true });
  await open();
}

async function erase(only: Erased["only"] = {}, erasure = "e1"): Promise<void> {
  await tombstones.set({ person: ANN, erasure, only });
  const part = only.kind === "widget" ? widgetPart : undefined;
  const scope = { room: only.room, item: only.item, part };
  await new StoredDocuments(documents).erase({ person: ANN, standIn: makeStandIn() }, scope);
}

async function all<T>(scanned: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of scanned) found.push(one);
  return found;
}

async function bytes(): Promise<string> {
  const all: unknown[] = [];
  for (const type of definedDocuments())
    for await (const one of documents.scan(type)) all.push(one);
  return JSON.stringify(all);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "usher-erase-again-"));
  logged = [];
  await open();
  await furnish(ROOM);
  await furnish(OTHER);
  await documents.update(personDocument, ANN, () => ({ person: ANN }));
  const restrictions = [{ person: ANN, at: 1 }];
  await documents.update(restrictionDocument, ANN, () => ({ restrictions }));
});
afterEach(async () => {
  await documents.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("R26 R27 a restored backup", () => {
  it("does not bring back who was erased since, and changes nothing of others", async () => {
    const request = { person: ANN, event, room: ROOM, at: 1, now: false, words: [], wrong: 0 };
    await documents.update(erasureDocument, ANN, () => ({
      request: { ...request, state: "cooling" as const, due: 2 },
    }));
    await backUp();
    await erase();
    await restore();
    expect(await bytesOfStored()).toContain(ANN);
    await start();
    expect(await bytes()).not.toContain(ANN);
    expect(await bytes()).toContain(BOB);
    expect(logged).toEqual(["tombstones.erased-again"]);
    // And once only.
    logged = [];
    await documents.close();
    await start();
    expect(logged).toEqual([]);
  });

  it("that is newer than the erasure leaves what somebody set up who came back", async () => {
    await erase();
    await furnish(ROOM);
    await backUp();
    await documents.update(roomDocument, ROOM, (one) => ({ ...one, journal: [] }));
    await restore();
    await start();
    expect((await documents.get(roomDocument, ROOM))?.inviter).toBe(ANN);
    expect(logged).toEqual([]);
  });

  it("none at all: whoever came back keeps what they set up since, at each start", async () => {
    await erase();
    await furnish(ROOM);
    await documents.close();
    await start();
    expect((await documents.get(roomDocument, ROOM))?.journal).toHaveLength(2);
  });

  it("is erased again in the room alone, or of the kind alone, that was meant", async () => {
    await backUp();
    await erase({ room: OTHER });
    await restore();
    await start();
    expect((await documents.get(roomDocument, ROOM))?.inviter).toBe(ANN);
    expect(JSON.stringify(await documents.get(roomDocument, OTHER))).not.toContain(ANN);
    await erase({ kind: "widget" }, "e2");
    await restore();
    await start();
    const room = await documents.get(roomDocument, ROOM);
    expect(room?.inviter).toBe(ANN);
    expect(JSON.stringify(room?.["widgets"])).not.toContain(ANN);
    expect((await documents.get(personDocument, ANN))?.person).toBe(ANN);
  });

  it("is erased again of the one thing that was meant, in whatever room it is, and no more", async () => {
    await backUp();
    await erase({ item: "w" });
    await restore();
    await start();
    for (const room of [ROOM, OTHER]) {
      const document = await documents.get(roomDocument, room);
      expect(JSON.stringify(document?.["widgets"])).not.toContain(ANN);
      expect(document?.inviter).toBe(ANN);
      expect(document?.journal).toHaveLength(2);
    }
  });

  it("R25 leaves operators what they have to erase by hand, of what was meant alone", async () => {
    const paper = { id: "paper", user: "@paper:example.org", level: 0, addedAt: 1, cause: event };
    for (const room of [ROOM, OTHER])
      await documents.update(roomDocument, room, (one) => ({
        ...one,
        bots: [{ ...paper, addedBy: ANN }],
      }));
    await backUp();
    const { id, at } = { id: "e1", at: clock.now() };
    await erase({ room: OTHER }, id);
    await restore();
    clock.advance(DAY_MS);
    await start();
    const things = [{ kind: "bot", name: "Paper bot", room: OTHER }];
    const [first] = await all(documents.scan(handWorkDocument));
    expect(first?.document.work).toEqual({ person: ANN, at, all: false, things });
    // Which an operator can say is done.
    expect(await documents.get(receiptDocument, first?.id ?? "")).toMatchObject({
      receipt: { state: "partial", left: [{ is: "by-hand", count: 1 }] },
    });
    expect(JSON.stringify(await documents.get(roomDocument, OTHER))).not.toContain(ANN);
    await documents.close();
    await start();
    expect(await all(documents.scan(handWorkDocument))).toHaveLength(1);
    await erase({}, "e2");
    await restore();
    await start();
    const works = (await all(documents.scan(handWorkDocument))).map(({ document }) => document);
    expect(works.filter(({ work }) => work?.all === true)).toMatchObject([
      { work: { things: [{ room: ROOM }] } },
    ]);
  });

  it("ends a start only where what is stored cannot be changed; lost and unreadable tombstones are told of", async () => {
    await erase();
    rmSync(join(folder, "secrets"), { recursive: true });
    await documents.close();
    await start();
    expect(logged).toEqual(["tombstones.lost"]);
    cpSync(join(dir(), "names.key"), join(folder, "secrets", "data-erased"), { recursive: true });
    logged = [];
    await documents.close();
    await start();
    expect(logged).toEqual(["tombstones.unreadable"]);
  });
});

/** As `bytes`, of a data directory that nobody has open. */
async function bytesOfStored(): Promise<string> {
  await open();
  const all = await bytes();
  await documents.close();
  return all;
}
