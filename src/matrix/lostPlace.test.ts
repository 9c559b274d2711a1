import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hearing } from "../../test/harness/hearing.ts";
import { message, type RawEvent } from "../../test/harness/rawEvents.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { Batch } from "./intake.ts";

const ada = "@ada:example.org";
const room = "!room:example.org" as RoomId;

let hearing: Hearing;
beforeEach(async () => {
  hearing = await Hearing.start();
});
afterEach(async () => {
  await hearing.end();
});

const inRoom = (...timeline: RawEvent[]) => ({ join: { [room]: { timeline } } });
const bodies = ({ rooms }: Batch): unknown[] =>
  rooms.flatMap(({ events }) => events.map(({ content }) => content["body"]));

describe("a refusal of the place in the stream", () => {
  it.each(["M_UNKNOWN_POS", "M_INVALID_PARAM", "M_UNKNOWN"])(
    "%s: begins anew, hears what came since as after an absence, and nothing older or twice",
    async (errcode) => {
      const start = hearing.clock.now();
      const at = (body: string, ms: number): RawEvent => ({
        ...message(ada, body),
        origin_server_ts: start + ms,
      });
      const [old, heard, missed] = [at("old", -1000), at("heard", 3000), at("missed", 9000)];
      hearing.server.sync(inRoom(heard));
      const ended = hearing.run();
      await hearing.nextFull();
      await hearing.server.waitForSync("s1");
      hearing.clock.advance(5000);
      hearing.server.initial = inRoom(old, heard, missed);
      hearing.server.fault((request) => request.query.has("since"), {
        kind: "error",
        status: 400,
        errcode,
      });
      hearing.server.sync();
      await hearing.logged.next(({ what }) => what === "sync.failed");
      hearing.clock.advance(5000);
      const batch = await hearing.nextFull();
      expect(bodies(batch)).toEqual(["missed"]);
      expect(batch).toMatchObject({ first: false, anew: true, awayMs: 10_000 });
      expect(batch.rooms[0]?.gap).toBe(true);
      // The place that was lost is not asked for again, and the next answers are ordinary.
      hearing.server.sync(inRoom(message(ada, "after")));
      const next = await hearing.nextFull();
      expect([bodies(next), next.anew]).toEqual([["after"], undefined]);
      expect(hearing.logged.all.filter(({ what }) => what === "sync.begun-anew")).toHaveLength(1);
      await hearing.loop.stop();
      await ended;
    },
  );

  it("a place that is refused at the start, when it is not known when the homeserver was heard, brings no history", async () => {
    hearing.mark = { token: "restored", heardAt: 0 };
    hearing.server.initial = inRoom({
      ...message(ada, "history"),
      origin_server_ts: hearing.clock.now() - 1,
    });
    void hearing.run();
    await hearing.logged.next(({ what }) => what === "sync.failed");
    hearing.clock.advance(1000);
    expect(bodies(await hearing.nextFull())).toEqual([]);
  });

  it("no place, but when the homeserver was last heard, as a restored backup knows it: what was said since is heard, and nothing older", async () => {
    const start = hearing.clock.now();
    hearing.mark = { token: "", heardAt: start - 5000 };
    const at = (body: string, ms: number): RawEvent => ({
      ...message(ada, body),
      origin_server_ts: start + ms,
    });
    hearing.server.initial = inRoom(at("answered", -5000), at("missed", -4999));
    void hearing.run();
    const batch = await hearing.nextFull();
    expect(bodies(batch)).toEqual(["missed"]);
    expect(batch).toMatchObject({ first: false, anew: true, awayMs: 5000 });
    hearing.server.sync(inRoom(message(ada, "after")));
    const next = await hearing.nextFull();
    expect([bodies(next), next.anew]).toEqual([["after"], undefined]);
  });

  it.each([
    ["another status", { kind: "error", status: 403, errcode: "M_UNKNOWN" }],
    ["another code", { kind: "error", status: 400, errcode: "M_BAD_JSON" }],
    ["no code", { kind: "html", status: 400 }],
  ] as const)("a refusal with %s is not taken for one of the place", async (_name, fault) => {
    hearing.server.fault("/sync", fault, 3);
    void hearing.run();
    for (let count = 1; count <= 3; count += 1) {
      await hearing.logged.next(({ what }) => what === "sync.failed");
      hearing.clock.advance(60_000);
    }
    expect((await hearing.batches.next()).anew).toBeUndefined();
    expect(hearing.server.requests.every(({ query }) => query.get("since") === "s0")).toBe(true);
  });

  it("a refusal that comes without the place too is none of it: the place is kept", async () => {
    hearing.server.fault("/sync", { kind: "error", status: 400, errcode: "M_UNKNOWN" }, 2);
    hearing.server.sync(inRoom(message(ada, "hello")));
    void hearing.run();
    for (let count = 1; count <= 2; count += 1) {
      await hearing.logged.next(({ what }) => what === "sync.failed");
      hearing.clock.advance(60_000);
    }
    const batch = await hearing.nextFull();
    expect([bodies(batch), batch.anew, batch.first]).toEqual([["hello"], undefined, false]);
    expect(hearing.server.requests.map(({ query }) => query.get("since")).slice(0, 3)).toEqual([
      "s0",
      null,
      "s0",
    ]);
    expect(hearing.logged.all.some(({ what }) => what === "sync.begun-anew")).toBe(false);
  });
});
