import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { member } from "../harness/rawEvents.ts";
import { FRAME_TYPE, NOTE_TYPE } from "./noteKind/dataMap.ts";
import { ALICE, NoteWorld } from "./noteWorld.ts";

const CAROL = "@carol:scripted.test";
const TOLD = "was not set up there yet";

/** What becomes of half-done set-ups of a kind that `src` does not know, when their room is replaced or lost. */
describe("what one more kind has half set up", () => {
  let world: NoteWorld;
  beforeAll(async () => {
    world = await NoteWorld.begin();
  });
  afterAll(() => world.end());

  const state = (room: string, type: string): readonly object[] =>
    [...world.server.rooms.get(room).state.values()]
      .filter((event) => event.type === type && Object.keys(event.content).length > 0)
      .map(({ content }) => content);
  const times = (room: string, words: string): number =>
    world.server.rooms.sent.filter(
      (event) => event.room === room && JSON.stringify(event.content["body"]).includes(words),
    ).length;
  /** A room where a note waits for its guest; its id. */
  const halfDone = async (name: string): Promise<{ room: string; id: string }> => {
    const { room } = await world.room(name);
    const said = await world.ask(room, `!usher add shared note ${CAROL} Milk --yes`);
    expect(said).toContain("hangs; when");
    return { room, id: /note-[\w-]+/.exec(said)?.[0] ?? said };
  };
  /** The room is replaced by another, into which Usher comes. */
  const replace = async (room: string, name: string): Promise<string> => {
    const next = `!${name}:scripted.test`;
    const tombstone = world.tombstone(room, next);
    await world.room(name, { predecessor: { room_id: room, event_id: tombstone } });
    return next;
  };

  it("is told in the room that replaces its own, taken back in the old one, and begun anew on request", async () => {
    const { room, id } = await halfDone("old");
    const next = await replace(room, "next");
    const told = await world.hears(next, TOLD);
    expect(told).toMatch(new RegExp(`Milk[^]*${ALICE}[^]*waiting for ${CAROL} to come`));
    expect(told).toContain(`!usher resume ${id}`);
    expect(await world.ask(room, "!usher list")).not.toContain("Milk");
    expect(state(room, FRAME_TYPE)).toEqual([]);
    expect(await world.ask(next, "!usher list")).toMatch(/where it stopped[^]*resume/);
    expect(await world.ask(next, "!usher show Milk")).toContain(`begun in \`${room}\``);
    await world.ask(next, `!usher resume ${id}`);
    expect(await world.ask(next, "yes")).toContain("hangs; when");
    world.hear(next, member(CAROL, "join"));
    await world.hears(next, "Put up the note Milk");
    expect(state(next, NOTE_TYPE)).toEqual([{ name: "Milk" }]);
    expect(state(room, NOTE_TYPE)).toEqual([]);
  });

  it.each([
    [
      "before it is told",
      (next: string, _: string) => `PUT /_matrix/client/v3/rooms/${next}/send/`,
    ],
    [
      "before it is taken back",
      (_: string, room: string) => `PUT /_matrix/client/v3/rooms/${room}/state/${FRAME_TYPE}`,
    ],
  ])("is told once and taken back where Usher dies %s", async (when, hanging) => {
    const name = when.replaceAll(" ", "-");
    const { room } = await halfDone(`old-${name}`);
    const next = `!next-${name}:scripted.test`;
    const path = hanging(next, room);
    const hangs = world.server.fault(
      ({ method, path: to, body }) =>
        `${method} ${to}`.startsWith(path) &&
        (path.includes(FRAME_TYPE) || JSON.stringify(body).includes(TOLD)),
      { kind: "hang" },
    );
    const before = world.server.requests.length;
    await replace(room, `next-${name}`);
    await world.server.waitForRequest(
      ({ number, method, path: to, body }) =>
        number > before &&
        `${method} ${to}`.startsWith(path) &&
        (path.includes(FRAME_TYPE) || JSON.stringify(body).includes(TOLD)),
    );
    await world.stop();
    hangs.release();
    await world.start();
    expect(await world.ask(next, "!usher list")).toContain("Milk");
    expect(await world.ask(room, "!usher list")).not.toContain("Milk");
    expect(state(room, FRAME_TYPE)).toEqual([]);
    expect(times(next, TOLD)).toBe(1);
  });

  it("is told to whoever asked, in private, where Usher is put out of the room", async () => {
    const { room, id } = await halfDone("lost");
    const before = world.server.requests.length;
    world.server.sync({
      leave: { [room]: { timeline: [{ ...member(world.server.me, "leave"), sender: ALICE }] } },
    });
    const request = await world.server.waitForRequest(
      ({ number, method, body }) =>
        number > before && method === "PUT" && JSON.stringify(body).includes(TOLD),
    );
    const told = String((request.body as { body: unknown }).body);
    expect(told).toContain(`Milk, id \`${id}\``);
    expect(told).toMatch(/waiting for @carol[^]*Done of it so far[^]*hanging the frame/);
    expect(request.path).not.toContain(room);
  });
});
