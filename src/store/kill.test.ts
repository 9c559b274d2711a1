import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { counter, IDS } from "../../test/store/counter.ts";
import { systemClock } from "../kernel/clock.ts";
import { openDocuments } from "./lowdbDocuments.ts";

const WRITER = fileURLToPath(new URL("../../test/store/writer.ts", import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "usher-kill-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** Lets another process write until it has told of `changes` changes, tries the lock, kills it, and returns what it told last of each document. */
async function writeAndKill(changes: number): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [WRITER, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const told = new Map<string, number>();
  let left = changes;
  for await (const line of createInterface(child.stdout)) {
    const [id = "", n] = line.split(" ");
    told.set(id, Number(n));
    left--;
    if (left === 0) {
      await expect(
        openDocuments({ dir, clock: systemClock, onQuarantine: () => undefined }),
      ).rejects.toMatchObject({
        code: "data-directory-in-use",
      });
      child.kill("SIGKILL");
    }
  }
  expect(await exited).toEqual([null, "SIGKILL"]);
  return told;
}

describe("a process that is killed while it writes", () => {
  it("leaves whole documents, everything it told of, and a directory that the next may take", async () => {
    const known = new Map<string, number>();
    for (const changes of [1, 9, 50, 120, 250]) {
      const told = await writeAndKill(changes);
      const quarantined: unknown[] = [];
      const documents = await openDocuments({
        dir,
        clock: systemClock,
        onQuarantine: (one) => quarantined.push(one),
      });
      for (const id of IDS) {
        const stored = await documents.get(counter, id);
        const least = told.get(id) ?? known.get(id) ?? 0;
        expect(stored?.n ?? 0).toBeGreaterThanOrEqual(least);
        // One change of each may have been stored and not yet told.
        expect(stored?.n ?? 0).toBeLessThanOrEqual(least + 1);
        known.set(id, stored?.n ?? 0);
        expect(stored?.filler.length ?? 0).toBe(Math.max(0, (stored?.n ?? 1) - 1));
      }
      expect(quarantined).toEqual([]);
      await documents.close();
    }
  });
});

describe("a data directory that is in use", () => {
  it("is refused to another process, also after this one asked for it twice", async () => {
    const documents = await openDocuments({
      dir,
      clock: systemClock,
      onQuarantine: () => undefined,
    });
    // Closing a second handle on the locked file would drop the first one's lock (POSIX), which only other processes notice.
    await expect(
      openDocuments({ dir, clock: systemClock, onQuarantine: () => undefined }),
    ).rejects.toMatchObject({
      code: "data-directory-in-use",
    });
    const child = spawn(process.execPath, [WRITER, dir], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const killer = setTimeout(() => child.kill("SIGKILL"), 600_000);
    expect(await once(child, "close")).toEqual([1, null]);
    clearTimeout(killer);
    expect(said).toContain("data-directory-in-use");
    await documents.close();
  });
});
