import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { receiptDocument } from "../../store/erasures.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const EVENT = "$e" as EventId;
const OTHER = "!other:example.org" as RoomId;
const BOT = "@poll:example.org";

let world: ErasureWorld;

const widget = (id: string, addedBy = ANN) => ({
  ...{ id, addedBy, url: "https://pad.example.org", name: `Pad ${id}`, addedAt: 1, cause: EVENT },
});
const change = (id: string) => ({
  ...{ cause: EVENT, at: 1, deed: "add", id, name: `Pad ${id}`, person: ANN },
  ...{ state: { type: "t", key: id, before: null, after: {} }, recordBefore: null },
  recordAfter: widget(id),
});

/** Ann has a pad and a bot in a room of others, and a pad of the same id in another one; Bob has one too. */
beforeEach(async () => {
  world = new ErasureWorld();
  const bot = { id: "poll", user: BOT, addedBy: ANN, addedAt: 1, cause: EVENT, level: 0 };
  await world.stored.update(roomDocument, ROOM, (one) => ({
    ...{ ...one, inviter: ANN, bots: [bot] },
    widgets: [widget("pad"), widget("board"), widget("bobs", BOB)],
    changes: [change("pad"), change("board")],
  }));
  await world.stored.update(roomDocument, OTHER, (one) => ({ ...one, widgets: [widget("pad")] }));
});

const asks = (what: string, room?: RoomId, here = DIRECT): Promise<string> =>
  world.ask(ANN, "privacy erase", { what, room, when: "now" }, here);

/** Asks, confirms, and gives what is left of a room. */
async function erased(what: string, room?: RoomId): Promise<RoomDocument> {
  world.erasures.begin = () => undefined;
  const said = await asks(what, room);
  await world.ask(ANN, "confirm", { word: /confirm ([a-z]+)/.exec(said)?.[1] ?? said });
  await world.erasures.runDue();
  for await (const { document } of world.stored.scan(receiptDocument))
    expect(document.receipt?.state).toBe("verified");
  return (await world.stored.get(roomDocument, ROOM)) as RoomDocument;
}

const named = (value: unknown): readonly string[] =>
  (value as { id: string; addedBy?: string }[])
    .filter(({ addedBy }) => addedBy === ANN)
    .map(({ id }) => id);

describe("R28 privacy erase: one thing by its id", () => {
  it("takes her name from that one, and what it takes to undo it, and nothing else", async () => {
    const said = await asks("board");
    expect(said).toContain("what I keep about you with `board` in the room `!room:example.org`");
    expect(said).toMatch(/- 1 of: what it takes to undo[^]*- 1 of: the widgets/);
    expect(said).not.toContain("who invited me");
    const room = await erased("board");
    expect(named(room["widgets"])).toEqual(["pad"]);
    expect(room.changes?.map(({ id }) => id)).toEqual(["pad"]);
    expect(room.inviter).toBe(ANN);
    expect(named(room["bots"])).toEqual(["poll"]);
  });

  it("is of any kind", async () => {
    const room = await erased("poll");
    expect(named(room["bots"])).toEqual([]);
    expect(named(room["widgets"])).toEqual(["pad", "board"]);
  });

  it("asks which, where it is in several rooms; with the room, or from there, it is that one", async () => {
    const said = await asks("pad");
    expect(said).toContain("is in several rooms");
    for (const room of [ROOM, OTHER]) expect(said).toContain(`privacy erase pad room=${room}`);
    expect(said).not.toContain("confirm");
    expect(await asks("pad", undefined, ROOM)).toBe("I sent you a direct message.");
    expect(world.apart.at(-1)?.body).toContain("with `pad` in the room `!room:example.org`");
    const room = await erased("pad", OTHER);
    expect(named(room["widgets"])).toEqual(["pad", "board"]);
    expect(named((await world.stored.get(roomDocument, OTHER))?.["widgets"])).toEqual([]);
  });

  it("is not of what is somebody else's, and says what there is, to her alone", async () => {
    expect(await asks("bobs", undefined, ROOM)).toBe("I sent you a direct message.");
    const said = world.apart.at(-1)?.body;
    expect(said).toContain("nothing about you with the id `bobs`");
    expect(said).toContain("- `board`, Pad board, in `!room:example.org`");
    expect(await asks("bord")).toContain("Did you mean `board`?");
    expect(await asks("widgts")).toContain("Did you mean `widgets`?");
    expect(await asks("Widget")).toContain("what I keep about your widgets");
    for (const all of ["everything", "me", "alles"])
      expect(await asks(all)).toContain("all that I keep about you, in every room");
    const others = await world.ask(BOB, "privacy erase", { what: "board" }, ROOM);
    expect(others).toBe("I sent you a direct message.");
    expect(world.apart.at(-1)?.body).not.toContain("Pad board");
  });

  it("says twenty of what there is, and how many more", async () => {
    const widgets = Array.from({ length: 30 }, (_, index) => widget(`w${String(index)}`));
    await world.stored.update(roomDocument, OTHER, (one) => ({ ...one, widgets }));
    expect(await asks("nothing")).toContain("13 things more");
  });
});

describe("R28 privacy erase: a kind in one room", () => {
  it("takes her name from these there, and from none elsewhere", async () => {
    expect(await asks("widgets", ROOM)).toContain("your widgets in the room `!room:example.org`");
    const room = await erased("widgets", ROOM);
    expect(named(room["widgets"])).toEqual([]);
    expect(room.inviter).toBe(ANN);
    expect(named((await world.stored.get(roomDocument, OTHER))?.["widgets"])).toEqual(["pad"]);
  });
});
