import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { openStore } from "../../src/store/openStore.ts";
import { roomDocument } from "../../src/store/room.ts";
import { member } from "../harness/rawEvents.ts";
import { BOB, said } from "../harness/scriptedTalk.ts";
import { FRAME_TYPE, NOTE_TYPE } from "./noteKind/dataMap.ts";
import { LIMIT_MS } from "./noteKind/shared.ts";
import { ALICE, NoteWorld } from "./noteWorld.ts";

const CAROL = "@carol:scripted.test";

/** A set-up of several steps by a kind of which no line of `src` knows. */
describe("what one more kind sets up in several steps", () => {
  let world: NoteWorld;
  beforeAll(async () => {
    world = await NoteWorld.begin();
  });
  afterAll(() => world.end());

  const add = (room: string, name = "Milk"): string =>
    world.say(room, `!usher add shared note ${CAROL} ${name} --yes`);
  const comes = (room: string): string => world.hear(room, member(CAROL, "join"));
  const state = (room: string, type: string): readonly object[] =>
    [...world.server.rooms.get(room).state.values()]
      .filter((event) => event.type === type && Object.keys(event.content).length > 0)
      .map(({ content }) => content);
  /** How often Usher said something with these words in a room. */
  const times = (room: string, words: string): number =>
    world.server.rooms.sent.filter(
      (event) => event.room === room && JSON.stringify(event.content["body"]).includes(words),
    ).length;
  const idIn = (answer: string): string => /note-[\w-]+/.exec(answer)?.[0] ?? answer;
  const refuses = (part: string): void => {
    world.server.fault(part, { kind: "error", status: 403, errcode: "M_FORBIDDEN" });
  };
  const path = (room: string, type: string): string =>
    `/_matrix/client/v3/rooms/${room}/state/${type}`;

  it("waits for somebody without holding anything up, is seen meanwhile, and is finished when they come", async () => {
    const { room } = await world.room("waits");
    const waiting = (await world.answer(add(room))).body;
    expect(waiting).toContain("hangs; when");
    const id = idIn(waiting);
    for (const command of ["list", "status", "show Milk"])
      expect(await world.ask(room, `!usher ${command}`)).toContain(`waiting for ${CAROL} to come`);
    expect(await world.ask(room, `!usher set ${id} name=Bread --yes`)).toContain(
      "is not set up yet",
    );
    comes(room);
    await world.hears(room, "Put up the note Milk");
    expect(state(room, NOTE_TYPE)).toEqual([{ name: "Milk" }]);
    expect(await world.ask(room, "!usher status")).not.toContain("Still being set up");
    expect(await world.ask(room, "!usher resume Milk")).toContain("I am setting up nothing here");
    expect(times(room, "Put up the note Milk")).toBe(1);
  });

  it.each([
    ["before its first step", FRAME_TYPE],
    ["while it looks whether somebody came", "m.room.member"],
    ["before its last step", NOTE_TYPE],
  ])("goes on after a crash %s, and says once that it is done", async (_, type) => {
    const { room } = await world.room(`crash-${type}`);
    const method = type === "m.room.member" ? "GET" : "PUT";
    const hangs = world.server.fault(`${method} ${path(room, type)}`, { kind: "hang" });
    if (type === NOTE_TYPE) comes(room);
    const before = world.server.requests.length;
    add(room);
    await world.server.waitForRequest(
      (one) => one.number > before && one.method === method && one.path.includes(type),
    );
    await world.stop();
    hangs.release();
    await world.start();
    if (type !== NOTE_TYPE) comes(room);
    await world.hears(room, "Put up the note Milk");
    await world.ask(room, "!usher list");
    expect(times(room, "Put up the note Milk")).toBe(1);
    expect(state(room, FRAME_TYPE)).toHaveLength(1);
    expect(state(room, NOTE_TYPE)).toHaveLength(1);
  });

  it("while it waits, may be stopped: who comes meanwhile is seen at the next start", async () => {
    const { room } = await world.room("away");
    await world.answer(add(room));
    await world.stop();
    comes(room);
    await world.start();
    await world.hears(room, "Put up the note Milk");
    expect(times(room, "Put up the note Milk")).toBe(1);
  });

  it("is taken back where nobody has come in time, however often Usher was stopped meanwhile", async () => {
    const { room } = await world.room("too-late");
    await world.answer(add(room));
    await world.stop();
    const later = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms });
    await world.start(later(LIMIT_MS / 2));
    expect(await world.ask(room, "!usher list")).toContain("Milk");
    await world.stop();
    await world.start(later(LIMIT_MS));
    expect(await world.hears(room, "I wait no longer")).toMatch(
      /It failed at this step: waiting for @carol[^]*taken back/,
    );
    expect(state(room, FRAME_TYPE)).toEqual([]);
    comes(room);
    expect(await world.ask(room, "!usher list")).not.toContain("Milk");
    expect(times(room, "I wait no longer")).toBe(1);
    await world.stop();
    await world.start();
  });

  it("tells the failure of its first step as it is", async () => {
    const { room } = await world.room("first");
    refuses(`PUT ${path(room, FRAME_TYPE)}`);
    const said = (await world.answer(add(room))).body;
    expect(said).toContain("M_FORBIDDEN");
    expect(said).not.toContain("taken back");
    expect(await world.ask(room, "!usher list")).not.toContain("Milk");
  });

  it.each([
    ["waiting for", `GET`, "m.room.member"],
    ["putting the note into it", "PUT", NOTE_TYPE],
  ])("takes back what it has done where it fails at %s", async (step, method, type) => {
    const { room } = await world.room(`back-${type}`);
    if (type === NOTE_TYPE) comes(room);
    refuses(`${method} ${path(room, type)}`);
    const said = (await world.answer(add(room))).body;
    expect(said).toContain(`It failed at this step: ${step}`);
    expect(said).toContain("taken back");
    expect([state(room, FRAME_TYPE), state(room, NOTE_TYPE)]).toEqual([[], []]);
    expect(await world.ask(room, "!usher status")).not.toContain("Milk");
  });

  it("tells what stands where taking back fails too; resume goes on with it", async () => {
    const { room } = await world.room("stops");
    comes(room);
    refuses(`PUT ${path(room, NOTE_TYPE)}`);
    // The frame is hung, and cannot be taken down again.
    world.server.fault(
      ({ method, path: to, body }) =>
        method === "PUT" &&
        to.includes(path(room, FRAME_TYPE)) &&
        Object.keys(body as object).length === 0,
      { kind: "error", status: 403, errcode: "M_FORBIDDEN" },
    );
    const said = (await world.answer(add(room))).body;
    expect(said).toMatch(/could not finish[^]*M_FORBIDDEN[^]*hanging the frame/);
    const id = idIn(said);
    expect(said).toContain(`resume ${id}`);
    expect(await world.ask(room, "!usher list")).toMatch(/where it stopped[^]*resume/);
    expect(await world.ask(room, `!usher show ${id}`)).toMatch(/stopped at this step[^]*so far/);
    expect(await world.ask(room, `!usher resume ${id}`)).toContain("go on setting up");
    expect(await world.ask(room, "yes")).toContain("Put up the note Milk");
    expect(state(room, NOTE_TYPE)).toHaveLength(1);
    expect(await world.ask(room, "!usher list")).not.toContain("where it stopped");
  });

  it.each(["remove", "undo"])("is taken back by %s while it is half done", async (how) => {
    const { room } = await world.room(`half-${how}`);
    const id = idIn((await world.answer(add(room))).body);
    const line = how === "remove" ? `!usher remove ${id}` : "!usher undo";
    expect(await world.ask(room, line)).toMatch(/take(n)? back/);
    expect(await world.ask(room, "yes")).toMatch(/taken back/i);
    expect(state(room, FRAME_TYPE)).toEqual([]);
    expect(await world.ask(room, "!usher list")).not.toContain("Milk");
    comes(room);
    await world.ask(room, "!usher list");
    expect(times(room, "Put up")).toBe(0);
  });

  it("is neither gone on with nor taken back by who lacks the power it takes, who is told so", async () => {
    const { room } = await world.room("powerless");
    const id = idIn((await world.answer(add(room))).body);
    const byBob = (line: string): string => world.hear(room, said(line, { sender: BOB }));
    expect((await world.answer(byBob(`!usher remove ${id}`))).body).toContain(
      "To remove that here you need power 50",
    );
    expect((await world.answer(byBob(`!usher resume ${id}`))).body).toContain(
      "To go on with a set-up here you need power 50",
    );
    expect(state(room, FRAME_TYPE)).toHaveLength(1);
  });

  it("that cannot be taken back on request says why, what stands, and how to go on", async () => {
    const { room } = await world.room("stays");
    const id = idIn((await world.answer(add(room))).body);
    refuses(`PUT ${path(room, FRAME_TYPE)}`);
    const said = await world.ask(room, `!usher remove ${id} --yes`);
    expect(said).toMatch(/could not take back Milk[^]*step: hanging the frame[^]*M_FORBIDDEN/);
    for (const words of ["remove", "resume"]) expect(said).toContain(`\`!usher ${words} ${id}\``);
    expect(state(room, FRAME_TYPE)).toHaveLength(1);
    expect(await world.ask(room, `!usher remove ${id} --yes`)).toMatch(/taken back/i);
    expect(state(room, FRAME_TYPE)).toEqual([]);
  });

  it("says what it holds about whoever asked, and whom it waits for", async () => {
    const { room } = await world.room("people");
    await world.answer(add(room));
    await world.stop();
    const documents = await openStore({
      dir: world.dataDir,
      clock: systemClock,
      onQuarantine: () => undefined,
    });
    try {
      for (const person of [ALICE, CAROL]) {
        const rooms: RoomId[] = [];
        for await (const { document } of documents.aboutPerson(roomDocument, person as UserId))
          rooms.push(document.id);
        expect(rooms).toContain(room);
      }
    } finally {
      await documents.close();
    }
    await world.start();
  });
});
