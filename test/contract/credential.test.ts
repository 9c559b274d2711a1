import fs from "node:fs";
import { randomBytes } from "node:crypto";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { exportedData } from "../../src/rights/export/format.ts";
import { aheadOf, systemClock } from "../../src/kernel/clock.ts";
import { DAY_MS } from "../../src/kernel/days.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import { credentialsDocument, dataKeyDocument } from "../../src/store/secrets.ts";
import { unzip } from "../harness/unzip.ts";
import { ALICE, NoteWorld, READING_KEY } from "./noteWorld.ts";

/** As it would be found by whoever looks for it: in clear, or in what bytes are commonly written as. */
const FORMS = (["utf8", "utf16le", "base64", "base64url", "hex"] as const).map((form) =>
  form === "utf16le" ? Buffer.from(READING_KEY, form) : Buffer.from(READING_KEY).toString(form),
);

/** A kind that acts for somebody at another service: what it is given to keep the credential, and where that then is. */
describe("what a kind keeps to act for somebody at another service", () => {
  let world: NoteWorld;
  let room: string;
  let direct: string;
  const person = ALICE as UserId;
  /** What was written to standard error. */
  const logged: string[] = [];

  beforeAll(async () => {
    const write = fs.writeSync.bind(fs) as (...given: readonly unknown[]) => number;
    vi.spyOn(fs, "writeSync").mockImplementation((...given: readonly unknown[]) => {
      const [file, line] = given;
      if (file !== 2 || typeof line !== "string") return write(...given);
      logged.push(line);
      return Buffer.byteLength(line);
    });
    world = await NoteWorld.begin("debug");
    ({ room } = await world.room("kitchen"));
    direct = await world.direct();
    await world.ask(room, "!usher add note Milk --yes");
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await world.end();
  });

  const keysSent = (): readonly unknown[] =>
    world.site.seen.map(({ headers }) => headers["authorization"]);
  /** Where the credential can be read, of all that Usher has written and sent to the homeserver. */
  async function found(): Promise<readonly string[]> {
    const files = await readdir(join(world.dataDir, ".."), {
      recursive: true,
      withFileTypes: true,
    });
    const places = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async (file) => {
          const path = join(file.parentPath, file.name);
          return [path, await readFile(path)] as const;
        }),
    );
    expect(places.some(([path]) => path.includes("documents/credentials"))).toBe(true);
    const sent = world.server.requests.map(
      ({ path, body }) =>
        [
          path,
          body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body) ?? ""),
        ] as const,
    );
    const log = ["the log", Buffer.from(logged.join(""))] as const;
    const lines = [...places, log].filter(([where]) => /\blogs?\b/.test(where));
    expect(Buffer.concat(lines.map(([, bytes]) => bytes)).toString()).toContain("read note");
    return [...places, ...sent, log].flatMap(([where, bytes]) =>
      FORMS.some((form) => bytes.includes(form)) ? [where] : [],
    );
  }

  it("R46 is used where it is needed, also after a restart, and can be read nowhere", async () => {
    expect(await world.ask(room, "!usher read note Milk --yes")).toContain("From outside");
    await world.stop();
    await world.start();
    expect(await world.ask(room, "!usher read note From outside --yes")).toContain("From outside");
    expect(keysSent()).toEqual([
      "Bearer nobody yet",
      `Bearer ${READING_KEY}`,
      `Bearer ${READING_KEY}`,
    ]);
    await world.stop();
    expect(await found()).toEqual([]);
    await world.start();
  });

  it("R34 is told of in what the person is handed, and not shown", async () => {
    expect(await world.ask(direct, "privacy data here")).toMatch(
      /1 of: what lets me act for you at another service/,
    );
    const asked = world.server.requests.length;
    world.say(direct, "privacy export here");
    const { body } = await world.server.waitForRequest(
      ({ number, path }) => number > asked && path.includes("/media/v3/upload/"),
    );
    const zip = join(tmpdir(), `usher-credential-${String(process.pid)}.zip`);
    await writeFile(zip, body as Uint8Array);
    const files = await unzip(zip);
    fs.rmSync(zip);
    const everything = Buffer.concat([...files.values()]);
    expect(FORMS.some((form) => everything.includes(form))).toBe(false);
    const { categories } = exportedData.parse(JSON.parse(String(files.get("data.json"))));
    const kept = categories.find(({ id }) => id === "D5");
    expect(kept?.inExport).toContain("never the secret itself");
    expect(kept?.things).toMatchObject([
      { data: { kind: "note", name: "the notes' website", room } },
    ]);
    // Nor as it is kept: neither that field nor what stands in it.
    expect(String(files.get("data.json"))).not.toContain('"sealed"');
    expect(everything.toString()).not.toMatch(/[\w-]{16}\.[\w-]{22}\.[\w-]/);
  });

  it("goes with the thing that it belongs to, and its key with it", async () => {
    await world.ask(room, "!usher remove note From outside --yes");
    await world.between(async (documents) => {
      expect(await documents.get(credentialsDocument, person)).toBeUndefined();
      expect(await documents.get(dataKeyDocument, person)).toBeUndefined();
    });
  });

  it("keeps Usher from starting where the ring does not open it, and nothing is changed then", async () => {
    await world.ask(room, "!usher add note Salt --yes");
    await world.ask(room, "!usher read note Salt --yes");
    await world.stop();
    const ring = await readFile(world.ringFile, "utf8");
    await chmod(world.ringFile, 0o644);
    await expect(world.start()).rejects.toMatchObject({ code: "key-ring-open" });
    await rm(world.ringFile);
    await expect(world.start()).rejects.toMatchObject({ code: "key-ring-missing" });
    await writeFile(world.ringFile, `other:${randomBytes(32).toString("base64")} primary\n`, {
      mode: 0o600,
    });
    await expect(world.start()).rejects.toMatchObject({ code: "key-missing" });
    await writeFile(world.ringFile, ring);
    await world.start();
    expect(await world.ask(room, "!usher read note From outside --yes")).toContain("From outside");
    expect(world.site.seen.at(-2)?.headers["authorization"]).toBe(`Bearer ${READING_KEY}`);
  });

  it("goes 90 days after its last use, and its person is told in private", async () => {
    await world.stop();
    await world.start(aheadOf(systemClock, 89 * DAY_MS));
    await world.between(async (documents) => {
      expect(await documents.get(credentialsDocument, person)).toBeDefined();
    });
    await world.stop();
    await world.start(aheadOf(systemClock, 91 * DAY_MS));
    const { path } = await world.server.waitForRequest(({ body }) =>
      JSON.stringify(body ?? null).includes("has not been used for 90 days"),
    );
    expect(path).not.toContain(room);
    await world.between(async (documents) => {
      expect(await documents.get(credentialsDocument, person)).toBeUndefined();
      expect(await documents.get(dataKeyDocument, person)).toBeUndefined();
    });
    await world.ask(room, "!usher add note Flour --yes");
    await world.ask(room, "!usher read note Flour --yes");
  });

  it("R36 goes with the person, whose key is destroyed", async () => {
    const asked = await world.ask(direct, "privacy erase all now here");
    const word = /confirm ([a-z]+)/.exec(asked)?.[1] ?? "";
    world.say(direct, `confirm ${word}`);
    await world.hears(direct, "privacy receipt ");
    await world.between(async (documents) => {
      expect(await documents.get(credentialsDocument, person)).toBeUndefined();
      expect(await documents.get(dataKeyDocument, person)).toBeUndefined();
    });
  });
});
