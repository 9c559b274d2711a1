import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { allErrorCodes } from "../../src/integrations/errorCodes.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import { KINDS } from "../../src/kinds/index.ts";
import { sampleFaults, unsaidTemplates } from "../../scripts/templateSamples.ts";
import { projectSources } from "../../scripts/sources.ts";
import { SAMPLES } from "../../templates/samples.ts";
import { openStore } from "../../src/store/openStore.ts";
import { message } from "../harness/rawEvents.ts";
import { restrictionDocument } from "../../src/store/restrictions.ts";
import { roomDocument } from "../../src/store/room.ts";
import { LAST_NOTE, NOTE_TYPE, NOTES_RECORD } from "./noteKind/dataMap.ts";
import { ALICE, NOTE_KEY, NoteWorld } from "./noteWorld.ts";
import { NOTES } from "./noteKind/kind.ts";
import { notePart } from "./noteKind/records.ts";
import { SAMPLES as NOTE_SAMPLES } from "./noteKind/samples.ts";

/** A kind that lives in `noteKind/` alone, and of which no line of `src` knows. */
describe("one more kind", () => {
  let world: NoteWorld;
  let room: string;
  let greeting: string;

  beforeAll(async () => {
    world = await NoteWorld.begin();
    ({ room, greeting } = await world.room("kitchen"));
  });
  afterAll(() => world.end());

  const shown = (id: string, where = room): unknown =>
    world.server.rooms.state(where, NOTE_TYPE, id)?.content["name"];
  /** Adds a note, and gives its id. */
  const added = async (name: string, where = room): Promise<string> => {
    const answer = await world.ask(where, `!usher add note ${name} --yes`);
    return /note-[\w-]+/.exec(answer)?.[0] ?? answer;
  };

  it("is greeted, helped with, browsed and told about like any", async () => {
    expect(greeting).toContain("Hello, I am Usher");
    expect(await world.ask(room, "!usher help")).toContain("`note`");
    expect(await world.ask(room, "!usher help notes")).toContain("put a note on the room's wall");
    expect(await world.ask(room, "!usher browse notes")).toMatch(/Notes:[^]*sticky/);
    expect(await world.ask(room, "!usher info sticky")).toContain("A note that stays");
  });

  it("is added after a yes, listed, shown, counted, changed, removed and taken back", async () => {
    expect(await world.ask(room, "!usher add note Milk")).toContain("I will put up the note Milk");
    expect(world.server.rooms.get(room).state.size).toBe(6);
    expect(await world.ask(room, "yes")).toContain("Put up the note Milk");
    expect(await world.ask(room, "!usher list")).toMatch(/Notes:[^]*Milk/);
    expect(await world.ask(room, "!usher list notes")).toMatch(/Notes:[^]*Milk/);
    expect(await world.ask(room, "!usher show Milk")).toContain(`put up for ${ALICE}`);
    expect(await world.ask(room, "!usher status")).toContain("notes: 1");
    expect(await world.ask(room, "!usher set Milk name=Bread --yes")).toContain(
      "Rewrote the note Bread",
    );
    const id = /note-[\w-]+/.exec(await world.ask(room, "!usher list"))?.[0] ?? "";
    expect(shown(id)).toBe("Bread");
    expect(await world.ask(room, "!usher undo")).toMatch(
      /rewritten the note[^]*The note stands as it did before/,
    );
    expect(await world.ask(room, "yes")).toContain("Taken back");
    expect(shown(id)).toBe("Milk");
    expect(await world.ask(room, "!usher remove note Milk --yes")).toContain(
      "Took down the note Milk",
    );
    expect(shown(id)).toBeUndefined();
    expect(await world.ask(room, "!usher undo --yes")).toContain("Taken back");
    expect(shown(id)).toBe("Milk");
  });

  it("refuses with a code and a sentence of its own, which nobody else may take", async () => {
    const codes = allErrorCodes([...KINDS, NOTES]);
    expect(codes["note-twice"]).toContain("on the wall already");
    expect(allErrorCodes(KINDS)).not.toHaveProperty("note-twice");
    expect(() => allErrorCodes([NOTES, NOTES])).toThrow("two error codes note-twice");
    const called = await world.room("pantry");
    expect(await added("Salt", called.room)).toMatch(/^note-/);
    expect(await world.ask(called.room, "!usher add note Salt")).toBe(
      "The note Salt is on the wall already. `!usher list notes` shows all.",
    );
    const templates = loadTemplates("en", NOTES.templates === undefined ? [] : [NOTES.templates]);
    expect(Object.keys(codes).filter((code) => !templates.has(`error/${code}`))).toEqual([]);
    // @ts-expect-error -- nobody declares this one, so that it does not compile
    expect(new UsherError("note-undeclared").code).toBe("note-undeclared");
  });

  it("is whole: what a copy of it in `src` would be told of its sentences is nothing", () => {
    const templates = loadTemplates("en", NOTES.templates === undefined ? [] : [NOTES.templates]);
    expect(sampleFaults(templates, { ...SAMPLES, ...NOTE_SAMPLES })).toEqual([]);
    const asCopied = projectSources().map(({ path, text }) => ({
      path: path.replace("test/contract/noteKind/", "src/kinds/notes/"),
      text,
    }));
    expect(unsaidTemplates(templates, asCopied)).toEqual([]);
    expect(templates.has(`kept/${NOTES_RECORD.id}`)).toBe(true);
  });

  it("a crash between its steps leaves nothing half done, and its command is answered", async () => {
    const hangs = world.server.fault(`PUT /_matrix/client/v3/rooms/${room}/state/${NOTE_TYPE}`, {
      kind: "hang",
    });
    const before = world.server.requests.length;
    world.say(room, "!usher add note Eggs --yes");
    await world.server.waitForRequest(
      ({ number, method, path }) => number > before && method === "PUT" && path.includes(NOTE_TYPE),
    );
    await world.stop();
    hangs.release();
    await world.start();
    await world.hears(room, "Put up the note Eggs");
    const notes = [...world.server.rooms.get(room).state.values()].filter(
      ({ content }) => content["name"] === "Eggs",
    );
    expect(notes).toHaveLength(1);
  });

  it("asks a website with its secret, and puts files and account data on the homeserver and reads them", async () => {
    expect(await world.ask(room, "!usher fetch note --yes")).toContain(
      "Put up the note From outside",
    );
    expect(world.site.seen).toMatchObject([
      { method: "GET", path: "/note", headers: { authorization: `Bearer ${NOTE_KEY}` } },
    ]);
    const uploads = "/_matrix/media/v3/upload/";
    const upload = world.server.requests.findLast(({ path }) => path.startsWith(uploads));
    expect(String(upload?.body)).toBe("From outside");
    const kept = world.server.requests.find(({ path }) => path.endsWith(`/${LAST_NOTE}`));
    expect(kept?.body).toEqual({
      address: `mxc://${upload?.path.slice(uploads.length) ?? ""}`,
    });
    await world.stop();
    const files = await readdir(world.dataDir, { recursive: true, withFileTypes: true });
    const stored = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), "latin1")),
    );
    expect(stored.length).toBeGreaterThan(2);
    for (const text of [
      ...stored,
      ...world.server.requests.map(({ body }) => JSON.stringify(body)),
    ])
      expect(text ?? "").not.toContain(NOTE_KEY);
    await world.start();
  });

  it("goes along into the room that replaces its own", async () => {
    const { room: old } = await world.room("old");
    const id = await added("Keep", old);
    const next = "!next:scripted.test";
    const tombstone = world.tombstone(old, next);
    await world.room("next", { predecessor: { room_id: old, event_id: tombstone } });
    await world.hears(next, "Keep");
    expect(shown(id, next)).toBe("Keep");
  });

  it("R37 R39 is given nothing that somebody says for whom it may not act, and refuses their commands", async () => {
    const { room: where } = await world.room("quiet");
    const calls = (who: string, what: string): string =>
      world.hear(where, message(who, `Wanted: ${what}`));
    calls(ALICE, "milk");
    await world.hears(where, "Somebody wants milk");
    const person = ALICE as UserId;
    await world.between(async (documents) => {
      await documents.update(restrictionDocument, person, () => ({
        restrictions: [{ person, at: 1, kind: "note", case: "3f9c0a51e27b" }],
      }));
    });
    calls(ALICE, "bread");
    calls("@bob:scripted.test", "salt");
    await world.hears(where, "Somebody wants salt");
    expect(JSON.stringify(world.server.rooms.sent)).not.toContain("wants bread");
    expect(await world.ask(where, "!usher add note Bread --yes")).toContain(
      "You objected to this, as far as it is about notes",
    );
    expect(await world.ask(where, "!usher list")).not.toContain("objected");
    await world.between((documents) => documents.delete(restrictionDocument, person));
  });

  it("R25 has operators erase by hand what it says nobody else can, and is not done before they say so", async () => {
    const { room: where } = await world.room("paper");
    const direct = await world.direct();
    await added("Milk on paper", where);
    const asked = await world.ask(direct, "privacy erase notes now");
    expect(asked).toContain("1 of: what some bots and widgets themselves keep");
    await world.ask(direct, `confirm ${/confirm ([a-z]+)/.exec(asked)?.[1] ?? ""}`);
    const erased = await world.hears(direct, "Still to be erased is what Milk on paper itself");
    const [, id = "", secret = ""] = /privacy receipt (\w+) (\w+)/.exec(erased) ?? [];
    const receipt = (): Promise<string> =>
      world.ask(where, `!usher privacy receipt ${id} ${secret}`);
    expect(await receipt()).toContain("not everything is erased yet");
    expect(await world.ask(direct, "admin cases")).toContain(`\`${id}\`, \`privacy erase\``);
    expect(await world.ask(direct, `admin case ${id}`)).toContain("Milk on paper (note)");
    const done = await world.ask(direct, `admin case ${id} done I have burnt it.`);
    expect(done).toContain("Their receipt says that all is erased");
    await world.hears(direct, "I have burnt it.");
    expect(await receipt()).toContain("everything that was asked for was erased");
  });

  it("says what it holds about a person", async () => {
    const { room: where } = await world.room("rights");
    await added("Mine", where);
    await world.stop();
    const documents = await openStore({
      dir: world.dataDir,
      clock: systemClock,
      onQuarantine: () => undefined,
    });
    try {
      const rooms: RoomId[] = [];
      for await (const { document } of documents.aboutPerson(roomDocument, ALICE as UserId))
        rooms.push(document.id);
      expect(rooms).toContain(where);
      const document = await documents.get(roomDocument, where);
      expect(notePart.of(document)).toMatchObject([{ name: "Mine", addedBy: ALICE }]);
    } finally {
      await documents.close();
    }
    await world.start();
  });
});
