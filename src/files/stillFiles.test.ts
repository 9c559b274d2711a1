import { existsSync } from "node:fs";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { systemClock } from "../kernel/clock.ts";
import type { FilePath } from "../privacy/declared.ts";
import { askStill, isStillAsked } from "./askStill.ts";
import { nodeFiles } from "./files.ts";
import { StillFiles } from "./stillFiles.ts";

const A = "a" as FilePath;
const B = "b" as FilePath;

/** Files that note what begins and what ends; a rename takes as long as a test has it. */
function noted() {
  const happened: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
  const files = new StillFiles({
    ...nodeFiles,
    rename: async (from, to) => {
      happened.push(`rename ${from} ${to}`);
      await gate;
      happened.push(`renamed ${from}`);
    },
    remove: (path) => {
      happened.push(`remove ${path}`);
      return Promise.resolve(true);
    },
  });
  return {
    happened,
    files,
    open: () => {
      open(undefined);
    },
  };
}

it("whoever would change a name waits while they stand still, and what has begun ends before", async () => {
  const { happened, files, open } = noted();
  const renamed = files.files.rename(A, B);
  const still = files.during(async () => {
    happened.push("still");
    await setImmediate();
    happened.push("no longer");
  });
  const removed = files.files.remove(A);
  await setImmediate();
  expect(happened).toEqual(["rename a b"]);
  open();
  await Promise.all([renamed, still, removed]);
  expect(happened).toEqual(["rename a b", "renamed a", "still", "no longer", "remove a"]);
});

it("one work after another, and none that fails holds up what comes after it", async () => {
  const { happened, files } = noted();
  const broken = files.during(() => Promise.reject(new Error("broken")));
  const next = files.during(() => Promise.resolve(happened.push("next")));
  await expect(broken).rejects.toThrow("broken");
  await next;
  await files.files.remove(A);
  expect(happened).toEqual(["next", "remove a"]);
});

it("whoever would change a name waits while another process asks for it, for a minute at most, and not for one of later", async () => {
  const folder = await mkdtemp(join(tmpdir(), "usher-still-"));
  const still = join(folder, "still") as FilePath;
  try {
    const happened: string[] = [];
    let looks = 0;
    const { files } = new StillFiles(
      {
        ...nodeFiles,
        remove: (path) => {
          happened.push(path);
          return Promise.resolve(true);
        },
      },
      async () => {
        looks += 1;
        return isStillAsked(still);
      },
    );
    await askStill(still, async () => {
      const removed = files.remove(A);
      const seen = looks;
      while (looks < seen + 3) await setImmediate();
      expect(happened).toEqual([]);
      // It has been there for a minute: whoever made it is gone.
      const past = new Date(systemClock.now() - 60_000);
      await utimes(still, past, past);
      await removed;
      expect(happened).toEqual([A]);
      const later = new Date(systemClock.now() + 60_000);
      await utimes(still, later, later);
      await files.remove(B);
    });
    expect(happened).toEqual([A, B]);
    expect(existsSync(still)).toBe(false);
    await expect(askStill(still, () => Promise.reject(new Error("full")))).rejects.toThrow("full");
    expect(existsSync(still)).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
