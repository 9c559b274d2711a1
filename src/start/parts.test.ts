import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId } from "../kernel/ids.ts";
import { AUDIT } from "../privacy/records/operators.ts";
import { Learning } from "../kernel/learning.ts";
import { silentLog, type LogFields } from "../kernel/log.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import { definedDocuments, type Documents } from "../store/documents.ts";
import type { Failures } from "../retention/classRuns.ts";
import type { Pass } from "../retention/retention.ts";
import { roomDocument } from "../store/room.ts";
import { Parts } from "./parts.ts";

const ROOMS = ["!a:x", "!b:x"] as unknown as readonly RoomId[];
const batch: Batch = {
  rooms: ROOMS.map((roomId) => ({ roomId, events: [], gap: false })),
  invites: [],
  departures: [],
  awayMs: 0,
  first: false,
};

const ALL_KINDS = definedDocuments()
  .map(({ kind }) => kind)
  .sort();

describe("what lives as long as Usher does", () => {
  let documents: Documents;
  let scans: string[];
  let due = true;
  let done: string[];
  let learning: Learning;

  beforeEach(async () => {
    const stored = memoryDocuments();
    for (const room of ROOMS)
      await stored.update(roomDocument, room, (one) => ({ ...one, aloneSince: 1 }));
    [scans, due] = [[], true];
    documents = {
      ...stored,
      scan: (type) => {
        scans.push(type.kind);
        return stored.scan(type);
      },
    };
    done = [];
    learning = new Learning({ clock: new ManualClock(), log: silentLog });
  });

  const retention = {
    isDue: () => true,
    run: async (sweep: (pass: Pass) => Promise<Failures>) => {
      const countRoom: Pass["countRoom"] = (_, work) => work();
      const failures = await sweep({ countRoom, count: () => undefined, isDue: () => due });
      return [...failures.values()].flat()[0];
    },
  };

  const part = (name: string, more: Partial<Part> = {}): Part => ({
    name,
    found: ({ id }) => done.push(`${name} found ${id}`),
    start: () => Promise.resolve(void done.push(`${name} starts`)),
    note: ({ roomId }) => done.push(`${name} notes ${roomId}`),
    handle: () => Promise.resolve(void done.push(`${name} handles`)),
    stop: () => done.push(`${name} stops`),
    ...more,
  });

  it("sees what is stored in one pass, all of it before the first starts, and starts in order", async () => {
    await new Parts([part("a"), part("b")], {
      documents,
      learning,
      log: silentLog,
      sweepers: {} as never,
      retention,
      clock: new ManualClock(),
    }).start();
    expect(scans.sort()).toEqual(ALL_KINDS);
    expect(done.slice(0, 4).sort()).toEqual([
      "a found !a:x",
      "a found !b:x",
      "b found !a:x",
      "b found !b:x",
    ]);
    expect(done.slice(4)).toEqual(["a starts", "b starts"]);
  });

  it("notes all that was read before anything of it is acted on, and stops in the opposite order", async () => {
    const parts = new Parts([part("a"), part("b")], {
      documents,
      learning,
      log: silentLog,
      sweepers: {} as never,
      retention,
      clock: new ManualClock(),
    });
    await parts.handle(batch);
    await parts.stop();
    expect(done).toEqual([
      ...ROOMS.flatMap((room) => [`a notes ${room}`, `b notes ${room}`]),
      "a handles",
      "b handles",
      "b stops",
      "a stops",
    ]);
  });

  it("is refused where somebody who is to sweep is not in it", () => {
    const sweepers = { audit: part("audit") } as never;
    expect(
      () =>
        new Parts([part("a")], {
          documents,
          learning,
          log: silentLog,
          sweepers,
          retention,
          clock: new ManualClock(),
        }),
    ).toThrow('"audit" is to sweep');
  });

  it("fails by name, and holds up no other", async () => {
    const broken = part("broken", { start: () => Promise.reject(new Error("502")) });
    await new Parts([broken, part("b")], {
      documents,
      learning,
      log: silentLog,
      sweepers: {} as never,
      retention,
      clock: new ManualClock(),
    }).start();
    expect(done.at(-1)).toBe("b starts");
    expect(learning.missing).toEqual(["broken"]);
  });

  it("sweeps at the start, in the same pass; a sweep that fails is told of at once, and tried again when the next is due", async () => {
    const full = part("full", {
      sweepRoom: () => Promise.reject(Object.assign(new Error("full"), { name: "ENOSPC" })),
    });
    const swept: string[] = [];
    const other = part("other", {
      sweep: () => Promise.resolve(void swept.push("own")),
      sweepRoom: ({ id }) => Promise.resolve(void swept.push(id)),
    });
    const clock = new ManualClock();
    const logged: LogFields[] = [];
    const parts = new Parts([full, other], {
      documents,
      learning,
      log: { ...silentLog, error: (line) => logged.push(line) },
      sweepers: {} as never,
      retention,
      clock,
    });
    await parts.start();
    expect(logged.map(({ what, code }) => [what, code])).toEqual([["sweep.failed", "ENOSPC"]]);
    expect(scans.sort()).toEqual(ALL_KINDS);
    expect([learning.missing, clock.waiting]).toEqual([[], 0]);
    expect(swept.sort()).toEqual([...ROOMS, "own"]);
    await expect(parts.sweep()).rejects.toThrow("full");
    expect(parts.rounds.map(({ name }) => name)).toContain("sweep");
  });

  it("reads no document twice where nothing is due, and goes on where a part is due", async () => {
    const swept: string[] = [];
    const sweeps = part("audit", {
      sweeps: AUDIT,
      sweep: () => Promise.resolve(void swept.push("audit")),
    });
    const clock = new ManualClock();
    const parts = new Parts([sweeps], {
      documents,
      learning,
      log: silentLog,
      sweepers: {} as never,
      retention,
      clock,
    });
    due = false;
    await parts.sweep();
    expect([swept, scans.sort()]).toEqual([[], ALL_KINDS]);
    due = true;
    await parts.sweep();
    expect(swept).toEqual(["audit"]);
  });

  it("rests between documents when it sweeps beside answers, not before the first, and ends with Usher", async () => {
    let now = 0;
    let rests = 0;
    const clock = {
      now: () => (now += 10),
      after: (_: number, task: () => void) => {
        rests += 1;
        if (rests < 3) queueMicrotask(task);
        return () => undefined;
      },
    };
    const parts = new Parts([part("a")], {
      documents,
      learning,
      log: silentLog,
      sweepers: {} as never,
      retention,
      clock,
    });
    await parts.start();
    expect(rests).toBe(0);
    await parts.sweep();
    expect(rests).toBe(2);
    const sweeping = parts.sweep();
    await expect.poll(() => rests).toBe(3);
    const stopped = parts.stop();
    await Promise.all([sweeping, stopped]);
  });
});
