import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import { auditDocument } from "../../src/store/audit.ts";
import { roomDocument, type RoomDocument } from "../../src/store/room.ts";
import { answerTo, ask, bodyOf, WIDGET, widgetUrls } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { withDocuments } from "../harness/stored.ts";
import { TALKS, World } from "../harness/world.ts";

/** All files and folders below one, itself included. */
async function everythingIn(folder: string): Promise<string[]> {
  const below = await readdir(folder, { recursive: true });
  return [folder, ...below.map((name) => join(folder, name))];
}

/** The file of a document. Its name does not tell whose it is. */
async function fileOf(dataDir: string, kind: string, id: string): Promise<string> {
  for (const file of await everythingIn(join(dataDir, "documents", kind))) {
    if (
      file.endsWith(".json") &&
      (JSON.parse(await readFile(file, "utf8")) as { id: string }).id === id
    )
      return file;
  }
  throw new Error(`no ${kind} document of ${id}`);
}

describe.each(TALKS)("what Usher stores, %s", (_, talk) => {
  let world: World;
  let alice: Person;

  beforeAll(async () => {
    ({ world, alice } = await World.of(talk, ["alice"]));
  });
  afterAll(() => world.end());

  const widgets = (room: string): Promise<readonly unknown[]> => widgetUrls(alice, room);

  /** Leaves in a room's journal, while Usher does not run, what a crash in the middle of this command leaves. */
  async function interrupted(room: string, line: string): Promise<string> {
    await world.usher.stop({ keep: true });
    const event = (await alice.say(room, `!usher ${line}`)) as EventId;
    const entry = {
      event,
      person: alice.userId as UserId,
      calledAs: "!usher",
      line,
      at: Date.now(),
      replyTo: event,
    };
    await withDocuments(world.usher, (documents) =>
      documents.update(roomDocument, room as RoomId, (document) => ({
        ...document,
        handled: [...document.handled, event],
        journal: [...document.journal, entry],
      })),
    );
    return event;
  }

  function journal(room: string): Promise<RoomDocument["journal"] | undefined> {
    return withDocuments(
      world.usher,
      async (documents) => (await documents.get(roomDocument, room))?.journal,
    );
  }

  it("puts one damaged room document aside, tells the operator, starts, and harms no other room", async () => {
    const [damaged, whole] = await Promise.all([world.room(alice), world.room(alice)]);
    await ask(alice, damaged, "!usher add widget https://damaged.example.org/ --yes");
    await ask(alice, whole, "!usher add widget https://whole.example.org/ --yes");
    await ask(alice, whole, "!usher add widget https://pending.example.org/");
    await world.usher.stop({ keep: true });
    const file = await fileOf(world.usher.dataDir, "room", damaged);
    const torn = (await readFile(file, "utf8")).slice(0, 100);
    await writeFile(file, torn);
    await world.usher.start();

    expect(bodyOf(await ask(alice, whole, "!usher list"))).toContain(`for ${alice.userId}`);
    expect(bodyOf(await ask(alice, whole, "yes"))).toContain("Added");
    // What Usher remembered of the damaged one is gone; what the room has is not, and Usher does not introduce itself again.
    const from = alice.mark();
    expect(bodyOf(await ask(alice, damaged, "!usher list"))).toMatch(
      /others added here[^]*https:\/\/damaged\.example\.org\//,
    );
    expect(
      bodyOf(await ask(alice, damaged, "!usher add widget https://again.example.org/ --yes")),
    ).toContain("Added");
    expect(alice.seen.slice(from).filter((event) => bodyOf(event).startsWith("Hello"))).toEqual([]);

    const logged = world.usher.stderr.split("\n").filter((line) => line.includes("quarantined"));
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0] ?? "")).toMatchObject({
      level: 50,
      what: "document.quarantined.room",
      code: "not-json",
    });
    const aside = await readdir(join(world.usher.dataDir, "quarantine"));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(world.usher.dataDir, "quarantine", aside[0] ?? ""), "utf8")).toBe(
      torn,
    );
  });

  it("starts safely where its own account's document is damaged, and the next time anew in the stream: nothing said meanwhile is acted on", async () => {
    const room = await world.room(alice);
    await world.usher.stop({ keep: true });
    await writeFile(await fileOf(world.usher.dataDir, "account", "self"), "{}");
    const meanwhile = await alice.say(
      room,
      "!usher add widget https://meanwhile.example.org/ --yes",
    );
    await world.usher.start();
    expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am being repaired");
    await world.usher.restart();
    expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am well");
    expect(alice.seen.filter(answerTo(meanwhile))).toEqual([]);
    expect(await widgets(room)).toEqual([]);
    expect(world.usher.stderr).toContain('"what":"document.quarantined.account"');
  });

  it("is found by its owner only: files 0600, folders 0700, and no name tells whose it is", async () => {
    const room = await world.room(alice);
    await ask(alice, room, "!usher add widget https://a.example.org/ --yes");
    // Nothing tidies up behind a process that is killed.
    await world.usher.kill();
    const files = [
      ...(await everythingIn(world.usher.dataDir)),
      ...(await everythingIn(join(world.usher.folder, "secrets"))),
    ];
    expect(files.length).toBeGreaterThan(10);
    const open: string[] = [];
    for (const file of files) {
      const found = await stat(file);
      if ((found.mode & 0o777) !== (found.isDirectory() ? 0o700 : 0o600))
        open.push(`${file} ${(found.mode & 0o777).toString(8)}`);
    }
    expect(open).toEqual([]);
    const named = files.map((file) => file.slice(world.usher.folder.length));
    for (const id of [alice.userId, world.usher.userId, room]) {
      const bare = id.slice(1).replace(/:.*/, "");
      for (const telling of [
        bare,
        encodeURIComponent(id),
        Buffer.from(id).toString("hex"),
        Buffer.from(id).toString("base64url"),
      ])
        expect(named.filter((name) => name.toLowerCase().includes(telling.toLowerCase()))).toEqual(
          [],
        );
    }
    await world.usher.start();
  });

  it("takes up a command that a crash cut off, says so, and does it once", async () => {
    const room = await world.room(alice);
    const asked = await interrupted(room, "add widget https://resumed.example.org/");
    await world.usher.start();
    expect(bodyOf(await alice.waitFor(answerTo(asked)))).toMatch(
      /^I was stopped in the middle of `add widget https:\/\/resumed\.example\.org\/` and have now finished it:[^]*Added/,
    );
    await world.usher.restart();
    await ask(alice, room, "!usher status");
    expect(alice.seen.filter(answerTo(asked))).toHaveLength(1);
    expect(
      alice.seen.filter((event) => event.roomId === room && event.type === WIDGET),
    ).toHaveLength(1);
  });

  it("takes up a removal that had its effect before the crash without doing it again", async () => {
    const room = await world.room(alice);
    await ask(alice, room, "!usher add widget https://removed.example.org/ --yes");
    const state = await alice.allState(room);
    const id = state.find(({ type }) => type === WIDGET)?.state_key ?? "";
    await alice.setState(room, WIDGET, {}, id);
    const asked = await interrupted(room, `remove ${id}`);
    await world.usher.start();
    expect(bodyOf(await alice.waitFor(answerTo(asked)))).toContain("stopped in the middle");
    expect(
      alice.seen.filter((event) => event.roomId === room && event.type === WIDGET),
    ).toHaveLength(2);
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("no widgets");
  });

  it("reports in the room what it cannot take up, and forgets it then", async () => {
    const [powerless, unknown] = await Promise.all([world.room(alice), world.room(alice)]);
    const refused = await interrupted(powerless, "add widget https://powerless.example.org/");
    const strange = await interrupted(unknown, "do something that a later version knew");
    await alice.setLevel(powerless, world.usher.userId, 0);
    await world.usher.start();
    expect(bodyOf(await alice.waitFor(answerTo(refused)))).toMatch(
      /^I need power 50 \(Moderator\) to add a widget here; I have 0\./,
    );
    expect(bodyOf(await alice.waitFor(answerTo(strange)))).toMatch(
      /^I was stopped in the middle of `do something that a later version knew` and cannot tell whether all of it was done\./,
    );
    await Promise.all([powerless, unknown].map((room) => ask(alice, room, "!usher status")));
    await world.usher.stop({ keep: true });
    for (const room of [powerless, unknown]) expect(await journal(room)).toEqual([]);
    await world.usher.start();
    await ask(alice, powerless, "!usher status");
    for (const event of [refused, strange])
      expect(alice.seen.filter(answerTo(event))).toHaveLength(1);
  });

  it.each(["room", "audit"])(
    "of kind %s is left as it is where a newer version wrote it: Usher names it and does not start",
    async (kind) => {
      const room = await world.room(alice);
      await ask(alice, room, "!usher status");
      await world.usher.stop({ keep: true });
      const deed = {
        at: Date.now(),
        who: alice.userId as UserId,
        what: "admin leave",
        targets: [],
        event: "$deed" as EventId,
      };
      await withDocuments(world.usher, (documents) =>
        documents.update(auditDocument, "2026-01", () => ({ entries: [deed] })),
      );
      const file = await fileOf(world.usher.dataDir, kind, kind === "room" ? room : "2026-01");
      const whole = await readFile(file, "utf8");
      const newer = whole.replace(/"version":\d+/, '"version":99');
      await writeFile(file, newer);
      const [from, aside] = [
        world.usher.stderr.length,
        await everythingIn(join(world.usher.dataDir, "quarantine")),
      ];
      world.usher.spawn();
      expect(await world.usher.ended()).toEqual({ code: 1, signal: null });
      expect(world.usher.stderr.slice(from)).toMatch(
        new RegExp(`of kind \`${kind}\` is of version 99[^]*${basename(file)}`),
      );
      expect(await readFile(file, "utf8")).toBe(newer);
      expect(await everythingIn(join(world.usher.dataDir, "quarantine"))).toEqual(aside);
      await writeFile(file, whole);
      await world.usher.start();
      expect(bodyOf(await ask(alice, room, "!usher status"))).toContain("I am well");
    },
  );

  it("cannot be used without the key of its names, and Usher says so instead of beginning anew", async () => {
    await world.usher.stop({ keep: true });
    const key = join(world.usher.dataDir, "names.key");
    await rename(key, `${key}.away`);
    const before = await everythingIn(join(world.usher.dataDir, "documents"));
    const from = world.usher.stderr.length;
    await world.usher.start();
    const words = world.usher.stderr
      .slice(from)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("{") && !line.startsWith("No operators"));
    expect(words).toEqual([
      expect.stringMatching(
        new RegExp(`^Usher is in safe mode\\..*${basename(key)}\` is gone or damaged`),
      ),
    ]);
    await world.usher.stop({ keep: true });
    expect(await everythingIn(join(world.usher.dataDir, "documents"))).toEqual(before);
    await rename(`${key}.away`, key);
    await world.usher.start();
  });
});
