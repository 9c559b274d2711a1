import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ManualClock } from "../../src/kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { keptSince } from "../../src/privacy/kept.ts";
import type { DataRecord, Lasting } from "../../src/privacy/record.ts";
import { DISCLOSURE } from "../../src/privacy/records/cases.ts";
import { CHANGES } from "../../src/privacy/records/commands.ts";
import { AUDIT } from "../../src/privacy/records/operators.ts";
import { RECEIPT } from "../../src/privacy/records/rights.ts";
import { datedDocuments, lastingRecords } from "../../src/retention/tally.ts";
import { auditDocument, recordAudit } from "../../src/store/audit.ts";
import { disclosureDocument } from "../../src/store/disclosures.ts";
import type { Documents } from "../../src/store/documents.ts";
import { receiptDocument } from "../../src/store/erasures.ts";
import { datedIn, heldSince } from "../../src/store/heldSince.ts";
import { openStore } from "../../src/store/openStore.ts";
import { roomDocument } from "../../src/store/room.ts";
import { sweepAlone } from "../../src/sweepAlone.ts";
import { sweepConfig } from "../harness/sweepConfig.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!den:example.org" as RoomId;

/** What can be stored here, each under a mark of its own. */
const WRITES: Readonly<
  Record<
    string,
    readonly [
      DataRecord<Lasting>,
      (documents: Documents, clock: ManualClock, mark: string) => Promise<unknown>,
    ]
  >
> = {
  audit: [
    AUDIT,
    (documents, clock, mark) =>
      recordAudit(documents, clock, {
        ...{ who: ANN, what: "admin leave", targets: [], event: mark as EventId },
      }),
  ],
  disclosure: [
    DISCLOSURE,
    (documents, clock, mark) =>
      documents.update(disclosureDocument, mark, () => ({
        disclosure: {
          ...{ person: ANN, ground: "law" as const, on: clock.now(), at: clock.now() },
          ...{ recipient: "A court", what: mark },
        },
      })),
  ],
  receipt: [
    RECEIPT,
    (documents, clock, mark) =>
      documents.update(receiptDocument, mark, () => ({
        receipt: {
          ...{ secret: mark, at: clock.now(), state: "verified" as const },
          ...{ began: [], left: [] },
        },
      })),
  ],
  change: [
    CHANGES,
    (documents, clock, mark) =>
      documents.update(roomDocument, ROOM, ({ changes = [], ...room }) => ({
        ...room,
        changes: [
          ...changes,
          {
            ...{ cause: mark as EventId, person: ANN, deed: "add-widget", id: mark, name: mark },
            at: clock.now(),
          },
        ],
      })),
  ],
};

/** What happens: something is stored, time goes by, Usher is off for long, the clock is set back, what is old is swept. Every start is a new one. */
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant("written" as const),
      what: fc.constantFrom(...Object.keys(WRITES)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant("waits" as const),
      ms: fc.integer({ min: 1, max: 40 * DAY_MS }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("waits" as const),
      ms: fc.integer({ min: 300 * DAY_MS, max: 1_200 * DAY_MS }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("steps back" as const),
      ms: fc.integer({ min: 1, max: 5 * HOUR_MS }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("swept" as const) }) },
);

interface Kept {
  readonly record: DataRecord<Lasting>;
  readonly at: number;
  readonly mark: string;
}

/** Since when everything is held that is stored, by record, and all of its text. */
async function held(documents: Documents) {
  const starts: (readonly [record: string, at: number])[] = [];
  let text = "";
  for (const type of datedDocuments())
    for await (const { document } of documents.scan(type)) {
      text += JSON.stringify(document);
      for (const id of datedIn(type))
        for (const at of heldSince(type, id, document)) starts.push([id, at]);
    }
  return { starts, text };
}

it("R55 whatever is stored, waited for, turned back and started anew: after each sweep nothing stored is older than its limit, and nothing younger is gone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 30 }), async (happenings) => {
      const folder = mkdtempSync(join(tmpdir(), "usher-over-time-"));
      // The hour in which clocks in Europe go forward.
      let clock = new ManualClock(Date.UTC(2026, 2, 29, 0, 30));
      const stored = async <T>(work: (documents: Documents) => Promise<T>): Promise<T> => {
        const dir = join(folder, "data");
        const documents = await openStore({ dir, clock, onQuarantine: () => undefined });
        try {
          return await work(documents);
        } finally {
          await documents.close();
        }
      };
      let written: Kept[] = [];
      try {
        for (const [index, one] of [...happenings, { is: "swept" } as const].entries()) {
          if (one.is === "written") {
            const [record, write] = WRITES[one.what] ?? [AUDIT, () => Promise.resolve()];
            const mark = `$mark-${String(index)}-`;
            await stored((documents) => write(documents, clock, mark));
            written.push({ record, at: clock.now(), mark });
          } else if (one.is === "waits") clock.advance(one.ms);
          else if (one.is === "steps back") clock = new ManualClock(clock.now() - one.ms);
          else {
            const { code, lines } = await sweepAlone(sweepConfig(folder), clock);
            expect([code, lines.at(-1)]).toEqual([0, "Everything that was to go is gone."]);
            const { starts, text } = await stored(held);
            for (const [id, at] of starts) {
              const record = lastingRecords().find((known) => known.id === id);
              if (record === undefined) throw new Error(`"${id}" is in no record`);
              expect(at).toBeGreaterThanOrEqual(keptSince(record, clock.now()));
            }
            written = written.filter(({ record, at }) => at >= keptSince(record, clock.now()));
            for (const { record, at, mark } of written)
              if (at > keptSince(record, clock.now())) expect(text).toContain(mark);
          }
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});

it("R55 an entry of the audit record, of a leap day too, is there to the last millisecond of its twelve months", async () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-over-time-"));
  try {
    const clock = new ManualClock(Date.UTC(2028, 1, 29, 12));
    const entries = async (): Promise<number> => {
      const dir = join(folder, "data");
      const documents = await openStore({ dir, clock, onQuarantine: () => undefined });
      const known = await documents.get(auditDocument, "2028-02");
      await documents.close();
      return known?.entries.length ?? 0;
    };
    const dir = join(folder, "data");
    const documents = await openStore({ dir, clock, onQuarantine: () => undefined });
    await WRITES["audit"]?.[1](documents, clock, "$leap");
    await documents.close();
    const ends = Array.from({ length: 3 }, (_, day) => Date.UTC(2029, 1, 28 + day, 12));
    for (const [at, left] of [
      [(ends[0] ?? 0) - 1, 1],
      [(ends[2] ?? 0) + 1, 0],
    ] as const) {
      clock.advance(at - clock.now());
      expect((await sweepAlone(sweepConfig(folder), clock)).code).toBe(0);
      expect(await entries()).toBe(left);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
