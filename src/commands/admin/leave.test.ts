import { expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { adminLeave } from "./leave.ts";

const THERE = "!there:example.org" as RoomId;
const CARA = "@cara:example.org" as UserId;

it.each<readonly [readonly UserId[], string]>([
  [[], "where nobody else is. "],
  [[BOB], "where 1 other is. "],
  [[BOB, CARA], "where 2 others are. "],
])("admin leave says how many others are in the room: %j", async (others, words) => {
  const server = new MemoryHomeserver();
  server.make(THERE, { creator: BOB, joined: [server.me, ...others] });
  const matrix = Object.assign(server, { resolveAlias: () => Promise.resolve(undefined) });
  const conversation = new MemoryConversation({
    commands: [
      adminLeave({
        matrix,
        documents: memoryDocuments(),
        upgradeHandlers: [],
        asText: sentenceOf,
      }),
    ],
  });
  conversation.operators.add(ALICE);
  await conversation.say(`!usher admin leave ${THERE}`);
  expect(conversation.said.at(-1)?.body).toContain(
    `I would leave \`${THERE}\`, ${words}Things I added there: 0;`,
  );
  expect(server.done).toEqual([]);
  await conversation.say("yes");
  expect(server.done).toEqual([`leave ${THERE} The people who run me asked me to leave.`]);
});
