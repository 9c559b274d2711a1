import { beforeEach, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Request } from "../chat/command.ts";
import type { AddedItem, CarriedItem, RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { move } from "./move.ts";

const OLD = "!old:example.org" as RoomId;
const NEW = "!new:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const request: Request = {
  room: NEW,
  person: ADA,
  event: "$move" as EventId,
  thread: undefined,
  direct: false,
  operator: false,
  calledAs: "!usher",
};

const documents = memoryDocuments();
const followed: (readonly [from: RoomId, to: RoomId])[] = [];
beforeEach(() =>
  documents.update(roomDocument, OLD, ({ upgrade: _, ...document }) => ({
    ...document,
    greetedAt: 1,
  })),
);

/** `move from` the old room, where Usher has added these, to the new one. */
function fromOld(addedItems: readonly AddedItem[], result: CarriedItem["result"] = "carried") {
  const matrix = new MemoryHomeserver();
  for (const room of [OLD, NEW])
    matrix.make(room, {
      creator: ADA,
      joined: [ADA, matrix.me],
      levels: { users: { [ADA]: 100, [matrix.me]: 50 } },
    });
  const handler: RoomUpgradeHandler = {
    addedItems: () => addedItems,
    needs: [{ kind: "state", type: "m.widget" }],
    carry: () => Promise.resolve(addedItems.map((one) => ({ ...one, result }))),
    removal: () => undefined,
    without: (document) => document,
  };
  const resolveAlias = () => Promise.resolve(undefined);
  const command = move({
    matrix: Object.assign(matrix, { resolveAlias }),
    documents,
    upgradeHandlers: [handler],
    restrictions: {
      follow: (from, to) => {
        followed.push([from, to]);
        return Promise.resolve();
      },
    },
  });
  if (!command.changes) throw new Error("move changes nothing");
  return command;
}

const input = { room: OLD } as never;
const pad: AddedItem = { id: "pad-1", name: "Pad", addedBy: ADA };

it("has nothing to ask where nothing was added in the other room", async () => {
  const plan = await fromOld([]).plan(input, request);
  if (!("nothing" in plan)) throw new Error("there was something to move");
  expect(sentenceOf(plan.nothing)).toBe(
    "I have added nothing in `!old:example.org` that I could bring here.",
  );
});

it("names what it would bring, and is confirmed for that very room", async () => {
  const plan = await fromOld([pad]).plan(input, request);
  if (!("preview" in plan)) throw new Error("there was nothing to move");
  expect(plan.exactly).toBe(`move from ${OLD}`);
  expect(sentenceOf(plan.preview)).toContain("Pad");
});

it("tells what the homeserver refused, with the line that tries again, and remembers no move", async () => {
  const answer = await fromOld([pad], "refused").perform(input, request);
  expect(sentenceOf(answer)).toMatch(
    /^This I could not bring[^]*- Pad, id `pad-1`[^]*`!usher move from <old room>`/,
  );
  expect((await documents.get(roomDocument, OLD))?.upgrade).toBeUndefined();
});

it("R37 R39 takes along what somebody wants nothing done with in the other room", async () => {
  followed.length = 0;
  await fromOld([pad]).perform(input, request);
  expect(followed).toEqual([[OLD, NEW]]);
});

it("tells what somebody had taken out of the other room as left behind, and the move is made", async () => {
  const answer = await fromOld([pad], "gone").perform(input, request);
  expect(sentenceOf(answer)).toMatch(/^This I left behind[^]*- Pad, id `pad-1`[^]*`!usher list`/);
  expect((await documents.get(roomDocument, OLD))?.upgrade).toMatchObject({
    to: NEW,
    state: "carried",
  });
});
