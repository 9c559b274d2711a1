import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Scope } from "../../privacy/erased.ts";
import { roomDocument } from "../../store/room.ts";
import { freezer } from "./freezer.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const POLL = "@poll:example.org" as UserId;
const EVENT = "$e" as EventId;

/** What is done where Ann and Bob have each something half set up, and a question that waits, in two rooms. */
async function frozen(scope: Scope, fails = false): Promise<readonly string[]> {
  const documents = memoryDocuments();
  const done: string[] = [];
  for (const room of [ROOM, OTHER])
    await documents.update(roomDocument, room, (one) => ({
      ...one,
      pending: [ANN, BOB].map((person) => ({
        event: `${EVENT}${person}` as EventId,
        person,
        calledAs: "!usher",
        line: "list",
        at: 0,
        preview: EVENT,
        expiresAt: 1,
        signs: [`$sign of ${person === ANN ? "Ann" : "Bob"}` as EventId],
      })),
      setUps: [ANN, BOB].map((person) => ({
        cause: `${EVENT}${person}` as EventId,
        person,
        at: 0,
        deed: "add-bot",
        id: person === ANN ? "ann's" : "bob's",
        name: POLL,
        user: POLL,
        level: 0,
        step: "join",
        state: "doing" as const,
        results: {},
      })),
    }));
  const freeze = freezer({
    documents,
    queue: { run: (_, task) => task() },
    setUps: {
      remove: (room, id, by) => {
        done.push(`take back ${id} in ${room} for ${by}`);
        return fails ? Promise.reject(new UsherError("setup-stays", {})) : Promise.resolve();
      },
    },
    signs: { takeAway: (room) => done.push(`take away in ${room}`) },
  });
  await freeze(ANN, scope);
  for await (const { id, document } of documents.scan(roomDocument))
    done.push(`${id}: ${[...(document.spent ?? []), String(document.pending.length)].join(" ")}`);
  return done.sort();
}

const inRoom = (room: RoomId): readonly string[] => [
  `${room}: $sign of Ann 1`,
  `take away in ${room}`,
  `take back ann's in ${room} for ${ANN}`,
];

describe("R36 what goes on for a person who is erased", () => {
  it.each([false, true])(
    "is taken back, and their questions wait no longer; nobody else's (refused: %s)",
    async (fails) => {
      expect(await frozen({}, fails)).toEqual([...inRoom(ROOM), ...inRoom(OTHER)].sort());
    },
  );

  it("R28 is that of one room, or of one kind, where no more is meant", async () => {
    expect(await frozen({ room: ROOM })).toEqual([...inRoom(ROOM), `${OTHER}: 2`].sort());
    const bots = { key: "bots", deeds: ["add-bot"] };
    expect(await frozen({ part: bots, room: ROOM })).toEqual(
      [`take back ann's in ${ROOM} for ${ANN}`, `${OTHER}: 2`, `${ROOM}: 2`].sort(),
    );
    expect(await frozen({ part: { key: "widgets", deeds: ["add"] } })).toEqual([
      `${OTHER}: 2`,
      `${ROOM}: 2`,
    ]);
  });
});
