import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Members, RoomEvent } from "../matrix/port.ts";
import { roomDocument } from "../store/room.ts";
import { SpokenTo } from "./spokenTo.ts";

const ROOM = "!room:example.org" as RoomId;
const [ANN, BEN, CID, USHER] = ["@ann:x", "@ben:x", "@cid:x", "@usher:x"] as UserId[] as [
  UserId,
  UserId,
  UserId,
  UserId,
];

let documents: ReturnType<typeof memoryDocuments>;
beforeEach(() => {
  documents = memoryDocuments();
});

const greeted = (greetedAs: "direct" | "room"): Promise<unknown> =>
  documents.update(roomDocument, ROOM, (room) => ({ ...room, greetedAt: 1, greetedAs }));

/** Whether it is said to Usher where these are in the room, and those only invited. */
async function heard(
  joined: readonly UserId[],
  invited: readonly UserId[] = [],
  line = "status",
): Promise<boolean> {
  const members: Members = { joined: new Set(joined), invited: new Set(invited) };
  const spokenTo = new SpokenTo({
    matrix: {
      me: USHER,
      members: () => Promise.resolve(members),
      displayName: () => Promise.resolve(undefined),
    },
    commands: [],
    answers: { yes: new Set(), no: new Set() } as never,
    prefixes: ["!usher"],
    company: { soon: () => Promise.resolve(members) } as never,
    documents,
  });
  const event = { roomId: ROOM, sender: ANN } as RoomEvent;
  return (await spokenTo.what(event, { line, mentions: new Set() })) !== undefined;
}

describe("what is said without Usher's name", () => {
  it("is said to it in a room of two, and nowhere else", async () => {
    expect(await heard([ANN, USHER])).toBe(true);
    expect(await heard([ANN, BEN, USHER])).toBe(false);
    expect(await heard([BEN, USHER])).toBe(false);
    expect(await heard([ANN, BEN])).toBe(false);
  });

  it("is so in a direct chat until a third person comes, and not while they are only invited", async () => {
    await greeted("direct");
    expect(await heard([ANN, USHER], [BEN])).toBe(true);
    expect(await heard([ANN, USHER], [BEN, CID])).toBe(true);
    expect(await heard([ANN, BEN, USHER], [CID])).toBe(false);
    expect(await heard([ANN, BEN, USHER], [CID], "!usher status")).toBe(true);
  });

  it("is talk in a room that others are invited into from the beginning", async () => {
    expect(await heard([ANN, USHER], [BEN])).toBe(false);
    await greeted("room");
    expect(await heard([ANN, USHER], [BEN])).toBe(false);
  });
});
