import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { Crashed, CrashingFiles } from "../../test/store/crashingFiles.ts";
import { Secret } from "../config/secret.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Documents } from "../store/documents.ts";
import { openUnlocked } from "../store/lowdbDocuments.ts";
import { KeptCredentials } from "./credentials.ts";
import { DataKeys } from "./dataKeys.ts";

const PEOPLE = ["ann", "bob", "cem"].map((name) => `@${name}:example.org` as UserId);
const clock = new ManualClock();

interface Opened {
  readonly documents: Documents;
  readonly keys: DataKeys;
  readonly kept: KeptCredentials;
}

async function openOn(documents: Documents, files: CrashingFiles): Promise<Opened> {
  const keys = await DataKeys.open({
    ...{ documents, clock, files, mode: () => 0o600 },
    ...{ path: "/secrets/ring", dataDir: "/data" },
  });
  return {
    documents,
    keys,
    kept: new KeptCredentials({ documents, clock, dataKeys: keys, retention: ALL_KEPT }),
  };
}

async function open(files: CrashingFiles): Promise<Opened> {
  const onQuarantine = (): never => {
    throw new Error("A document was put aside");
  };
  const documents = await openUnlocked(
    { dir: "/data", clock, onQuarantine },
    files,
    () => undefined,
  );
  return await openOn(documents, files);
}

const fill = async ({ kept }: Opened): Promise<void> => {
  for (const person of PEOPLE)
    await kept.of("bot").put({ person, id: "poll", name: "GitHub" }, new Secret(`of ${person}`));
};
const readable = async ({ kept }: Opened): Promise<void> => {
  for (const person of PEOPLE)
    expect((await kept.of("bot").get({ person, id: "poll" }))?.reveal()).toBe(`of ${person}`);
};
/** The rotation of a ring whose first key is `old`, from wherever the last one came to. */
const rotate = async ({ keys }: Opened, old: string): Promise<void> => {
  await keys.add("new");
  await keys.rewrap();
  if ((await keys.status()).some(({ kid }) => kid === old)) await keys.retire(old);
};
const onlyKid = async ({ keys }: Opened): Promise<string> => {
  const [{ kid } = { kid: "" }, ...others] = await keys.status();
  expect(others).toEqual([]);
  return kid;
};

/** Crashes at this call of a rotation, and loses what `lost` of what was not durable. Whether the rotation was over before. */
async function crashedAt(calls: number, torn: number, lost: (limit: number) => number) {
  const files = new CrashingFiles();
  const before = await open(files);
  await fill(before);
  const old = await onlyKid(before);
  files.crashAfter(calls, torn);
  const ended = await rotate(before, old).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Crashed) return false;
      throw error;
    },
  );
  files.restartMachine(lost);
  const after = await open(files);
  await readable(after);
  await rotate(after, old);
  await readable(after);
  expect(await onlyKid(after)).toBe("new");
  await readable(await open(files));
  return ended;
}

describe("a rotation", () => {
  it("may end at every step: nothing is lost, and it goes on", async () => {
    for (const lost of [() => 0, (limit: number) => limit, (limit: number) => limit >> 1]) {
      let calls = 1;
      while (!(await crashedAt(calls, 0.5, lost))) calls += 1;
      expect(calls).toBeGreaterThan(20);
    }
  });

  it("takes no key away that anything needs, nor the one that wraps, nor one it has not", async () => {
    const world = await openOn(memoryDocuments(), new CrashingFiles());
    await fill(world);
    const old = await onlyKid(world);
    const { keys } = world;
    await expect(keys.retire(old)).rejects.toMatchObject({ code: "key-primary" });
    await keys.add("new");
    await expect(keys.retire(old)).rejects.toMatchObject({
      code: "key-in-use",
      view: { count: 3 },
    });
    await expect(keys.retire("other")).rejects.toMatchObject({ code: "key-unknown" });
    expect(await keys.status()).toEqual([
      { kid: old, primary: false, wraps: 3, unreadable: 0, needed: true },
      { kid: "new", primary: true, wraps: 0, unreadable: 0, needed: false },
    ]);
    expect(await keys.rewrap()).toEqual({ count: 3, left: 0 });
    expect(await keys.rewrap()).toEqual({ count: 0, left: 0 });
    await keys.retire(old);
    await readable(world);
  });

  it("goes on while credentials are put and forgotten, and none is lost", async () => {
    const deeds = fc.array(
      fc.oneof(
        fc.record({ does: fc.constantFrom("put", "forget"), who: fc.constantFrom(...PEOPLE) }),
        fc.record({ does: fc.constantFrom("add", "rewrap", "retire") }),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(deeds, fc.scheduler(), async (all, scheduler) => {
        const world = await openOn(slowed(memoryDocuments(), scheduler), new CrashingFiles());
        const { keys, kept } = world;
        const expected = new Map<UserId, string>();
        const work = all.map(async (deed, index) => {
          if ("who" in deed) {
            const place = { person: deed.who, id: "poll", name: "GitHub" };
            if (deed.does === "put") expected.set(deed.who, `put ${String(index)}`);
            else expected.delete(deed.who);
            await (deed.does === "put"
              ? kept.of("bot").put(place, new Secret(`put ${String(index)}`))
              : kept.of("bot").forget(place));
          } else if (deed.does === "add") await keys.add(`k${String(index)}`);
          else if (deed.does === "rewrap") await keys.rewrap();
          else
            for (const { kid } of await keys.status())
              await keys.retire(kid).catch((error: unknown) => {
                expect(["key-primary", "key-in-use", "key-unknown"]).toContain(
                  (error as { code: string }).code,
                );
              });
        });
        await scheduler.waitFor(Promise.all(work));
        const reading = PEOPLE.map(async (person) => {
          const found = await kept.of("bot").get({ person, id: "poll" });
          expect(found?.reveal()).toBe(expected.get(person));
        });
        await scheduler.waitFor(Promise.all(reading));
      }),
      { numRuns: 60 },
    );
  });
});

/** Documents whose writes end in any order. */
function slowed(documents: Documents, scheduler: fc.Scheduler): Documents {
  return {
    ...documents,
    update: async (type, id, change) => {
      await scheduler.schedule(Promise.resolve());
      return await documents.update(type, id, change);
    },
  };
}
