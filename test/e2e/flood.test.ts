import { afterEach, describe, expect, it } from "vitest";
import { member, message, type RawEvent } from "../harness/rawEvents.ts";
import type { ScriptedRequest } from "../harness/scriptedHomeserver.ts";
import { ALICE, BOB, ScriptedTalk } from "../harness/scriptedTalk.ts";
import { eventually } from "../harness/patience.ts";

const SMALL_HEAP = ["--optimize-for-size", "--max-old-space-size=256"];

let talk: ScriptedTalk;
afterEach(() => talk.end());

/** What every room's history is: so many messages of this size. */
function history(server: ScriptedTalk["server"], count: number, size: number): void {
  // Made once: to write a third of a gigabyte anew for each life is what would take long.
  const chunk = JSON.stringify(
    Array.from({ length: 100 }, () => message(BOB, "ä".repeat(size / 2))),
  );
  server.on("GET /_matrix/client/v3/rooms/:room/messages", ({ query }) => {
    const next = Number(/^at([0-9]+)$/.exec(query.get("from") ?? "")?.[1] ?? 0) + 100;
    return {
      status: 200,
      text: `{"chunk":${chunk}${next < count ? `,"end":"at${String(next)}"` : ""}}`,
    };
  });
}

describe("what strangers wrote while Usher was stopped, on a small heap", () => {
  it("does not end its lives: ten rooms with 510 messages of 60 kB, three times", async () => {
    talk = await ScriptedTalk.prepare({ nodeArguments: SMALL_HEAP });
    const { server, usher } = talk;
    const quiet = talk.room();
    const rooms = Array.from({ length: 10 }, () => talk.room());
    await usher.start();
    await usher.stop({ keep: true });
    history(server, 490, 60_000);
    for (let life = 1; life <= 3; life += 1) {
      const timeline = Array.from({ length: 20 }, () => message(BOB, "x".repeat(60_000)));
      talk.hear(
        Object.fromEntries(
          rooms.map((room) => [
            room,
            { timeline: clones(timeline), limited: true, prevBatch: "at0" },
          ]),
        ),
      );
      await usher.start();
      expect(await talk.ask(quiet, "!usher help"), `life ${String(life)}`).toContain("I am Usher");
      await usher.kill();
    }
    expect(usher.stderr).not.toContain("heap");
  });

  it("is left out, and the operators are told, after starts that ended before it was dealt with", async () => {
    const office = "!office:scripted.test";
    talk = await ScriptedTalk.begin({
      config: { crypto: { engine: "off" }, operatorsRoom: office },
    });
    const { server, usher } = talk;
    const room = talk.room();
    server.rooms.setState(office, server.me, "m.room.member", server.me, { membership: "join" });
    await usher.stop({ keep: true });
    talk.hear({ [room]: { timeline: [message(ALICE, "hello")], limited: true, prevBatch: "at0" } });
    const held = server.fault("/messages", { kind: "hang" }, 1000);
    for (let life = 1; life <= 4; life += 1) {
      usher.spawn();
      await eventually(() => {
        expect(held.struck).toBe(life);
      });
      await usher.kill();
    }
    await usher.start();
    const asked = talk.say(room, "!usher help");
    await talk.answer(asked);
    expect(held.struck).toBe(4);
    const told = await server.waitForRequest(
      ({ path, body }) =>
        path.includes(`${office}/send/`) &&
        JSON.stringify(body ?? {}).includes("My last starts ended"),
    );
    expect(told.path).toContain("m.room.message");
    held.release();
  });

  it("does not make Usher deaf: an answer to /sync that is too large is asked for with less of each room", async () => {
    talk = await ScriptedTalk.begin({ nodeArguments: SMALL_HEAP });
    const { server, usher } = talk;
    const quiet = talk.room();
    const asked = talk.say(quiet, "!usher help");
    const timeline = Array.from({ length: 700 }, () => message(BOB, "x".repeat(60_000)));
    const body = {
      next_batch: "s1",
      rooms: { join: { [talk.room()]: { timeline: { events: timeline } } } },
    };
    const much = ({ path, query }: ScriptedRequest): boolean =>
      path.endsWith("/sync") &&
      query.get("since") === "s0" &&
      !String(query.get("filter")).includes('"limit":1}');
    const large = server.fault(much, { kind: "json", body }, 1000);
    await usher.kill();
    await usher.start();
    await talk.answer(asked);
    expect(large.struck).toBeGreaterThan(0);
    expect(usher.stderr).toContain("M_TOO_LARGE");
  });

  it("is not gathered by reading many rooms' members and state at once", async () => {
    talk = await ScriptedTalk.begin({ nodeArguments: SMALL_HEAP });
    const { server } = talk;
    const quiet = talk.room();
    const rooms = Array.from({ length: 20 }, () => talk.room());
    const members = Array.from({ length: 200 }, (_, n) =>
      member(`@m${String(n)}:evil.test`, "join", { displayname: "ä".repeat(25_000) }),
    );
    server.on("GET /_matrix/client/v3/rooms/:room/members", (_request, { room = "" }) => ({
      status: 200,
      body: {
        chunk: [...server.rooms.get(room).state.values(), ...(room === quiet ? [] : members)],
      },
    }));
    talk.hear(
      Object.fromEntries(rooms.map((room) => [room, { timeline: [message(ALICE, "hello")] }])),
    );
    await Promise.all(
      rooms.map((room) => server.waitForRequest(({ path }) => path.endsWith(`${room}/members`))),
    );
    expect(await talk.ask(quiet, "!usher help")).toContain("I am Usher");
    await Promise.all(rooms.map((room) => talk.ask(room, "!usher help")));
  });
});

function clones(events: readonly RawEvent[]): RawEvent[] {
  return events.map((event) => message(ALICE, String(event.content["body"])));
}
