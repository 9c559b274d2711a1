import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportedData, exportManifest, type ExportedData } from "../../src/rights/export/format.ts";
import { exportDocument } from "../../src/store/exports.ts";
import { readAttachment } from "../harness/attachments.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { answerTo, ask, bodyOf, finalAnswerTo, messageFrom } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { eventually } from "../harness/patience.ts";
import { inCopy, withDocuments } from "../harness/stored.ts";
import { sha256, unzip } from "../harness/unzip.ts";
import { ENCRYPTED, UNENCRYPTED, World } from "../harness/world.ts";

const isFile: Predicate = ({ content }) => content["msgtype"] === "m.file";
const OF_ALICE = "https://board.example.org/needle-of-alice";
const OF_BOB = "https://board.example.org/needle-of-bob";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-e2e-export-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Opens what was sent as the person's client does, and checks each file in it by the manifest. */
async function opened(
  person: Person,
  file: SeenEvent,
): Promise<{ readonly data: ExportedData; readonly everything: string }> {
  const { bytes } = await readAttachment(person, file);
  const path = join(folder, `${file.eventId.replaceAll(/\W/g, "")}.zip`);
  writeFileSync(path, bytes);
  const files = await unzip(path);
  const names = [...files.keys()];
  expect([names[0], names[1], names.at(-1)]).toEqual(["index.html", "data.json", "manifest.json"]);
  const manifest = exportManifest.parse(JSON.parse(String(files.get("manifest.json"))));
  expect(manifest.files).toEqual(
    [...files].slice(0, -1).map(([name, one]) => ({ name, size: one.length, sha256: sha256(one) })),
  );
  return {
    data: exportedData.parse(JSON.parse(String(files.get("data.json")))),
    everything: Buffer.concat([...files.values()]).toString(),
  };
}

describe("R31 R38 privacy export, encrypted", () => {
  let proxy: HoldingProxy;
  let world: World;
  let alice: Person;
  let bob: Person;
  let room: string;

  beforeAll(async () => {
    proxy = await HoldingProxy.start(theSynapse().url);
    ({ world, alice, bob } = await World.of(ENCRYPTED, ["alice", "bob"], {
      homeserver: proxy.url,
    }));
    room = await world.room(alice, { powerLevels: { state_default: 0 } });
    await world.bring(alice, room, bob);
    await ask(alice, room, `!usher add widget ${OF_ALICE} --yes`);
    await ask(bob, room, `!usher add widget ${OF_BOB} --yes`);
  });
  afterAll(async () => {
    await world.end();
    await proxy.stop();
  });

  it("R34 R75 comes by direct message, sealed, with everything of who asks and no byte of who shares the room", async () => {
    const from = alice.mark();
    expect(bodyOf(await ask(alice, room, "!usher privacy export"))).toBe(
      "I sent you a direct message.",
    );
    const { roomId: direct } = await alice.waitFor(
      ({ type, stateKey, content }) =>
        type === "m.room.member" && stateKey === alice.userId && content["membership"] === "invite",
      { from, what: "the invitation" },
    );
    await alice.join(direct);
    const isFrom = messageFrom(world.usher.userId, direct);
    const file = await alice.waitFor((event) => isFrom(event) && isFile(event), { from });
    expect(file.encryption).toBe("decrypted");
    expect(Object.hasOwn(file.content, "url")).toBe(false);
    expect(file.content["filename"]).toMatch(/^usher-data-\d{4}-\d\d-\d\d\.zip$/);
    const isWords: Predicate = (event) =>
      isFrom(event) &&
      bodyOf(event).includes("I take the message with the file away after 72 hours");
    const words = await alice.waitFor(isWords, { from });
    expect(bodyOf(words)).toContain("the homeserver may keep the sealed bytes");
    const { data, everything } = await opened(alice, file);
    expect(data).toMatchObject({ person: alice.userId, usher: world.usher.userId });
    const widgets = data.categories.find(({ id }) => id === "D7");
    expect(widgets?.things).toMatchObject([{ room, data: { url: OF_ALICE } }]);
    expect(data.categories.some(({ count }) => count === 0)).toBe(true);
    expect(everything).not.toContain(OF_BOB);
    expect(everything).not.toContain(bob.userId);
    expect(readdirSync(join(world.usher.dataDir, "exports"))).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["while it is uploaded", "/media/v3/upload", "dave"],
    ["between the upload and its message", "/send/m.room.encrypted", "erin"],
  ])("is one file, answered once, after a kill %s", async (_, step, name) => {
    // Each gets one an hour.
    const person = await world.person(name);
    await world.bring(alice, room, person);
    const direct = await world.direct(person);
    const held = proxy.hold(step);
    const asked = await person.say(direct, "privacy export");
    await held.came;
    await world.usher.kill();
    held.release();
    await world.usher.start();
    const answer = await person.waitFor(
      (event) => finalAnswerTo(asked, person)(event) && !isFile(event),
      { what: "the answer" },
    );
    expect(bodyOf(answer)).toContain("holds everything I keep about you");
    // Another answer after it shows that nothing more comes.
    await ask(person, direct, "status");
    const files = person.seen.filter((event) => answerTo(asked)(event) && isFile(event));
    expect(files).toHaveLength(1);
    for (const file of files) {
      const { everything } = await opened(person, file);
      expect(everything).toContain(person.userId);
      expect(everything).not.toContain(OF_ALICE);
    }
  });

  it("is one file after a kill between its message and its words", async () => {
    const frank = await world.person("frank");
    const direct = await world.direct(frank);
    const asked = await frank.say(direct, "privacy export");
    const file = await frank.waitFor((event) => answerTo(asked)(event) && isFile(event));
    await world.usher.kill();
    await world.usher.start();
    const answer = await frank.waitFor(
      (event) => finalAnswerTo(asked, frank)(event) && !isFile(event),
    );
    expect(bodyOf(answer)).toContain("holds everything I keep about you");
    await ask(frank, direct, "status");
    const files = frank.seen.filter((event) => answerTo(asked)(event) && isFile(event));
    expect(files.map(({ eventId }) => eventId)).toEqual([file.eventId]);
  });

  it("R31 is told in the person's other chat with Usher, also where Usher is killed before that", async () => {
    const heidi = await world.person("heidi");
    const other = await world.direct(heidi);
    await world.bring(alice, room, heidi);
    // From here on Usher remembers the chat.
    await ask(heidi, other, "help");
    await ask(heidi, room, "!usher privacy data");
    const direct = await world.direct(heidi);
    const held = proxy.hold(`/rooms/${other}/send/`);
    const asked = await heidi.say(direct, "privacy export");
    await held.came;
    await world.usher.kill();
    held.release();
    await world.usher.start();
    const isTold: Predicate = (event) =>
      messageFrom(world.usher.userId, other)(event) &&
      bodyOf(event).includes("You asked for a file with all that I keep about you");
    await heidi.waitFor(isTold, { what: "word in the other chat" });
    await heidi.waitFor((event) => finalAnswerTo(asked, heidi)(event) && !isFile(event));
    expect(heidi.seen.filter(isTold)).toHaveLength(1);
  });

  it("says so where one is being made, and when the next may be where that is done", async () => {
    const direct = await world.direct(bob);
    const held = proxy.hold("/media/v3/upload");
    const first = await bob.say(direct, "privacy export");
    await held.came;
    expect(bodyOf(await ask(bob, room, "!usher privacy export"))).toContain(
      "I am making this file for you already",
    );
    held.release();
    await bob.waitFor((event) => finalAnswerTo(first, bob)(event) && !isFile(event));
    expect(bodyOf(await ask(bob, direct, "privacy export"))).toMatch(
      /The next one I can make after \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
  });

  /** Has the file made and sent in this person's direct chat. */
  async function sentFile(
    person: Person,
  ): Promise<{ direct: string; asked: string; file: string }> {
    const direct = await world.direct(person);
    const asked = await person.say(direct, "privacy export");
    const file = await person.waitFor((event) => answerTo(asked)(event) && isFile(event));
    await person.waitFor((event) => finalAnswerTo(asked, person)(event) && !isFile(event));
    return { direct, asked, file: file.eventId };
  }

  const redactionOf =
    (file: string): Predicate =>
    ({ type, content }) =>
      type === "m.room.redaction" && content["redacts"] === file;

  it("is taken away when its 72 hours are over, and is forgotten then", async () => {
    const grace = await world.person("grace");
    const { asked, file } = await sentFile(grace);
    await world.usher.stop({ keep: true });
    await withDocuments(world.usher, (documents) =>
      documents.update(exportDocument, asked, (one) => ({ ...one, at: one.at - 72 * 3_600_000 })),
    );
    await world.usher.start();
    await grace.waitFor(redactionOf(file), { what: "the redaction" });
    await eventually(async () => {
      const kept = await inCopy(world.usher, (documents) => documents.get(exportDocument, asked));
      expect(kept).toBeUndefined();
    });
  });

  it("R36 is taken away at once where its person is erased", async () => {
    const carol = await world.person("carol");
    const { direct, file } = await sentFile(carol);
    const question = bodyOf(await ask(carol, direct, "privacy erase all now"));
    const word = /confirm (\w+)/.exec(question)?.[1] ?? `no word in: ${question}`;
    await carol.say(direct, `confirm ${word}`);
    await carol.waitFor(redactionOf(file), { what: "the redaction" });
  });

  it("is withheld where somebody insists on a room that others read", async () => {
    const answer = await ask(bob, room, "!usher privacy export here");
    expect(bodyOf(answer)).toContain("only where nobody but you and I can read it");
  });
});

describe("R31 privacy export, unencrypted", () => {
  it("is sent in an unencrypted chat of the two to who insists, who is told what that means", async () => {
    const { world, alice } = await World.of(UNENCRYPTED, ["alice"]);
    const two = await world.room(alice);
    const asked = await alice.say(two, "privacy export here");
    const file = await alice.waitFor((event) => answerTo(asked)(event) && isFile(event));
    const { data } = await opened(alice, file);
    expect(data.person).toBe(alice.userId);
    const answer = await alice.waitFor(
      (event) => finalAnswerTo(asked, alice)(event) && !isFile(event),
    );
    expect(bodyOf(answer)).toContain("the homeserver can read the file");
    await world.end();
  });
});
