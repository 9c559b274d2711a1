import { expect, it } from "vitest";
import { MemoryHomeserver } from "../../test/harness/memoryHomeserver.ts";
import type { Answer } from "../chat/command.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { orphanTeller } from "./orphans.ts";

const room = "!room:example.org" as RoomId;
const ann = "@ann:example.org" as UserId;
const bob = "@bob:example.org" as UserId;

it("what a lost room is called is told to those who were in it to the end, and to nobody who had gone", async () => {
  const server = new MemoryHomeserver();
  server.make(room, { creator: ann, joined: [ann] });
  server.put(room, "m.room.member", bob, { membership: "leave" }, ann);
  server.put(room, "m.room.name", "", { name: "Plans without Bob" }, ann);
  const told = new Map<UserId, Answer>();
  const items = [ann, bob].map((person) => ({ id: person, name: "Pad", addedBy: person }));
  const handler = {
    addedItems: () => items,
    needs: [],
    carry: () => Promise.resolve([]),
    removal: () => undefined,
    without: <T>(document: T) => document,
  };
  const tell = orphanTeller({
    matrix: server,
    upgradeHandlers: [handler],
    setUps: { of: () => Promise.resolve([]) },
    tell: (person, answer) => {
      told.set(person, answer);
      return Promise.resolve(true);
    },
  });
  await tell(roomDocument.empty(room), "kicked");
  expect(told.get(ann)?.view["name"]).toBe("Plans without Bob");
  expect(told.get(bob)?.view["name"]).toBeUndefined();
  expect(told.size).toBe(2);
});
