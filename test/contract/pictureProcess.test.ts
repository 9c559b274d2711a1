import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ManualClock, systemClock } from "../../src/kernel/clock.ts";
import { silentLog, type Log } from "../../src/kernel/log.ts";
import { openPictures, type PictureLimits } from "../../src/kinds/stickers/pictures/pictures.ts";
import { lottie } from "../harness/lottieFiles.ts";
import { eventually } from "../harness/patience.ts";
import { noise, png } from "../harness/pictureFiles.ts";
import { ROOT } from "../../scripts/sources.ts";

describe("the process", () => {
  /** The log's lines, and pictures with these limits. */
  function watched(limits: Partial<PictureLimits>) {
    const lines: unknown[] = [];
    const log: Log = { ...silentLog, warn: (line) => lines.push(line) };
    return { lines, pictures: openPictures({ clock: systemClock, log, limits }) };
  }

  it("that takes more memory or time than a picture may is ended, and the next picture has a new one", async () => {
    for (const limits of [{ memory: 1 }, { hangingMs: -1 }]) {
      const { pictures, lines } = watched(limits);
      // A large one, so that it is looked at meanwhile.
      const large = png(2000, 2000, { rgba: noise(2000, 2000) });
      await expect(pictures.sticker(large, "webp")).rejects.toMatchObject({ code: "picture-slow" });
      expect(lines).toEqual([
        {
          class: "ops",
          what: "pictures.process-ended",
          code: "memory" in limits ? "memory" : "time",
        },
      ]);
      await pictures.close();
    }
  });

  it("is replaced after as many jobs as it may have", async () => {
    const { pictures } = watched({ jobs: 2 });
    for (let index = 0; index < 5; index += 1)
      expect(await pictures.sticker(png(9, 9), "webp")).toMatchObject({ width: 9 });
    await pictures.close();
  });

  it("that ends while the next picture comes costs the next nothing", async () => {
    const { pictures } = watched({});
    // After what its WebAssembly could not read it ends by itself.
    const broken = Array.from({ length: 6 }, () => pictures.sticker(lottie({ layers: 7 }), "webp"));
    const mixed = broken.flatMap((one) => [one, pictures.sticker(png(9, 9), "webp")]);
    const settled = await Promise.allSettled(mixed);
    expect(settled.map(({ status }) => status)).toEqual(
      broken.flatMap(() => ["rejected", "fulfilled"]),
    );
    await pictures.close();
  });

  it("ends when it has had nothing to do for a minute", async () => {
    const clock = new ManualClock();
    const pictures = openPictures({ clock });
    await pictures.sticker(png(9, 9), "webp");
    const [first] = await processes();
    expect(first).toBeDefined();
    clock.advance(60_000);
    await eventually(async () => {
      expect(await processes()).toEqual([]);
    });
    await pictures.sticker(png(9, 9), "webp");
    expect(await processes()).not.toEqual([first]);
    await pictures.close();
    expect(await processes()).toEqual([]);
  });

  it("may read no file but its code, and has nothing of Usher's environment", async () => {
    const { pictures } = watched({});
    await pictures.sticker(png(9, 9), "webp");
    const [child] = await processes();
    const of = (name: string): Promise<string> =>
      readFile(`/proc/${String(child)}/${name}`, "utf8");
    const readable = (await of("cmdline")).split("\0").filter((word) => word.includes("fs-read"));
    expect(readable.map((word) => word.replace(ROOT, ""))).toEqual(
      ["assets/", "node_modules/", "package.json", "src/kernel/", "src/kinds/stickers/"].map(
        (path) => `--allow-fs-read=${path}`,
      ),
    );
    expect(await of("cmdline")).toContain("--permission\0");
    const names = (await of("environ")).split("\0").map((one) => one.split("=")[0]);
    const allowed = ["FONTCONFIG_FILE", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX", "PWD", "SHLVL", "_"];
    expect(names.filter((name = "") => name !== "" && !allowed.includes(name))).toEqual([]);
    expect(await of("limits")).toMatch(/Max cpu time +900 /);
    expect(await of("limits")).toMatch(/Max data size +1228800000 /);
    await pictures.close();
  });

  it("does what it is asked in turn, and nothing after it was closed", async () => {
    const { pictures } = watched({});
    const sizes = [10, 20, 30];
    const made = await Promise.all(sizes.map((side) => pictures.sticker(png(side, 9), "webp")));
    expect(made.map(({ width }) => width)).toEqual(sizes);
    const running = pictures.sticker(png(9, 9), "webp");
    const expected = expect(running).rejects.toThrow("no more");
    await pictures.close();
    await expected;
    await expect(pictures.sticker(png(9, 9), "webp")).rejects.toMatchObject({ name: "AbortError" });
  });
});

/** The processes that decode pictures for this one, by their ids. */
async function processes(): Promise<readonly number[]> {
  const tasks = await readdir("/proc/self/task");
  const children = await Promise.all(
    tasks.map((task) => readFile(`/proc/self/task/${task}/children`, "utf8").catch(() => "")),
  );
  return children.flatMap((all) => all.split(" ").filter(Boolean).map(Number));
}
