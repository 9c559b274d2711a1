import { expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { Restrictions, type Doing } from "../people/restrictions.ts";
import { Objections } from "./objections.ts";

const ANN = "@ann:example.org" as UserId;

it("R39 an objection to one thing that is in two rooms, refused: what was stopped goes on in both", async () => {
  const documents = memoryDocuments();
  const restrictions = new Restrictions(documents);
  await restrictions.open();
  const rooms = ["!a:example.org", "!b:example.org", "!c:example.org"] as RoomId[];
  for (const [index, room] of rooms.entries()) {
    const about = { kind: "widget", room, case: index < 2 ? "one" : "other" };
    await restrictions.add({ person: ANN, at: 1, ...about });
  }
  const wentOn: Doing[] = [];
  const objections = new Objections({
    documents,
    restrictions,
    goOn: (_person, doing) => Promise.resolve(void wentOn.push(doing)),
  });
  await objections.ended("one", { person: ANN, state: "refused" });
  expect(wentOn.map(({ room }) => room)).toEqual(rooms.slice(0, 2));
  expect(restrictions.of(ANN).map(({ room }) => room)).toEqual(rooms.slice(2));
});
