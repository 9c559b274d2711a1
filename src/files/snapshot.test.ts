import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FilePath } from "../privacy/declared.ts";
import { askStill, isStillAsked } from "./askStill.ts";
import { copyStill } from "./copyStill.ts";
import { nodeFiles } from "./files.ts";
import { snapshot } from "./snapshot.ts";
import { StillFiles } from "./stillFiles.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-snapshot-"));
  mkdirSync(join(folder, "from", "kind"), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const from = (name: string): string => join(folder, "from", name);
const to = (name = ""): FilePath => join(folder, "to", name) as FilePath;

/** As the store does it. */
function write(name: string, text: string): void {
  writeFileSync(from("writing"), text);
  renameSync(from("writing"), from(name));
}

describe("a snapshot", () => {
  it("has what is meant as it was, whatever is written, made and removed after", async () => {
    write("kind/a", "1");
    write("kind/b", "1");
    write("other", "1");
    expect(await snapshot(from(""), to(), (name) => name.startsWith("kind"))).toEqual([
      "kind/a",
      "kind/b",
    ]);
    write("kind/a", "2");
    rmSync(from("kind/b"));
    expect(["kind/a", "kind/b"].map((name) => readFileSync(to(name), "utf8"))).toEqual(["1", "1"]);
  });

  it("is made beside somebody in another process who writes all the time, and waits when asked to", async () => {
    const still = join(folder, "still") as FilePath;
    const { files } = new StillFiles(nodeFiles, () => isStillAsked(still));
    let over = false;
    const writing = (async () => {
      for (let count = 0; !over; count += 1)
        for (const name of ["kind/a", "kind/b"]) {
          writeFileSync(from("writing"), String(count));
          await files.rename(from("writing") as FilePath, from(name) as FilePath);
        }
    })();
    try {
      const names = await snapshot(
        from(""),
        to(),
        (name) => name !== "writing",
        (work) => askStill(still, work),
      );
      expect(names).toEqual(["kind/a", "kind/b"]);
      const [a, b] = names.map((name) => Number(readFileSync(to(name), "utf8")));
      expect([a, (a ?? 0) - 1]).toContain(b);
    } finally {
      over = true;
      await writing;
    }
  });

  it("is of one moment: what was written first is never missing where what came after is there", async () => {
    let [count, looks, over] = [0, 0, false];
    const isMeant = (name: string): boolean => {
      if (name === "kind/a") looks += 1;
      return name !== "writing";
    };
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const writing = (async () => {
      while (!over) {
        count += 1;
        write("kind/a", String(count));
        await turn();
        write("kind/b", String(count));
        await turn();
        // On a busy machine any number of turns goes by in one look: so it stands still by looks.
        while (!over && looks >= 5) await turn();
      }
    })();
    write("kind/b", "1");
    try {
      for (let times = 0; times < 10; times += 1) {
        looks = 0;
        await snapshot(from(""), to(String(times)), isMeant);
        const [a = 0, b = 0] = ["a", "b"].map((name) =>
          Number(readFileSync(to(`${String(times)}/kind/${name}`), "utf8")),
        );
        expect([0, 1]).toContain(a - b);
      }
      expect(count).toBeGreaterThan(5);
    } finally {
      over = true;
      await writing;
    }
  });

  it("has whoever writes wait where it does not stand still by itself, and is of one moment then too", async () => {
    let count = 0;
    let isStill = false;
    const restless = (name: string): boolean => {
      if (name === "kind/a" && !isStill) {
        count += 1;
        write("kind/a", String(count));
        write("kind/b", String(count));
      }
      return name !== "writing";
    };
    write("kind/a", "0");
    write("kind/b", "0");
    const names = await snapshot(from(""), to(), restless, async (work) => {
      isStill = true;
      const done = await work();
      isStill = false;
      return done;
    });
    expect(names).toEqual(["kind/a", "kind/b"]);
    expect([count > 1, isStill]).toEqual([true, false]);
    const read = (name: string): string => readFileSync(to(name), "utf8");
    expect([read("kind/a"), read("kind/b")]).toEqual([String(count), String(count)]);
  });

  it("is given up where it never stands still", async () => {
    let count = 0;
    const restless = (name: string): boolean => {
      if (name === "kind/a") write("kind/a", String((count += 1)));
      return name !== "writing";
    };
    write("kind/a", "0");
    await expect(snapshot(from(""), to(), restless)).rejects.toMatchObject({ code: "backup-busy" });
  });
});

describe("a copy of files that are written in place", () => {
  it("of an SQLite file that its writer holds alone opens, and has what was committed", async () => {
    const database = new DatabaseSync(from("store"));
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE a (n)");
    let count = 0;
    const writing = setInterval(() => {
      count += 1;
      database.exec(`INSERT INTO a VALUES (${String(count)})`);
    }, 20);
    await expect.poll(() => count).toBeGreaterThan(2);
    const before = count;
    await copyStill(["", "-wal"].map((end) => [from(`store${end}`), to(`../copy${end}`)] as const));
    clearInterval(writing);
    database.close();
    const copy = new DatabaseSync(to("../copy"));
    expect(copy.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    const { n } = copy.prepare("SELECT max(n) AS n FROM a").get() as { n: number };
    expect(n).toBeGreaterThanOrEqual(before);
    copy.close();
  });

  it("is taken again until it is the same twice, and leaves out what is not there", async () => {
    writeFileSync(from("store"), "text");
    await copyStill([
      [from("store"), to("../store")],
      [from("none"), to("../none")],
    ]);
    expect(readFileSync(to("../store"), "utf8")).toBe("text");
    expect(() => readFileSync(to("../none"))).toThrow("ENOENT");
  });
});
