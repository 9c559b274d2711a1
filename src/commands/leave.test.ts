import { expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Request } from "../chat/command.ts";
import type { RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { leave } from "./leave.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;

/** What is asked before Usher leaves a room with so many things of its own in it, and what leaves it then. */
async function leaving(
  things: number,
  person: UserId,
  direct: boolean,
): Promise<{ readonly asked: string; readonly goes: () => Promise<readonly string[]> }> {
  const matrix = new MemoryHomeserver();
  matrix.make(ROOM, {
    creator: ADA,
    joined: [ADA, BOB, matrix.me],
    levels: { users: { [ADA]: 50 } },
  });
  const documents = memoryDocuments();
  await documents.update(roomDocument, ROOM, (document) => ({ ...document, greetedAt: 1 }));
  const addedItems = Array.from({ length: things }, (_, index) => ({
    id: String(index),
    name: `Pad ${String(index)}`,
    addedBy: ADA,
  }));
  const handler: Partial<RoomUpgradeHandler> = { addedItems: () => addedItems };
  const command = leave({
    matrix,
    documents,
    upgradeHandlers: [handler as RoomUpgradeHandler],
    asText: sentenceOf,
  });
  if (!command.changes) throw new Error("leave changes nothing");
  const request: Request = {
    room: ROOM,
    person,
    event: "$leave" as EventId,
    thread: undefined,
    direct,
    operator: false,
    calledAs: "!usher",
  };
  const plan = await command.plan({} as never, request);
  expect(matrix.inside(ROOM)).toBe(true);
  if (!("preview" in plan)) throw new Error("leave asks before it does anything");
  return {
    asked: sentenceOf(plan.preview),
    goes: async () => {
      await command.afterwards?.({} as never, request);
      return matrix.done;
    },
  };
}

async function asked(things: number, person = ADA, direct = false): Promise<string> {
  return (await leaving(things, person, direct)).asked;
}

it("tells those in the room that one of them asked it to go, and not who runs it", async () => {
  const { goes } = await leaving(0, ADA, false);
  expect(await goes()).toEqual([`leave ${ROOM} Somebody in this room asked me to leave.`]);
});

it.each([
  [0, "I will leave this room; nothing that I added stays here."],
  [1, "The one thing that I added stays here, and nobody can change it through me any more."],
  [2, "The 2 things that I added stay here, and nobody can change them through me any more."],
])("with %d things of Usher's in the room, says what becomes of them", async (things, said) => {
  const body = await asked(things);
  expect(body).toContain(said);
  expect(body).toContain("To have me back, invite @usher:example.org.");
});

it("asks nobody who may not remove it, but in a direct chat the other", async () => {
  await expect(asked(0, BOB)).rejects.toMatchObject({ code: "power-person" });
  expect(await asked(0, BOB, true)).toContain("I will leave");
});
