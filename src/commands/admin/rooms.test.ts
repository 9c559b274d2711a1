import { expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";
import { adminRooms } from "./rooms.ts";

const server = new MemoryHomeserver();
const documents = memoryDocuments();
const rooms = Array.from(
  { length: 41 },
  (_, at) => `!r${String(at).padStart(2, "0")}:example.org` as RoomId,
);
for (const room of rooms) server.make(room, { creator: BOB, joined: [server.me] });

async function said(line: string): Promise<string> {
  const conversation = new MemoryConversation({
    commands: [adminRooms({ matrix: server, documents, upgradeHandlers: [] })],
  });
  conversation.operators.add(ALICE);
  await conversation.say(`!usher ${line}`);
  return conversation.said.at(-1)?.body ?? "";
}

it.each([
  ["admin rooms", "page 1 of 3", 20, "`!usher admin rooms 2` shows the next page."],
  ["admin rooms 2", "page 2 of 3", 20, "`!usher admin rooms 3` shows the next page."],
  ["admin rooms 3", "page 3 of 3", 1, undefined],
  ["admin rooms 9", "page 3 of 3", 1, undefined],
])("%s is %s, and names the page after it where there is one", async (line, page, shown, next) => {
  const text = await said(line);
  expect(text).toContain(`I am in 41 rooms; ${page}`);
  expect(text.match(/^- /gmu)).toHaveLength(shown);
  if (next === undefined) expect(text).not.toContain("next page");
  else expect(text).toContain(next);
});

it("names what a room was replaced by, and of no other room that it was", async () => {
  const [old = rooms[40] as RoomId] = rooms;
  const upgrade = {
    to: "!new:example.org" as RoomId,
    event: "$u" as EventId,
    by: BOB,
    state: "waiting",
  } as const;
  await documents.update(roomDocument, old, (document) => ({
    ...document,
    inviter: BOB,
    upgrade,
  }));
  const lines = (await said("admin rooms")).split("\n");
  expect(lines).toContain(
    `- \`${old}\`, brought in by ${BOB}; things added: 0; replaced by \`!new:example.org\``,
  );
  expect(lines.filter((line) => line.includes("replaced"))).toHaveLength(1);
});
