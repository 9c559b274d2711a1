import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { deactivationsDocument } from "../store/deactivations.ts";
import type { Documents } from "../store/documents.ts";
import { exportDocument } from "../store/exports.ts";
import { restrictionDocument } from "../store/restrictions.ts";
import { underageDocument } from "../store/underage.ts";
import { takeAlong } from "./takeAlong.ts";

const ANN = "@ann:example.org" as UserId;
const BEA = "@bea:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const FILE = { person: ANN, room: ROOM, at: 1, messages: ["$file" as EventId], leftOut: 0 };

let later: Documents;
let backup: Documents;
beforeEach(() => {
  [later, backup] = [memoryDocuments(), memoryDocuments()];
});

describe("what a restore takes along from a later directory", () => {
  it("R37 R65 adds to what is forbidden, and takes nothing of it back", async () => {
    const [all, room] = [
      { person: ANN, at: 1 },
      { person: ANN, at: 2, room: ROOM },
    ];
    await backup.update(restrictionDocument, ANN, () => ({ restrictions: [all] }));
    await backup.update(restrictionDocument, BEA, () => ({ restrictions: [all] }));
    await later.update(restrictionDocument, ANN, () => ({ restrictions: [all, room] }));
    await backup.update(underageDocument, "self", () => ({ reported: [{ who: "a", at: 1 }] }));
    await later.update(underageDocument, "self", () => ({ reported: [{ who: "b", at: 2 }] }));
    expect(await takeAlong(later, backup)).toBe(2);
    expect(await backup.get(restrictionDocument, ANN)).toEqual({ restrictions: [all, room] });
    expect(await backup.get(restrictionDocument, BEA)).toEqual({ restrictions: [all] });
    expect((await backup.get(underageDocument, "self"))?.reported).toHaveLength(2);
    expect(await takeAlong(later, backup)).toBe(0);
  });

  it("R26 has whoever deactivated their account since, and files with somebody's data that are to go from their chat", async () => {
    const [gone, active] = [
      { person: ANN, deactivatedSince: 5 },
      { person: ANN, activeAt: 1 },
    ];
    const other = { person: BEA, deactivatedSince: 2 };
    await backup.update(deactivationsDocument, "self", () => ({ accounts: [active, other] }));
    await later.update(deactivationsDocument, "self", () => ({ accounts: [gone] }));
    await later.update(exportDocument, "$asked", () => FILE);
    expect(await takeAlong(later, backup)).toBe(2);
    expect((await backup.get(deactivationsDocument, "self"))?.accounts).toEqual([other, gone]);
    expect(await backup.get(exportDocument, "$asked")).toEqual(FILE);
  });
});
