import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { forgetPseudonyms, pseudonym } from "../../kernel/log.ts";
import { restrictionDocument } from "../../store/restrictions.ts";
import { Restrictions } from "./restrictions.ts";
import { StoredDocuments } from "../holdings/storedDocuments.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;

let documents: ReturnType<typeof memoryDocuments>;
let restrictions: Restrictions;

beforeEach(() => {
  documents = memoryDocuments();
  restrictions = new Restrictions(documents);
});

const at = 1;
const add = (what: { readonly kind?: string; readonly room?: RoomId; readonly case?: string }) =>
  restrictions.add({ person: ANN, at, ...what });

describe("R37 R39 who wants nothing done", () => {
  it("with anything: nothing of any kind, in no room, and nobody else's", async () => {
    await add({});
    for (const doing of [undefined, { kind: "widget" }, { kind: "bot", room: ROOM }])
      expect(restrictions.against(ANN, doing)).toEqual({ person: ANN, at });
    expect(restrictions.against(BOB)).toBeUndefined();
  });

  it("with a kind, or in a room: nothing of that, and all else", async () => {
    await add({ kind: "widget" });
    await add({ room: ROOM });
    expect(restrictions.against(ANN, { kind: "widget", room: OTHER })).toMatchObject({
      kind: "widget",
    });
    expect(restrictions.against(ANN, { kind: "bot", room: ROOM })).toMatchObject({ room: ROOM });
    expect(restrictions.against(ANN, { kind: "bot", room: OTHER })).toBeUndefined();
    expect(restrictions.against(ANN)).toBeUndefined();
  });

  it("in a room: nothing in the one that comes after it either, for all objections and once, until these end", async () => {
    await restrictions.add({ person: ANN, at, room: ROOM, kind: "bot", item: "x", case: "c1" });
    await restrictions.add({ person: BOB, at, room: ROOM });
    await add({ kind: "widget" });
    for (let times = 0; times < 2; times++) await restrictions.follow(ROOM, OTHER);
    expect(restrictions.against(ANN, { kind: "bot", room: OTHER, item: "x" })).toEqual({
      ...{ person: ANN, at, room: OTHER, kind: "bot", item: "x", case: "c1" },
    });
    expect(restrictions.against(ANN, { kind: "bot", room: OTHER, item: "y" })).toBeUndefined();
    expect(restrictions.against(BOB, { room: OTHER })).toBeDefined();
    expect(restrictions.all()).toHaveLength(5);
    await restrictions.lift(ANN, (one) => one.case === "c1");
    expect(restrictions.of(ANN)).toEqual([{ person: ANN, at, kind: "widget" }]);
  });

  it("is known after a restart, in the log too", async () => {
    await add({});
    const next = new Restrictions(documents);
    expect(next.against(ANN)).toBeUndefined();
    await next.open();
    expect(next.against(ANN)).toBeDefined();
    expect(next.isWhole(pseudonym(ANN))).toBe(true);
    expect(next.isWhole(pseudonym(BOB))).toBe(false);
  });

  it("is quiet in the log only for who restricted everything, and as long as that holds", async () => {
    await add({ kind: "widget" });
    expect(restrictions.isWhole(pseudonym(ANN))).toBe(false);
    await add({});
    expect(restrictions.isWhole(pseudonym(ANN))).toBe(true);
    // As when the day is over.
    forgetPseudonyms();
    expect(restrictions.isWhole(pseudonym(ANN))).toBe(true);
    await restrictions.lift(ANN, ({ kind }) => kind === undefined);
    expect(restrictions.isWhole(pseudonym(ANN))).toBe(false);
  });

  it("says it again, and it stays as it was", async () => {
    await add({});
    await restrictions.add({ person: ANN, at: 2 });
    expect(restrictions.of(ANN)).toEqual([{ person: ANN, at: 1 }]);
  });

  it("has nothing stored of it when all is lifted, and it is told and handed out until then", async () => {
    await add({ kind: "widget", case: "abc" });
    await add({});
    const found: unknown[] = [];
    for await (const { record, handedOut } of new StoredDocuments(documents).about(ANN))
      found.push([record.id, handedOut]);
    expect(found).toEqual([
      ["D23", { person: ANN, at, kind: "widget", case: "abc" }],
      ["D23", { person: ANN, at }],
    ]);
    await restrictions.lift(ANN, () => true);
    expect(await documents.get(restrictionDocument, ANN)).toBeUndefined();
    expect(restrictions.of(ANN)).toEqual([]);
  });
});
