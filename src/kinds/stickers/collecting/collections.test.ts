import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { DAY_MS } from "../../../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Batch } from "../../../matrix/intake.ts";
import type { Content, RoomEvent } from "../../../matrix/port.ts";
import { makeStandIn } from "../../../privacy/erased.ts";
import { StoredDocuments } from "../../../rights/holdings/storedDocuments.ts";
import type { Documents } from "../../../store/documents.ts";
import { openEnvelope } from "../../../store/envelope.ts";
import { COLLECTING } from "../dataMap.ts";
import { Collections, MOST_COLLECTED } from "./collections.ts";
import { collectingDocument } from "./document.ts";

const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const CAUSE = "$asked" as EventId;
const BEN = "@ben:example.org" as UserId;

let documents: Documents;
let clock: ManualClock;
let collections: Collections;
let restricted: Set<UserId>;
beforeEach(() => {
  documents = memoryDocuments();
  clock = new ManualClock(DAY_MS * 20_000);
  restricted = new Set();
  collections = started();
});
const started = (): Collections =>
  new Collections({ documents, clock, mayActFor: (person) => !restricted.has(person) });

function said(name: string, content: Content, more: Partial<RoomEvent> = {}): RoomEvent {
  return {
    ...{ eventId: `$${name}` as EventId, roomId: ROOM, type: "m.room.message", sender: ADA },
    ...{ originServerTs: 0, content, redacted: false, encryption: "none", ...more },
  };
}
const picture = (name: string, more: Partial<RoomEvent> = {}): RoomEvent =>
  said(name, { msgtype: "m.image" }, more);

/** A batch as all parts are shown it. */
async function heard(...events: readonly RoomEvent[]): Promise<void> {
  const rooms = [ROOM, OTHER].map((roomId) => ({
    ...{ roomId, gap: false, events: events.filter((one) => one.roomId === roomId) },
  }));
  for (const room of rooms) collections.note(room);
  const batch: Batch = { rooms, invites: [], departures: [], awayMs: 0, first: false };
  await collections.handle(batch);
}
const events = (person = ADA, room = ROOM) => collections.of(person, room)?.events;

describe("pictures that somebody sends for a pack", () => {
  it("are noted from when they said so, in their order, theirs in that room alone, once each", async () => {
    await heard(picture("before"));
    expect(events()).toBeUndefined();
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    expect(collections.of(ADA, ROOM)).toEqual({
      ...{ room: ROOM, pack: "cats", at: clock.now(), events: [], making: [], edits: {} },
    });
    await heard(
      picture("1"),
      picture("of-ben", { sender: BEN }),
      picture("elsewhere", { roomId: OTHER }),
      picture("gone", { redacted: true }),
      said("words", { msgtype: "m.text" }),
      said("sticker", {}, { type: "m.sticker" }),
      said("file", { msgtype: "m.file" }),
      said("film", { msgtype: "m.video" }),
    );
    await heard(picture("1"));
    expect(events()).toEqual(["$1", "$sticker", "$file", "$film"]);
    expect(await collections.end(ADA, ROOM)).toBe(true);
    expect(await collections.end(ADA, ROOM)).toBe(false);
    await heard(picture("after"));
    expect(events()).toBeUndefined();
    expect(await documents.get(collectingDocument, ADA)).toBeUndefined();
  });

  it("are those that came while it was not begun yet, too, and no edits", async () => {
    const asked = (name: string) => said(name, { msgtype: "m.text", body: "!usher stickers add" });
    await heard(picture("before"), asked("other"), picture("1"), asked("asked"), picture("2"));
    await heard(
      picture("3"),
      picture("edit", { content: { msgtype: "m.image", "m.new_content": {} } }),
    );
    await heard(picture("of-ben", { sender: BEN }));
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    expect(events()).toEqual(["$2", "$3"]);
    await heard(picture("4"));
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    expect(events()).toEqual(["$2", "$3", "$4"]);
    await heard(asked("late"), picture("5"));
    await collections.end(ADA, ROOM);
    await collections.sweep();
    await collections.begin(ADA, ROOM, "cats", "$late" as EventId);
    expect(events()).toEqual([]);
  });

  it("are found by what is said right behind them, and after a crash", async () => {
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    collections.note({ roomId: ROOM, gap: false, events: [picture("1")] });
    expect(events()).toEqual(["$1"]);
    collections = started();
    await collections.start();
    expect(events()).toEqual([]);
    await heard(picture("1"), picture("2"));
    collections = started();
    await collections.start();
    expect(events()).toEqual(["$1", "$2"]);
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    expect(events()).toEqual(["$1", "$2"]);
    await collections.begin(ADA, ROOM, "dogs", CAUSE);
    expect(events()).toEqual([]);
  });

  it("are known by what replaced them last before they were taken, by whoever sent them", async () => {
    const edit = (name: string, of: string, more: Partial<RoomEvent> = {}) => {
      const relation = { rel_type: "m.replace", event_id: `$${of}` };
      return said(name, { "m.new_content": {}, "m.relates_to": relation }, more);
    };
    const edits = () => collections.of(ADA, ROOM)?.edits;
    await heard(said("asked", { msgtype: "m.text", body: "!usher stickers add" }));
    await heard(picture("1"), edit("first", "1"));
    await collections.begin(ADA, ROOM, "cats", "$asked" as EventId);
    expect(edits()).toEqual({ $1: "$first" });
    await heard(picture("2"));
    await heard(
      edit("second", "1"),
      edit("of-ben", "2", { sender: BEN }),
      edit("of-another", "9"),
      edit("gone", "2", { redacted: true }),
    );
    collections = started();
    await collections.start();
    expect(edits()).toEqual({ $1: "$second" });
    await collections.take(ADA, ROOM, CAUSE);
    await heard(edit("late", "1"), picture("3"));
    await heard(edit("third", "3"));
    expect(edits()).toEqual({ $1: "$second", $3: "$third" });
    await collections.finish(ADA, ROOM, CAUSE);
    expect(edits()).toEqual({ $3: "$third" });
  });

  it("are read as an Usher before wrote them down", () => {
    const one = { room: ROOM, pack: "cats", at: 1, events: ["$1"] };
    const document = { person: ADA, collections: [one] };
    const before = { kind: "sticker-collecting", version: 1, id: ADA, document };
    expect(openEnvelope(collectingDocument, before)).toMatchObject({
      ok: true,
      document: { person: ADA, collections: [{ ...one, making: [], edits: {} }] },
    });
    const second = { ...before, version: 2, document: { collections: [{ ...one, making: [] }] } };
    expect(openEnvelope(collectingDocument, second)).toMatchObject({
      ok: true,
      document: { collections: [{ ...one, making: [], edits: {} }] },
    });
  });

  it("are no more than one pack can take at once", async () => {
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    await heard(...Array.from({ length: MOST_COLLECTED + 5 }, (_, n) => picture(String(n))));
    expect(events()).toHaveLength(MOST_COLLECTED);
  });

  it("are forgotten a day after it was begun", async () => {
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    await collections.begin(ADA, OTHER, "cats", CAUSE);
    clock.advance(DAY_MS - 1);
    await collections.sweep();
    expect(events()).toEqual([]);
    await collections.begin(ADA, OTHER, "cats", CAUSE);
    clock.advance(1);
    await heard(picture("late"));
    expect(events()).toBeUndefined();
    await collections.sweep();
    const left = await documents.get(collectingDocument, ADA);
    expect(left?.collections.map(({ room }) => room)).toEqual([OTHER]);
  });

  it("R37 are not noted of whoever wants nothing done", async () => {
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    restricted.add(ADA);
    await heard(picture("1"));
    expect(events()).toEqual([]);
  });

  it("R31 R36 are handed out to them, go whole with them, and are not written down again", async () => {
    await collections.begin(ADA, ROOM, "cats", CAUSE);
    await heard(picture("1"));
    const holding = new StoredDocuments(documents);
    expect(await Array.fromAsync(holding.about(ADA))).toMatchObject([{ record: COLLECTING }]);
    await holding.erase({ person: ADA, standIn: makeStandIn() }, {});
    await heard(picture("2"));
    expect(await documents.get(collectingDocument, ADA)).toBeUndefined();
    expect(events()).toBeUndefined();
  });
});
