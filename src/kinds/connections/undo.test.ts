import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionTalk } from "../../../test/harness/connections/connectionTalk.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { HOOK, OUTBOUND } from "../../../test/harness/peers/hookshotThings.ts";
import { roomDocument, type RoomChange } from "../../store/room.ts";
import { connectionUndoHandler } from "./undo.ts";

const { ann, bot } = WHO;
const by = { person: ann, cause: "$undo" as never };

/** The last thing that was changed in the room. */
async function lastChange(world: ConnectionWorld): Promise<RoomChange> {
  const last = (await world.documents.get(roomDocument, ROOM))?.changes?.at(-1);
  if (last === undefined) throw new Error("nothing was changed");
  return last;
}

async function undone(world: ConnectionWorld): Promise<void> {
  await connectionUndoHandler(world.connections).undo(ROOM, (await lastChange(world)) as never, by);
}

describe("what is taken away", () => {
  it.each([
    ["webhook", HOOK, { name: "builds", expirationDate: "2030-01-01T00:00:00.000Z" }],
    ["outbound", OUTBOUND, { name: "archive", url: "https://other.example.org/take" }],
  ] as const)(
    "comes back as it stood where others had set it up: %s",
    async (sort, type, content) => {
      const world = new ConnectionWorld({ sort });
      world.rooms.homeserver.put(ROOM, type, content.name, content, bot);
      await world.say("remove");
      expect(world.rooms.content(ROOM, type, content.name)).toEqual({});
      await undone(world);
      expect(world.rooms.content(ROOM, type, content.name)).toEqual(content);
    },
  );

  it("comes back as others have changed it since Usher added it", async () => {
    const world = new ConnectionWorld({ sort: "webhook" });
    await world.say("add");
    const content = { name: "builds", expirationDate: "2030-01-01T00:00:00.000Z" };
    world.rooms.homeserver.put(ROOM, HOOK, "builds", content, bot);
    await world.say("remove");
    await undone(world);
    expect(world.rooms.content(ROOM, HOOK, "builds")).toEqual(content);
  });

  it("is not in the way of what was changed before it, where only a person can bring it back", async () => {
    const world = new ConnectionWorld({ sort: "github" });
    const talk = new ConnectionTalk(world);
    world.peer.managers.add(ann);
    await world.say("add");
    expect(await talk.done(`remove ${world.id}`)).toMatch(
      /To have it back: `!usher add github example\/project`$/,
    );
    const { stands } = connectionUndoHandler(world.connections);
    expect(await stands(ROOM, (await lastChange(world)) as never)).toBe("before");
  });
});
