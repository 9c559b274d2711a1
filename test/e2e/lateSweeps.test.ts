import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, minuteOf } from "../../src/kernel/days.ts";
import { nodeFiles } from "../../src/files/files.ts";
import { hourOf, nameOfHour } from "../../src/logs/folder.ts";
import { Runs, type Run } from "../../src/retention/runs.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import { memoryEnd } from "../harness/memoryAudit.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

/** A file that something is mounted at is read, and cannot be replaced or deleted, whoever tries. */
const mount = (file: string): boolean => spawnSync("mount", ["--bind", file, file]).status === 0;
const unmount = (file: string): void => void spawnSync("umount", [file]);

const MAY_MOUNT = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "usher-late-"));
  writeFileSync(join(folder, "probe"), "");
  const may = mount(join(folder, "probe"));
  if (may) unmount(join(folder, "probe"));
  rmSync(folder, { recursive: true });
  return may;
})();

/** Real Usher, real homeserver: what is to go cannot, and goes when that is mended. Its clock goes on from one start to the next. */
describe("R55 a sweep that fails", () => {
  let world: World;
  let olga: Person;
  let office: string;
  let ann: Person;
  let room: string;
  let other: string;
  let begun: number;
  let done = 0;

  beforeAll(async () => {
    ({ world, olga, office } = await World.withOffice(UNENCRYPTED));
    ann = await world.person("ann");
    [room, other] = [await world.room(ann), await world.room(ann)];
    begun = world.usher.now();
    await ask(ann, room, "!usher add widget https://pad.example.org/of-ann --yes");
  });
  afterAll(() => world.end());

  const logs = (...names: readonly string[]): string =>
    join(world.usher.dataDir, "logs", "bot", ...names);
  const says = async (line: string): Promise<string> => bodyOf(await ask(ann, room, line));

  /** Usher is off until so much time has gone by since the first day; `meanwhile` is done while it is. */
  async function after(ms: number, meanwhile?: () => Promise<unknown> | undefined): Promise<void> {
    await world.usher.stop({ keep: true });
    await meanwhile?.();
    await world.usher.restartLater(begun + ms - world.usher.now());
  }

  /** Somebody has something done, which is a line of the log. */
  const does = (): Promise<string> =>
    says(`!usher add widget https://pad.example.org/${String((done += 1))} --yes`);
  /** Whether there are such lines of this hour. */
  const isWritten = async (): Promise<boolean> =>
    (await readdir(logs())).includes(nameOfHour("bot", hourOf(world.usher.now())));

  async function lastRun(): Promise<Run | undefined> {
    const runs = new Runs(world.usher.dataDir, nodeFiles, memoryEnd());
    expect(await runs.verify(world.usher.now())).toMatchObject({ torn: 0, broken: [] });
    return (await runs.open(world.usher.now()))[0];
  }

  /** What the last run says of one of its classes. */
  const classOf = async (id: string) => (await lastRun())?.classes.find((one) => one.id === id);

  /** What operators are told in their room from here on. */
  function alarms(): (what: string) => Promise<void> {
    const from = olga.mark();
    return (what) =>
      eventually(() => {
        const told = olga.seen.slice(from).filter(({ roomId }) => roomId === office);
        expect(told.map(bodyOf).join("\n")).toContain(`Something went wrong: \`${what}\``);
      });
  }

  it("is a failed run that operators are told of, and people; lines go on as long as no promise is broken by that", async () => {
    const told = alarms();
    const stuck = nameOfHour("bot", hourOf(begun));
    await after(14 * DAY_MS - 2 * HOUR_MS, async () => {
      await rm(logs(stuck));
      await mkdir(logs(stuck));
    });
    await told("sweep.failed");
    expect((await lastRun())?.outcome).toBe("failed");
    expect(await classOf("log.bot")).toMatchObject({
      oldest: hourOf(begun),
      errors: ["unknown-file"],
    });
    const said = await says("!usher privacy retention");
    expect(said).toMatch(/13 days\. I could not take away all that should go\./);
    expect(said).not.toContain("All that was to go by then is gone");
    await does();
    await eventually(async () => {
      expect(await isWritten()).toBe(true);
    });
  });

  it("stops what it is of when the promise would be broken, and nothing else", async () => {
    const told = alarms();
    await after(14 * DAY_MS + 2 * HOUR_MS);
    await does();
    await told("log.stopped");
    await does();
    expect(await isWritten()).toBe(false);
    expect(readdirSync(join(world.usher.dataDir, "logs", "ops"))).toContain(
      nameOfHour("ops", hourOf(world.usher.now())),
    );
    const said = await says("!usher privacy retention");
    expect(said).toMatch(
      /14 days\. I could not take away all that should go\. That last went well/,
    );
    expect(said).toContain(`That last went well at ${minuteOf(begun).slice(0, 10)}`);
    expect(bodyOf(await ask(olga, office, "!usher admin doctor"))).toContain("14 days");
  });

  it("goes well when what hindered it is gone, and lines are written again", async () => {
    const from = olga.mark();
    await after(14 * DAY_MS + 4 * HOUR_MS, () =>
      rm(logs(nameOfHour("bot", hourOf(begun))), { recursive: true }),
    );
    expect((await lastRun())?.outcome).toBe("kept");
    expect(await says("!usher privacy retention")).toContain("All that was to go by then is gone.");
    await does();
    await eventually(async () => {
      expect(await isWritten()).toBe(true);
    });
    await ask(olga, office, "!usher status");
    const heard = olga.seen.slice(from).map(bodyOf).join("\n");
    expect(heard).not.toContain("Something went wrong");
  });

  it.skipIf(!MAY_MOUNT)(
    "of a document keeps no new change that could be taken back, anywhere, until the old one is gone (skipped where nothing may be mounted)",
    async () => {
      const told = alarms();
      const { dataDir } = world.usher;
      const change = "!usher add widget https://pad.example.org/of-ann-too --yes";
      let held = "";
      try {
        await after(30 * DAY_MS + HOUR_MS, async () => {
          const [file = "none"] = await filesWith(join(dataDir, "documents", "room"), room);
          held = join(dataDir, "documents", "room", file);
          expect(mount(held)).toBe(true);
        });
        await told("sweep.failed");
        expect((await classOf("D7-undo"))?.errors).toEqual(["EBUSY", "overdue"]);
        expect(bodyOf(await ask(ann, other, change))).toContain("This one I cannot take back.");
        expect(bodyOf(await ask(ann, other, "!usher undo"))).toContain("kept nothing to take");
      } finally {
        await after(30 * DAY_MS + 3 * HOUR_MS, () => Promise.resolve(unmount(held)));
      }
      expect((await lastRun())?.outcome).toBe("kept");
      const again = bodyOf(await ask(ann, other, change.replace("-too", "-again")));
      expect(again).not.toContain("cannot take back");
      expect(bodyOf(await ask(ann, other, "!usher undo"))).toContain(
        "I will take back my last change here",
      );
    },
  );
});
