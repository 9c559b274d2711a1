import { expect, it } from "vitest";
import type { RoomId } from "../kernel/ids.ts";
import type { LeftAmong } from "../matrix/crypto/backupKeeper.ts";
import { roomDocument } from "../store/room.ts";
import { LeftRooms } from "./leftRooms.ts";

const [DOCUMENTED, JOINED, COMING, LEFT] = ["!d:x", "!j:x", "!c:x", "!l:x"] as const;

/** Which of these rooms the sweep takes for left, and how often the homeserver was asked. */
async function left(rooms: readonly string[]): Promise<{ left: readonly string[]; asked: number }> {
  let asked = 0;
  let found: readonly string[] = [];
  const part = new LeftRooms({
    matrix: {
      joinedRooms: () => {
        asked += 1;
        return Promise.resolve([JOINED as RoomId]);
      },
    },
    documents: {
      get: (_type, id) =>
        Promise.resolve((id === COMING ? roomDocument.empty(COMING) : undefined) as never),
    },
    encryption: {
      held: {
        forget: () => Promise.resolve(),
        sweep: async (leftAmong: LeftAmong) => {
          found = await leftAmong(rooms as readonly RoomId[]);
        },
      },
    },
  });
  part.passBegins();
  const document = roomDocument.empty(DOCUMENTED);
  part.sees(roomDocument, { id: DOCUMENTED, document });
  await part.sweep();
  return { left: found, asked };
}

it("D28-keys takes for left what Usher is not in and has nothing of, also not since the pass", async () => {
  expect(await left([DOCUMENTED, JOINED, COMING, LEFT])).toEqual({ left: [LEFT], asked: 1 });
});

it("D28-keys asks the homeserver for nothing where it knows every room", async () => {
  expect(await left([DOCUMENTED])).toEqual({ left: [], asked: 0 });
});
