import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserId } from "../../src/kernel/ids.ts";
import { exportedData, exportManifest } from "../../src/rights/export/format.ts";
import { caseDocument, type CaseFacts } from "../../src/store/cases.ts";
import { readAttachment } from "../harness/attachments.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { withDocuments } from "../harness/stored.ts";
import { startSynapse, type Synapse } from "../harness/synapse.ts";
import { unzip } from "../harness/unzip.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
/** Twice what a file without anything takes. */
const LIMIT = 40 * 1024;
const THINGS = 8;
const isFile: Predicate = ({ content }) => content["msgtype"] === "m.file";

/** A Synapse that takes only small files: it must be of our own making. */
describe.skipIf(GIVEN)("R31 R38 an export that is larger than the homeserver takes", () => {
  let folder: string;
  let synapse: Synapse;
  let proxy: HoldingProxy;
  let world: World;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "usher-e2e-parts-"));
    synapse = await startSynapse({ settings: { max_upload_size: String(LIMIT) } });
    proxy = await HoldingProxy.start(synapse.url);
    const account = await synapse.register("usher", { displayName: "Usher" });
    world = await World.begin(ENCRYPTED, { homeserver: proxy.url, account });
  });
  afterAll(async () => {
    await world.end();
    await proxy.stop();
    await synapse.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Somebody about whom much is kept that no ZIP makes smaller, and their direct chat. */
  async function known(name: string): Promise<readonly [Person, string]> {
    const person = await connectPerson(synapse, name, ENCRYPTED);
    const direct = await world.direct(person);
    await world.usher.stop({ keep: true });
    const at = Date.now();
    const facts: CaseFacts = {
      ...{ person: person.userId as UserId, kind: "feedback", state: "answered" },
      ...{ at, due: at, closedAt: at, extended: false },
    };
    await withDocuments(world.usher, async (documents) => {
      for (let index = 0; index < THINGS; index += 1)
        await documents.update(caseDocument, `${name}${String(index)}`, () => {
          const text = `thing ${String(index)} ${randomBytes(4_500).toString("base64url")}`;
          return { facts, words: [{ person: person.userId as UserId, text, replies: [] }] };
        });
    });
    await world.usher.start();
    return [person, direct];
  }

  const filesFor = (person: Person, direct: string): readonly SeenEvent[] =>
    person.seen.filter((event) => messageFrom(world.usher.userId, direct)(event) && isFile(event));

  /** The numbers of the things in the files that came, each opened by itself, after the last of Usher's words. */
  async function opened(person: Person, direct: string): Promise<readonly string[]> {
    const files = filesFor(person, direct);
    const things: string[] = [];
    for (const [index, file] of files.entries()) {
      const { bytes } = await readAttachment(person, file);
      expect(bytes.length).toBeLessThanOrEqual(LIMIT);
      const part = `part-${String(index + 1)}-of-${String(files.length)}`;
      expect(file.content["filename"]).toMatch(new RegExp(`^usher-data-[-\\d]+-${part}\\.zip$`));
      const path = join(folder, `${file.eventId.replaceAll(/\W/g, "")}.zip`);
      writeFileSync(path, bytes);
      const inside = await unzip(path);
      const manifest = exportManifest.parse(JSON.parse(String(inside.get("manifest.json"))));
      expect(manifest.part).toEqual({ number: index + 1, of: files.length });
      expect(String(inside.get("index.html"))).toContain(`It is file ${String(index + 1)} of`);
      const { categories } = exportedData.parse(JSON.parse(String(inside.get("data.json"))));
      const text = JSON.stringify(categories.map(({ things: those }) => those));
      things.push(...[...text.matchAll(/thing (\d+) /g)].map(([, number = ""]) => number));
    }
    return things.toSorted();
  }

  /** What is said beside the files; also where "I am working on it" became that. */
  const words =
    (direct: string): Predicate =>
    (event) =>
      messageFrom(world.usher.userId, direct)(event) && /I sent \d+ files/.test(bodyOf(event));

  const all = Array.from({ length: THINGS }, (_, index) => String(index));

  it("comes in several files, each whole by itself and no larger than that", async () => {
    const [ann, direct] = await known("ann");
    await ann.say(direct, "privacy export");
    const said = bodyOf(await ann.waitFor(words(direct), { what: "the words" }));
    const files = filesFor(ann, direct);
    expect(files.length).toBeGreaterThan(1);
    expect(said).toContain(`I sent ${String(files.length)} files`);
    expect(await opened(ann, direct)).toEqual(all);
  });

  it.each<[string, string, (person: Person, direct: string) => Promise<void>]>([
    [
      "before the first message",
      "bob",
      async () => {
        const held = proxy.hold("/send/m.room.encrypted");
        await held.came;
        await world.usher.kill();
        held.release();
      },
    ],
    [
      "after the first message",
      "carol",
      async (person, direct) => {
        const isFrom = messageFrom(world.usher.userId, direct);
        await person.waitFor((event) => isFrom(event) && isFile(event));
        await world.usher.kill();
      },
    ],
  ])("is one set of files, answered once, after a kill %s", async (_, name, kill) => {
    const [person, direct] = await known(name);
    const killing = kill(person, direct);
    await person.say(direct, "privacy export");
    await killing;
    await world.usher.start();
    await person.waitFor(words(direct), { what: "the words" });
    // Another answer after it shows that nothing more comes.
    await ask(person, direct, "status");
    expect(person.seen.filter(words(direct))).toHaveLength(1);
    expect(await opened(person, direct)).toEqual(all);
  });
});
