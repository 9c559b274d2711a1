import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Crashed, CrashingFiles } from "../../test/store/crashingFiles.ts";
import { ManualClock } from "../kernel/clock.ts";
import { held } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { defineDocument, type Documents } from "./documents.ts";
import { openUnlocked, type Quarantined } from "./lowdbDocuments.ts";

interface Old {
  readonly n: number;
}
const oldType = defineDocument({
  kind: "note",
  version: 1,
  shape: { n: held(ACCOUNT, z.number()) },
  empty: () => ({ n: 0 }),
  migrations: {},
});
const newDefinition = {
  kind: "note",
  version: 2,
  shape: { n: held(ACCOUNT, z.number()), filler: held(ACCOUNT, z.string()) },
  empty: () => ({ n: 0, filler: "" }),
  migrations: { 1: (old: unknown) => ({ ...(old as Old), filler: "" }) },
};
const newType = defineDocument(newDefinition);
/** What no stored document is. */
const otherType = defineDocument({
  ...newDefinition,
  shape: { ...newDefinition.shape, n: held(ACCOUNT, z.number().max(-1)) },
});

type Deed = "update" | "delete" | "get" | "scan";
interface Step {
  readonly deed: Deed;
  readonly id: string;
}
const IDS = ["a", "b", "c", "d", "e", "f"];
/** What is done at once, to different documents, before the next is begun. */
const steps = fc.array(
  fc.uniqueArray(
    fc.record({
      deed: fc.constantFrom<Deed>("update", "update", "delete", "get", "scan"),
      id: fc.constantFrom(...IDS),
    }),
    {
      minLength: 1,
      maxLength: 4,
      selector: (step) => step.id,
    },
  ),
  { minLength: 1, maxLength: 12 },
);

async function open(files: CrashingFiles, quarantined: Quarantined[]): Promise<Documents> {
  return await openUnlocked(
    { dir: "/data", clock: new ManualClock(), onQuarantine: (one) => quarantined.push(one) },
    files,
    () => undefined,
  );
}

async function contents(documents: Documents): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { id, document } of documents.scan(newType)) found.set(id, document.n);
  return found;
}

describe("a crash between any two system calls", () => {
  it("leaves each document as it was before or after what was being done, and loses nothing that was told to be stored", async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (batches, choices, crashAt, torn, power) => {
          const files = new CrashingFiles();
          const quarantined: Quarantined[] = [];
          const possible = new Map<string, ReadonlySet<number | undefined>>();

          // What an older Usher left.
          const former = await open(files, quarantined);
          for (const id of IDS.slice(0, 3)) await former.update(oldType, id, () => ({ n: 1 }));
          await former.close();
          for (const [index, id] of IDS.entries())
            possible.set(id, new Set([index < 3 ? 1 : undefined]));

          let next = 100;
          const perform = async (documents: Documents, { deed, id }: Step): Promise<void> => {
            const before = possible.get(id) ?? new Set();
            const n = next++;
            const after = new Set(
              deed === "update" ? [n] : deed === "delete" ? [undefined] : before,
            );
            possible.set(id, new Set([...before, ...after]));
            if (deed === "update")
              await documents.update(newType, id, () => ({ n, filler: "x".repeat(n % 50) }));
            else if (deed === "delete") await documents.delete(newType, id);
            else if (deed === "get")
              expect(before).toContain((await documents.get(newType, id))?.n);
            else
              for await (const stored of documents.scan(newType))
                expect(possible.get(stored.id)).toContain(stored.document.n);
            possible.set(id, after);
          };

          files.crashAfter(1 + (crashAt % (batches.length * 25)), torn);
          try {
            const documents = await open(files, quarantined);
            for (const batch of batches) {
              const done = await Promise.allSettled(batch.map((step) => perform(documents, step)));
              for (const one of done) if (one.status === "rejected") throw one.reason;
            }
          } catch (error) {
            if (!(error instanceof Crashed)) throw error;
            crashes++;
          }
          let chosen = 0;
          if (power)
            files.restartMachine(
              (limit) => (choices[chosen++ % choices.length] ?? 0) % (limit + 1),
            );
          else files.restartProcess();

          const documents = await open(files, quarantined);
          const found = await contents(documents);
          for (const id of IDS) {
            expect(possible.get(id)).toContain(found.get(id));
            expect((await documents.get(newType, id))?.n).toBe(found.get(id));
          }
          expect(quarantined).toEqual([]);
          expect(await files.list("/data/writing")).toEqual([]);

          // It goes on as if nothing had been.
          for (const id of IDS)
            await documents.update(newType, id, ({ filler }) => ({ n: 7, filler }));
          await documents.close();
          files.restartMachine(() => 0);
          expect(await contents(await open(files, quarantined))).toEqual(
            new Map(IDS.map((id) => [id, 7])),
          );
        },
      ),
      { numRuns: 400 },
    );
    // Else the property would say nothing.
    expect(crashes).toBeGreaterThan(100);
  });

  it("does not make what is written later depend on a folder that was never made durable", async () => {
    for (let calls = 1; calls < 30; calls++) {
      const files = new CrashingFiles();
      await (await open(files, [])).close();
      files.crashAfter(calls, 0);
      const write = async (): Promise<unknown> =>
        (await open(files, [])).update(newType, "a", () => ({ n: 1, filler: "" }));
      await write().catch((error: unknown) => {
        if (!(error instanceof Crashed)) throw error;
      });
      files.restartProcess();
      await write();
      files.restartMachine(() => 0);
      expect(await contents(await open(files, []))).toEqual(new Map([["a", 1]]));
    }
  });

  it("loses no document that is being put aside", async () => {
    for (let calls = 1; calls < 30; calls++) {
      for (const kept of [0, Infinity]) {
        const files = new CrashingFiles();
        const quarantined: Quarantined[] = [];
        const former = await open(files, quarantined);
        await former.update(newType, "a", () => ({ n: 1, filler: "" }));
        await former.close();

        files.crashAfter(calls, 1);
        await open(files, quarantined)
          .then((documents) => documents.get(otherType, "a"))
          .catch((error: unknown) => {
            if (!(error instanceof Crashed)) throw error;
          });
        files.restartMachine((limit) => Math.min(kept, limit));

        const stillThere = (await contents(await open(files, quarantined))).size;
        const aside = (await files.list("/data/quarantine")).length;
        expect(stillThere + aside).toBeGreaterThanOrEqual(1);
      }
    }
  });
});
