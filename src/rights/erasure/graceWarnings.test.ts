import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import { erasureDocument, type ErasureRequest } from "../../store/erasures.ts";
import { GraceWarnings } from "./graceWarnings.ts";

const ANN = "@ann:example.org" as UserId;
const DIRECT = "!direct:example.org" as RoomId;
const ROOM = "!room:example.org" as RoomId;
const DUE = Date.UTC(2026, 11, 2, 9, 30);

let documents: ReturnType<typeof memoryDocuments>;
let clock: ManualClock;
let said: string[];
let logged: string[];
let failure: Error | undefined;
let warnings: GraceWarnings;

beforeEach(() => {
  documents = memoryDocuments();
  clock = new ManualClock(DUE - 1);
  [said, logged, failure] = [[], [], undefined];
  warnings = new GraceWarnings({
    ...{ documents, clock },
    matrix: { privateRoom: () => Promise.resolve(DIRECT) },
    speaker: {
      say: (place, answer, step) => {
        if (failure !== undefined) return Promise.reject(failure);
        said.push(JSON.stringify([place.room, place.event, step, answer]));
        return Promise.resolve("$said" as EventId);
      },
    },
    log: createLog("debug", {
      write: (line) => void logged.push((JSON.parse(line) as { what: string }).what),
    }),
  });
});

function asked(more: Partial<ErasureRequest> = {}): Promise<unknown> {
  const request: ErasureRequest = {
    ...{ person: ANN, event: "$erase" as EventId, room: DIRECT, at: 1, now: false },
    ...{ words: [], wrong: 0, state: "cooling", due: DUE, ...more },
  };
  return documents.update(erasureDocument, ANN, () => ({ request }));
}

const adds = (room = ROOM, kind = "widget"): Promise<void> => warnings.added(ANN, { room, kind });

describe("R36 whoever adds something while their erasure waits", () => {
  it("is told when it goes, alone, where they asked, and once for each erasure", async () => {
    await asked();
    await adds();
    await adds();
    const answer = {
      template: "privacy/added-in-grace",
      view: { until: "2026-12-02 09:30" },
      onlyFor: ANN,
    };
    const once = [DIRECT, "$erase", "added in grace", answer];
    expect(said).toEqual([JSON.stringify(once)]);
    await asked({ event: "$another" as EventId });
    await adds();
    expect(said).toHaveLength(2);
  });

  it.each<[string, Partial<ErasureRequest>]>([
    ["is only asked about", { state: "asked" }],
    ["has begun", { state: "running" }],
    ["is due", { due: DUE - 1 }],
    ["is of another room", { only: { room: DIRECT } }],
    ["is of another kind", { only: { kind: "bot" } }],
    ["is of one thing", { only: { item: "pad" } }],
  ])("is told nothing where it %s", async (_, more) => {
    await asked(more);
    await adds();
    expect(said).toEqual([]);
  });

  it.each<[string, Partial<ErasureRequest>]>([
    ["room", { only: { room: ROOM } }],
    ["kind", { only: { kind: "widget" } }],
  ])("is told where it is of that %s", async (_, more) => {
    await asked(more);
    await adds();
    expect(said).toHaveLength(1);
  });

  it("is told nothing where nothing is to be erased", async () => {
    await adds();
    expect(said).toEqual([]);
  });

  it.each([
    ["is closed to Usher", new UsherError("room-not-private", {})],
    ["cannot be reached", new Error("away")],
  ])("harms nothing where their room %s", async (_, error) => {
    await asked();
    failure = error;
    await adds();
    expect(logged).toEqual(["erasure.untold"]);
  });
});
