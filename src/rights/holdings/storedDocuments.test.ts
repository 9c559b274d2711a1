import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { makeStandIn, type Fate } from "../../privacy/erased.ts";
import { auditDocument } from "../../store/audit.ts";
import { roomDocument } from "../../store/room.ts";
import "../../store/tombstones.ts";
import "../../store/underage.ts";
import { OperatorsNamed } from "./operatorsNamed.ts";
import { StoredDocuments } from "./storedDocuments.ts";

const ROOM = "!r:example.org" as RoomId;
const OTHER = "!o:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const event = "$e" as EventId;

async function all(fates: AsyncIterable<Fate>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { record, is } of fates) found.push(`${record.id} ${is}`);
  return found.sort();
}

it("R34 what names nobody is counted for nobody: of a keyed hash that may be theirs nobody reads that there are 0", () => {
  const counted = [...new StoredDocuments(memoryDocuments()).records()].map(({ id }) => id);
  expect(counted).toContain("D11");
  for (const id of ["D18", "D24"]) expect(counted).not.toContain(id);
});

describe("R36 what is stored about a person", () => {
  it("is erased in every document, also where only a text holds their id", async () => {
    const documents = memoryDocuments();
    const asked = { event, calledAs: "!usher", at: 1, replyTo: event };
    const journal = [
      { ...asked, person: ANN, line: "list" },
      { ...asked, person: BOB, line: `add bot ${ANN}` },
    ];
    await documents.update(roomDocument, ROOM, (one) => ({ ...one, inviter: ANN, journal }));
    await documents.update(roomDocument, OTHER, (one) => ({ ...one, journal: journal.slice(1) }));
    await documents.update(auditDocument, "2026-11", () => ({
      entries: [{ at: 1, who: ANN, what: "admin leave", targets: [ROOM], event }],
    }));
    const holding = new StoredDocuments(documents);
    const before = ["D11 erased", "D19 nameless", "D2 nameless"];
    expect(await all(holding.fates(ANN, {}))).toEqual(before);
    const forgotten = { person: ANN, standIn: makeStandIn() };
    await holding.erase(forgotten, {});
    expect(await all(holding.fates(ANN, {}))).toEqual([]);
    const left = [
      await documents.get(roomDocument, ROOM),
      await documents.get(roomDocument, OTHER),
    ];
    const theirs = { ...asked, person: BOB, line: `add bot ${forgotten.standIn}` };
    expect(left.map((one) => one?.journal)).toEqual([[theirs], [theirs]]);
    expect(await all(holding.fates(BOB, {}))).toEqual(["D11 erased", "D11 erased"]);
  });

  it("is kept where only the operators can change it", async () => {
    const holding = new OperatorsNamed([ANN]);
    await holding.erase();
    expect(await all(holding.fates(ANN, {}))).toEqual(["D28-settings kept"]);
    expect(await all(holding.fates(BOB, {}))).toEqual([]);
  });
});
