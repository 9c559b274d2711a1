import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS } from "../kernel/days.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import type { Credential } from "../store/secrets.ts";
import { strayCredentials } from "./strayCredentials.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;
const LEFT = "!left:example.org" as RoomId;

/** What is forgotten a day and a bit after it was kept, where the room has `things`, and these rooms' documents were put aside. */
async function forgotten(
  credentials: readonly Omit<Credential, "person" | "name" | "sealed">[],
  things: () => Promise<readonly { readonly id: string; readonly name: string }[]>,
  aside: readonly string[] = [],
  {
    now = DAY_MS + 1,
    told = [],
    unusedDays = 90,
  }: { readonly now?: number; readonly told?: string[]; readonly unusedDays?: number } = {},
): Promise<readonly string[]> {
  const stored = memoryDocuments();
  const read = new Set<string>();
  // Put aside when it is read, as a store does.
  const documents: Documents = {
    ...stored,
    get: (type, id) => stored.get(type, (read.add(id), id)),
    countPutAside: ({ kind }, id = "") =>
      Promise.resolve(kind === roomDocument.kind && read.has(id) && aside.includes(id) ? 1 : 0),
  };
  await documents.update(roomDocument, ROOM, (one) => ({ ...one, greetedAt: 1 }));
  const all = credentials.map((one) => ({
    ...{ ...one, person: ANN, name: one.id },
    sealed: `v1.${one.id}`,
  }));
  const gone: string[] = [];
  const part = strayCredentials({
    ...{ documents, clock: new ManualClock(now), log: createLog("silent") },
    unusedDays,
    tell: (person, answer) => {
      told.push(`${person}: ${sentenceOf(answer)}`);
      return Promise.resolve(false);
    },
    credentials: {
      people: async function* () {
        yield await Promise.resolve(ANN);
      },
      about: () => Promise.resolve(all),
      forget: async (_, isMeant) => {
        gone.push(...(all.length === 0 ? ["the key"] : all.filter(isMeant).map(({ id }) => id)));
        await Promise.resolve();
      },
    },
    kinds: [{ kind: "bot", items: { things } }],
  });
  await part.sweep?.();
  return gone;
}

const here = () => Promise.resolve([{ id: "poll", name: "Poll" }]);

describe("credentials that belong to nothing", () => {
  it("go with the room, and with the thing once a set-up had its day", async () => {
    const kept = [
      { kind: "bot", room: ROOM, id: "poll", at: 0 },
      { kind: "bot", room: ROOM, id: "gone", at: 0 },
      { kind: "bot", room: ROOM, id: "coming", at: 2 },
      { kind: "bot", room: LEFT, id: "left", at: DAY_MS },
      { kind: "bot", id: "in-no-room", at: 0 },
      { kind: "sticker", room: ROOM, id: "of-no-kind-here", at: 0 },
    ];
    expect(await forgotten(kept, here)).toEqual(["gone", "left"]);
  });

  it("stay while the document of their room lies put aside, also where a new one has begun: it may be mended", async () => {
    const kept = [
      { kind: "bot", room: ROOM, id: "gone", at: 0 },
      { kind: "bot", room: LEFT, id: "left", at: 0 },
    ];
    expect(await forgotten(kept, here, [ROOM, LEFT])).toEqual([]);
    expect(await forgotten(kept, here, [LEFT])).toEqual(["gone"]);
  });

  it("are none where there is a key alone, which goes", async () => {
    expect(await forgotten([], here)).toEqual(["the key"]);
  });

  it("stay where it cannot be told, and the others go all the same", async () => {
    const kept = [
      { kind: "bot", room: ROOM, id: "gone", at: 0 },
      { kind: "bot", room: LEFT, id: "left", at: 0 },
    ];
    expect(await forgotten(kept, () => Promise.reject(new Error("slow")))).toEqual(["left"]);
  });

  it("go where nothing has used them for 90 days, and their person is told, also where it is in no room or of no kind here", async () => {
    const kept = [
      { kind: "bot", room: ROOM, id: "poll", at: 0, usedAt: 1 },
      { kind: "bot", room: ROOM, id: "unused", at: 0 },
      { kind: "bot", id: "in-no-room", at: 0, usedAt: 0 },
      { kind: "sticker", room: ROOM, id: "of-no-kind-here", at: 1 },
    ];
    const told: string[] = [];
    const all = () => Promise.resolve(["poll", "unused"].map((id) => ({ id, name: id })));
    const now = 90 * DAY_MS;
    expect(await forgotten(kept, all, [], { now: now - 1, told })).toEqual([]);
    expect(told).toEqual([]);
    expect(await forgotten(kept, all, [], { now, told })).toEqual(["unused", "in-no-room"]);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain(`${ANN}: What you gave me for unused on 1970-01-01, for the room`);
    expect(told[1]).toContain("for in-no-room on 1970-01-01 has not been used for 90 days");
    expect(await forgotten(kept, all, [], { now: now + 1 })).toHaveLength(4);
    // Sooner where the configuration says so.
    const sooner = { now: 30 * DAY_MS, unusedDays: 30, told };
    expect(await forgotten(kept, all, [], sooner)).toEqual(["unused", "in-no-room"]);
    expect(told.at(-1)).toContain("has not been used for 30 days");
  });
});
