import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { knownBackups } from "../../src/backup/backupFiles.ts";
import { openBackup } from "../../src/backup/openBackup.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import { hourOf, nameOfHour } from "../../src/logs/folder.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

/** Words that nobody says by chance, each in something that is kept for another time. */
const NEEDLES = {
  /** Of a widget that is used on. */
  used: "https://needle-used-5b1e.example.org/",
  /** Of one that was taken out: 30 days to undo that. */
  undone: "https://needle-undone-44d2.example.org/",
  /** In a command that waits for a yes: minutes. */
  asked: "https://needle-asked-c1a8.example.org/",
  /** In a line that no command is. */
  typed: "needletypede0b7",
  /** To the operators, who have answered: 36 months. */
  words: "needle-words-7261",
  /** In the log of a web surface, which nothing writes yet: 60 days. */
  web: "needle-web-19cc",
};

/** Real Usher, real homeserver; only Usher's clock goes on, from one start to the next, as on a machine that is off in between. */
describe("R55 R56 R60 R72 what a running Usher holds as time goes by", () => {
  let identity: string;
  let backups: string;
  let world: World;
  let olga: Person;
  let office: string;
  let ann: Person;
  let ben: Person;
  let room: string;
  let annsDirect: string;
  let exported: string;
  /** The command of an operator's first day, as the record of those has it. */
  let deed: string;
  /** Names in the log of the first day, and its files. */
  let pseudonyms: readonly string[];
  let firstFiles: readonly string[];
  let begun: number;

  beforeAll(async () => {
    identity = await generateIdentity();
    backups = await mkdtemp(join(tmpdir(), "usher-e2e-backups-"));
    const backup = { recipient: await identityToRecipient(identity), folder: backups };
    ({ world, olga, office } = await World.withOffice(ENCRYPTED, { config: { backup } }));
    [ann, ben] = [await world.person("needle-ann"), await world.person("ben")];
    begun = world.usher.now();
    await live();
    await ask(olga, office, "!usher admin backup");
    firstFiles = await keptFiles();
    pseudonyms = await pseudonymsIn(firstFiles);
  });
  afterAll(async () => {
    await world.end();
    await rm(backups, { recursive: true, force: true });
  });

  /** What they do on the first day. */
  async function live(): Promise<void> {
    room = await world.room(ann, { powerLevels: { state_default: 0 } });
    await world.bring(ann, room, ben);
    await ask(ben, room, `!usher add widget ${NEEDLES.used} --yes`);
    await ask(ann, room, `!usher add widget ${NEEDLES.undone} name=Gone --yes`);
    await ask(ann, room, "!usher remove Gone --yes");
    await ask(ann, room, `!usher ${NEEDLES.typed} what is this`);
    annsDirect = await world.direct(ann);
    await ask(ann, annsDirect, "privacy export");
    const file = await ann.waitFor(
      (event) => event.roomId === annsDirect && event.content["msgtype"] === "m.file",
      { what: "the export" },
    );
    exported = file.eventId;
    const bensDirect = await world.direct(ben);
    const said = bodyOf(await ask(ben, bensDirect, `privacy human ${NEEDLES.words}`));
    const id = /`([0-9a-f]{6,})`/.exec(said)?.[1] ?? `no id in: ${said}`;
    const olgas = await world.direct(olga);
    deed = await olga.say(olgas, "admin status");
    await ask(olga, olgas, `admin case ${id} answer --yes That is so.`);
    await ask(ann, room, `!usher add widget ${NEEDLES.asked}`);
    const access = join(world.usher.dataDir, "logs", "access");
    await mkdir(access, { recursive: true });
    const line = { level: 30, time: begun, class: "access", what: NEEDLES.web };
    const name = nameOfHour("access", hourOf(begun));
    await writeFile(join(access, name), `${JSON.stringify(line)}\n`);
  }

  /** Log files and runs, by their paths in the data directory. */
  async function keptFiles(): Promise<readonly string[]> {
    const names = await readdir(world.usher.dataDir, { recursive: true });
    return names.filter((name) => /^(logs|retention)\/.*\.ndjson$/.test(name)).sort();
  }

  async function pseudonymsIn(files: readonly string[]): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const file of files.filter((name) => name.startsWith("logs/bot/"))) {
      const text = await readFile(join(world.usher.dataDir, file), "utf8");
      for (const [, who] of text.matchAll(/"(?:who|where)":"([^"]+)"/g)) found.add(who ?? "");
    }
    return [...found];
  }

  /** Where these bytes lie: files of the data directory, and of backups, which are opened for it. */
  async function places(needle: string): Promise<readonly string[]> {
    const found = await filesWith(world.usher.dataDir, needle);
    for (const { data, keys } of await knownBackups(backups))
      for (const file of [data, ...(existsSync(keys) ? [keys] : [])]) {
        const { entries } = await openBackup(file, [identity]);
        for await (const { name, bytes } of entries) {
          const pieces: Uint8Array[] = [];
          for await (const piece of bytes) pieces.push(piece);
          if (Buffer.concat(pieces).includes(needle)) found.push(`backup: ${name}`);
        }
      }
    return found;
  }

  /** Which of the needles are anywhere. */
  async function held(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [name, needle] of Object.entries(NEEDLES))
      if ((await places(needle)).length > 0) found.push(name);
    return found;
  }

  const ofFirstDay = async (folder: string): Promise<readonly string[]> => {
    const now = await keptFiles();
    return firstFiles.filter((name) => name.startsWith(folder) && now.includes(name));
  };

  /** Usher is off until so much time has gone by since the first day; then Ben uses it, and a new backup is made. */
  async function after(ms: number): Promise<void> {
    await world.usher.restartLater(begun + ms - world.usher.now());
    expect(bodyOf(await ask(ben, room, "!usher list"))).toContain(NEEDLES.used);
    await ask(olga, office, "!usher admin backup");
    const told = bodyOf(await ask(ben, room, "!usher privacy retention"));
    expect(told).toContain("All that was to go by then is gone.");
  }

  it("has all of it at first", async () => {
    expect(await held()).toEqual(["used", "undone", "asked", "words", "web"]);
    expect(pseudonyms.length).toBeGreaterThan(3);
    expect(await filesWith(world.usher.dataDir, deed)).toContainEqual(
      expect.stringMatching(/^documents\/audit\//),
    );
    expect(await readdir(join(world.usher.dataDir, "documents", "export"))).not.toEqual([]);
  });

  it("after 14 days less 2 hours it has the log, and no question that nobody answered and no export", async () => {
    await after(14 * DAY_MS - 2 * HOUR_MS);
    // The backup of the first day, which goes after 14 days too, has what was there then.
    expect(await held()).toEqual(["used", "undone", "asked", "words", "web"]);
    expect(await filesWith(world.usher.dataDir, NEEDLES.asked)).toEqual([]);
    expect(await ofFirstDay("logs/bot/")).not.toEqual([]);
    for (const one of pseudonyms) expect(await places(one)).not.toEqual([]);
    await ann.waitFor(
      ({ type, content }) => type === "m.room.redaction" && content["redacts"] === exported,
      { what: "the export to be taken away" },
    );
  });

  it("after 14 days and 2 hours no byte of that log is anywhere, nor the backup of the first day", async () => {
    await after(14 * DAY_MS + 2 * HOUR_MS);
    expect(await held()).toEqual(["used", "undone", "words", "web"]);
    expect(await ofFirstDay("logs/bot/")).toEqual([]);
    for (const one of pseudonyms) expect(await places(one), one).toEqual([]);
    expect((await knownBackups(backups)).every(({ at }) => at > begun + DAY_MS)).toBe(true);
  });

  it("after 60 days nothing is there but what is used or promised for longer, in backups neither", async () => {
    await after(60 * DAY_MS - 2 * HOUR_MS);
    expect(await held()).toEqual(["used", "words", "web"]);
    await after(60 * DAY_MS + 2 * HOUR_MS);
    expect(await held()).toEqual(["used", "words"]);
    expect(await ofFirstDay("logs/")).toContainEqual(expect.stringMatching(/^logs\/ops\//));
  });

  it("whoever does not use it for twelve months is warned twice in private, and then nothing is about them", async () => {
    const from = ann.mark();
    const warning = (words: string): Promise<unknown> =>
      ann.waitFor((event) => event.sender === world.usher.userId && bodyOf(event).includes(words), {
        from,
        what: words,
      });
    await after(336 * DAY_MS);
    const { roomId } = await ann.waitFor(
      ({ type, stateKey, content }) =>
        type === "m.room.member" && stateKey === ann.userId && content["membership"] === "invite",
      { from, what: "Usher to ask her into a room of the two" },
    );
    await ann.join(roomId);
    await warning("I will say so once more");
    await after(359 * DAY_MS);
    await warning("This is the last time that I say so");
    expect(await filesWith(world.usher.dataDir, ann.userId)).not.toEqual([]);
    await after(367 * DAY_MS);
    await eventually(async () => {
      expect(await filesWith(world.usher.dataDir, ann.userId)).toEqual([]);
    });
    expect(await filesWith(world.usher.dataDir, ben.userId)).not.toEqual([]);
  });

  it("after 13 months no record of what operators did on that day is left, and no run of that day", async () => {
    await after(396 * DAY_MS);
    expect(await ofFirstDay("")).toEqual([]);
    expect((await places(deed)).filter((name) => name.includes("documents/audit/"))).toEqual([]);
    // Backups of the days before it are gone, and the one of today holds none.
    for (const needle of [ann.userId, ...pseudonyms]) expect(await places(needle)).toEqual([]);
    expect(await held()).toEqual(["used", "words"]);
  });
});
