import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hearing, isFull } from "../../test/harness/hearing.ts";
import {
  invitation,
  member,
  message,
  rawEvent,
  stateEvent,
  type RawEvent,
} from "../../test/harness/rawEvents.ts";
import { ManualClock } from "../kernel/clock.ts";
import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { noCipher } from "./crypto/cipher.ts";
import type { Batch } from "./intake.ts";
import { SyncLoop, waitAfter } from "./syncLoop.ts";

const ada = "@ada:example.org";
const room = "!room:example.org" as RoomId;
const other = "!other:example.org" as RoomId;

let hearing: Hearing;
beforeEach(async () => {
  hearing = await Hearing.start();
});
afterEach(async () => {
  await hearing.end();
});

const inRoom = (...timeline: RawEvent[]) => ({ join: { [room]: { timeline } } });
const bodies = (batch: Batch, of: RoomId = room): unknown[] =>
  batch.rooms
    .filter(({ roomId }) => roomId === of)
    .flatMap(({ events }) => events.map((event) => event.content["body"] ?? event.type));

describe("a handler", () => {
  it("row 3: that throws or rejects harms only its own batch", async () => {
    hearing.handle = (batch) => {
      if (bodies(batch).includes("throw")) throw new Error("thrown");
      return bodies(batch).includes("reject")
        ? Promise.reject(new Error("rejected"))
        : Promise.resolve();
    };
    for (const body of ["throw", "reject", "good"]) hearing.server.sync(inRoom(message(ada, body)));
    const ended = hearing.run();
    await hearing.batches.next((batch) => bodies(batch).includes("good"));
    await hearing.saved.next(({ token }) => token === "s3");
    expect(hearing.logged.all.filter(({ what }) => what === "sync.batch-failed")).toHaveLength(2);
    await hearing.loop.stop();
    await ended;
  });

  it("row 3: holds the saved token back until it and all before it have settled, while later batches are heard", async () => {
    const first = Promise.withResolvers<void>();
    hearing.handle = (batch) =>
      bodies(batch).includes("slow") ? first.promise : Promise.resolve();
    hearing.server.sync(inRoom(message(ada, "slow")));
    hearing.server.sync(inRoom(message(ada, "fast")));
    const ended = hearing.run();
    await hearing.batches.next((batch) => bodies(batch).includes("fast"));
    await hearing.server.waitForSync("s2");
    expect(hearing.mark?.token).toBe("s0");
    first.resolve();
    await hearing.saved.next(({ token }) => token === "s2");
    await hearing.loop.stop();
    await ended;
  });

  it("row 3: gets a batch again after a crash in the middle of it", async () => {
    hearing.handle = () => new Promise(() => undefined);
    hearing.server.sync(inRoom(message(ada, "first")));
    void hearing.run();
    await hearing.nextFull();
    await hearing.loop.stop();
    hearing.handle = () => Promise.resolve();
    void hearing.restart();
    expect(bodies(await hearing.nextFull())).toEqual(["first"]);
  });

  it("row 6: begins batches in the order in which they came, one event after another", async () => {
    const begun: unknown[] = [];
    hearing.handle = async (batch) => {
      begun.push(...bodies(batch));
      await new Promise(setImmediate);
    };
    hearing.server.sync(inRoom(message(ada, "1"), message(ada, "2"), message(ada, "3")));
    hearing.server.sync(inRoom(message(ada, "4")));
    void hearing.run();
    await hearing.batches.next((batch) => bodies(batch).includes("4"));
    expect(begun).toEqual(["1", "2", "3", "4"]);
  });

  it("that does not come to an end holds nobody up: it is given up when the homeserver was heard for minutes meanwhile, and told of", async () => {
    hearing.handle = (batch) =>
      bodies(batch).includes("stuck") ? new Promise(() => undefined) : Promise.resolve();
    hearing.server.sync(inRoom(message(ada, "stuck")));
    const ended = hearing.run();
    for (let n = 1; n <= 100; n += 1) hearing.server.sync(inRoom(message(ada, String(n))));
    await hearing.batches.next((batch) => bodies(batch).includes("100"));
    expect(hearing.mark?.token).toBe("s0");
    // Of a long silence a minute counts: nothing could be done in it.
    for (const [n, ms] of [80_000, ...Array<number>(7).fill(40_000)].entries()) {
      await hearing.server.waitForSync(`s${String(101 + n)}`);
      hearing.clock.advance(ms);
      hearing.server.sync();
      if (n < 6) expect(hearing.mark?.token).toBe("s0");
    }
    await hearing.saved.next(({ token }) => token === "s109");
    expect(hearing.logged.all.filter(({ what }) => what === "sync.batch-given-up")).toMatchObject([
      { count: 1 },
    ]);
    await hearing.loop.stop();
    await ended;
  });
});

describe("a first sync", () => {
  it.each([
    ["of a new account", undefined],
    ["with an empty token", { token: "", heardAt: 0 }],
  ])("row 4: %s executes nothing, keeps invitations, and names the rooms", async (_name, mark) => {
    hearing.mark = mark;
    hearing.server.initial = {
      ...inRoom(message(ada, "!usher old command")),
      invite: { [other]: invitation(hearing.me, ada) },
    };
    void hearing.run();
    const batch = await hearing.batches.next();
    expect(batch.first).toBe(true);
    expect(batch.rooms).toEqual([{ roomId: room, events: [], gap: false }]);
    expect(batch.invites.map(({ roomId }) => roomId)).toEqual([other]);
    expect(hearing.server.requests[0]?.query.has("since")).toBe(false);
    hearing.server.sync(inRoom(message(ada, "new command")));
    const next = await hearing.nextFull();
    expect(bodies(next)).toEqual(["new command"]);
    expect(next.first).toBe(false);
  });

  it("row 4: is never the same question twice, which Synapse would answer as it answered the first, and gives what came since as new", async () => {
    const ended: Promise<void>[] = [];
    for (const random of [0.25, 0.5]) {
      const fresh = await Hearing.start({ random: () => random });
      fresh.mark = undefined;
      ended.push(fresh.run());
      const { query } = await fresh.server.waitForSync(undefined);
      expect(query.get("timeout")).toBe(String(1 + random * 30_000));
      await fresh.end();
    }
    await Promise.all(ended);
  });

  it("row 4: nor is the first one from a place, so that it tells all that a life before it may have heard", async () => {
    const ended: Promise<void>[] = [];
    for (const random of [0.2, 0.6]) {
      const later = await Hearing.start({ random: () => random });
      ended.push(later.run());
      const { query } = await later.server.waitForSync("s0");
      expect(query.get("timeout")).toBe(String(1 + Math.floor(random * 40)));
      later.server.sync();
      expect((await later.server.waitForSync("s1")).query.get("timeout")).toBe("30000");
      await later.end();
    }
    await Promise.all(ended);
  });

  it("row 4: the filter is part of every request, and the place in the stream depends on the token alone", async () => {
    void hearing.run();
    await hearing.server.waitForSync("s0");
    hearing.server.sync();
    const request = await hearing.server.waitForSync("s1");
    const filters = hearing.server.requests.map(({ query }) => query.get("filter"));
    expect(new Set(filters).size).toBe(1);
    expect(JSON.parse(request.query.get("filter") ?? "")).toMatchObject({
      room: { state: { lazy_load_members: true } },
    });
    expect(hearing.server.requests.some(({ path }) => path.includes("/filter"))).toBe(false);
  });
});

it("row 5: an event that was redacted is marked, and edits keep their relation, for the gate to see", async () => {
  const redacted = rawEvent(
    "m.room.message",
    ada,
    {},
    { unsigned: { redacted_because: { type: "m.room.redaction" } } },
  );
  const edit = message(ada, "* new", {
    "m.relates_to": { rel_type: "m.replace", event_id: redacted.event_id },
  });
  hearing.server.sync(inRoom(redacted, edit));
  void hearing.run();
  const events = (await hearing.nextFull()).rooms[0]?.events ?? [];
  expect(events.map((event) => event.redacted)).toEqual([true, false]);
  expect(events[1]?.content["m.relates_to"]).toEqual({
    rel_type: "m.replace",
    event_id: redacted.event_id,
  });
});

describe("a gappy sync", () => {
  const limited = (timeline: RawEvent[]) => ({
    join: { [room]: { timeline, limited: true, prevBatch: "page0" } },
  });

  it("row 7: is back-filled, in order, without repetition", async () => {
    const seen = message(ada, "seen");
    const [a, b, c, d] = [
      message(ada, "a"),
      message(ada, "b"),
      message(ada, "c"),
      message(ada, "d"),
    ];
    hearing.server.sync(inRoom(seen));
    hearing.server.sync(limited([d]));
    hearing.server.rooms.history(room, [c, b], [a, seen]);
    void hearing.run();
    expect(bodies(await hearing.nextFull())).toEqual(["seen"]);
    const batch = await hearing.nextFull();
    expect(bodies(batch)).toEqual(["a", "b", "c", "d"]);
    expect(batch.rooms[0]?.gap).toBe(false);
    const request = await hearing.server.waitForRequest(({ path }) => path.endsWith("/messages"));
    expect(Object.fromEntries(request.query)).toEqual({
      dir: "b",
      from: "page0",
      to: "s1",
      limit: "100",
    });
  });

  it("row 7: larger than what is fetched says so, and gives what was found", async () => {
    const pages = Array.from({ length: 6 }, (_, n) => [message(ada, `page ${String(n)}`)]);
    hearing.server.sync(limited([message(ada, "newest")]));
    hearing.server.rooms.history(room, ...pages);
    void hearing.run();
    const batch = await hearing.nextFull();
    expect(bodies(batch)).toEqual(["page 4", "page 3", "page 2", "page 1", "page 0", "newest"]);
    expect(batch.rooms[0]?.gap).toBe(true);
  });

  it.each([
    ["502", { kind: "html", status: 502 }],
    ["an odd answer", { kind: "json", body: { chunk: "odd" } }],
    ["a closed socket", { kind: "close" }],
  ] as const)(
    "row 7: that cannot be back-filled (%s) says so and stops nothing",
    async (_name, fault) => {
      hearing.server.fault("/messages", fault);
      hearing.server.sync(limited([message(ada, "newest")]));
      hearing.server.sync(inRoom(message(ada, "next")));
      void hearing.run();
      const batch = await hearing.nextFull();
      expect(bodies(batch)).toEqual(["newest"]);
      expect(batch.rooms[0]?.gap).toBe(true);
      expect(bodies(await hearing.nextFull())).toEqual(["next"]);
    },
  );

  it("row 7: is filled no further back than to Usher's own coming", async () => {
    hearing.server.sync(limited([message(ada, "newest")]));
    hearing.server.rooms.history(
      room,
      [
        message(ada, "after"),
        member(hearing.me, "join", { before: "invite" }),
        message(ada, "before"),
      ],
      [message(ada, "long before")],
    );
    void hearing.run();
    const batch = await hearing.nextFull();
    expect(bodies(batch)).toEqual(["m.room.member", "after", "newest"]);
    expect(batch.rooms[0]?.gap).toBe(false);
    expect(hearing.server.requests.filter(({ path }) => path.endsWith("/messages"))).toHaveLength(
      1,
    );
  });

  it("row 7: of a first sync, or behind Usher's own coming, is none", async () => {
    hearing.mark = undefined;
    hearing.server.initial = limited([message(ada, "old")]);
    void hearing.run();
    expect((await hearing.batches.next()).rooms[0]?.gap).toBe(false);
    hearing.server.sync(
      limited([message(ada, "before"), member(hearing.me, "join"), message(ada, "after")]),
    );
    const batch = await hearing.nextFull();
    expect(bodies(batch)).toEqual(["m.room.member", "after"]);
    expect(batch.rooms[0]?.gap).toBe(false);
    expect(hearing.server.requests.some(({ path }) => path.endsWith("/messages"))).toBe(false);
  });
});

describe("failures", () => {
  it.each(["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"])(
    "row 8: %s ends the loop with a code",
    async (errcode) => {
      hearing.server.fault("/sync", { kind: "error", status: 401, errcode });
      await expect(hearing.run()).rejects.toMatchObject({
        name: "UsherError",
        code: "token-unknown",
        view: { code: errcode },
      });
      expect(hearing.loop.lastHeard).toBeUndefined();
    },
  );

  it("row 8: a token that is taken away in the middle ends it too", async () => {
    const ended = hearing.run();
    await hearing.batches.next();
    hearing.server.tokens.clear();
    hearing.server.sync();
    await expect(ended).rejects.toMatchObject({ code: "token-unknown" });
  });

  it("row 8: any other failure is logged with its code and leaves the time of the last good answer as it was", async () => {
    hearing.server.fault("/sync", { kind: "error", status: 500, errcode: "M_UNKNOWN" }, 2);
    void hearing.run();
    expect(await hearing.logged.next()).toEqual({
      class: "ops",
      what: "sync.failed",
      code: "M_UNKNOWN",
      status: 500,
      count: 1,
      ms: 1000,
    });
    expect(hearing.loop.lastHeard).toBeUndefined();
    hearing.clock.advance(1000);
    expect(await hearing.logged.next()).toMatchObject({ what: "sync.failed", count: 2, ms: 2000 });
    hearing.clock.advance(2000);
    await hearing.batches.next();
    expect(hearing.loop.lastHeard).toBe(hearing.clock.now());
    await hearing.server.waitForSync("s0");
    hearing.server.fault("/sync", { kind: "html", status: 502 });
    hearing.server.sync();
    expect(await hearing.logged.next()).toEqual({
      class: "ops",
      what: "sync.failed",
      code: "answered",
      status: 502,
      count: 1,
      ms: 1000,
    });
  });

  it.each([
    ["row 14: the body null", { kind: "json", body: null }],
    ["row 14: a body without a token", { kind: "json", body: { rooms: {} } }],
    ["row 14: a proxy's page", { kind: "html", status: 502 }],
    ["row 26: a closed socket", { kind: "close" }],
  ] as const)("%s is tried again, and nothing is lost", async (_name, fault) => {
    hearing.server.fault("/sync", fault);
    hearing.server.sync(inRoom(message(ada, "hello")));
    void hearing.run();
    await hearing.logged.next(({ what }) => what === "sync.failed");
    hearing.clock.advance(1000);
    expect(bodies(await hearing.nextFull())).toEqual(["hello"]);
  });

  it.each([
    ["header", { kind: "limited", header: "7" }],
    ["body", { kind: "limited", bodyMs: 7000 }],
  ] as const)(
    "row 26: waits as long as the homeserver asks for in the %s",
    async (_name, fault) => {
      hearing.server.fault("/sync", fault);
      void hearing.run();
      expect(await hearing.logged.next()).toMatchObject({
        what: "sync.failed",
        status: 429,
        ms: 7000,
      });
      hearing.clock.advance(6999);
      await new Promise(setImmediate);
      expect(hearing.server.requests).toHaveLength(1);
      hearing.clock.advance(1);
      await hearing.batches.next();
    },
  );

  it("row 26: waits double up to a minute, spread by half, and never undercut what was asked for", () => {
    expect([1, 2, 3, 6, 7, 50].map((failures) => waitAfter(failures, undefined, 0))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
    expect(waitAfter(3, undefined, 1)).toBe(2000);
    expect(waitAfter(1, 30_000, 0.5)).toBe(30_500);
    expect(waitAfter(7, 0, 0)).toBe(60_000);
    expect(waitAfter(1, 86_400_000, 0)).toBe(600_000);
  });
});

describe("stop", () => {
  it("row 9: ends the long poll at once; both promises resolve", async () => {
    const ended = hearing.run();
    await hearing.server.waitForSync("s0");
    await hearing.loop.stop();
    await expect(ended).resolves.toBeUndefined();
  });

  it("row 9: drops an answer that is just being read, and it comes again", async () => {
    const held = hearing.server.fault("/messages", { kind: "hang" });
    hearing.server.sync({
      join: { [room]: { timeline: [message(ada, "hello")], limited: true, prevBatch: "page0" } },
    });
    const ended = hearing.run();
    await hearing.server.waitForRequest(({ path }) => path.endsWith("/messages"));
    await hearing.loop.stop();
    await ended;
    expect(hearing.batches.all.filter(isFull)).toEqual([]);
    expect(hearing.mark?.token).toBe("s0");
    held.release();
    void hearing.restart();
    expect(bodies(await hearing.nextFull())).toEqual(["hello"]);
  });

  it("row 9: interrupts the wait after a failure", async () => {
    hearing.server.fault("/sync", { kind: "html", status: 502 });
    const ended = hearing.run();
    await hearing.logged.next();
    await hearing.loop.stop();
    await expect(ended).resolves.toBeUndefined();
  });

  it("row 9: leaves what was given out to be finished and saved before run resolves", async () => {
    const work = Promise.withResolvers<void>();
    hearing.handle = (batch) => (isFull(batch) ? work.promise : Promise.resolve());
    hearing.server.sync(inRoom(message(ada, "hello")));
    const ended = hearing.run();
    await hearing.nextFull();
    await hearing.loop.stop();
    expect(hearing.mark?.token).toBe("s0");
    work.resolve();
    await ended;
    expect(hearing.mark?.token).toBe("s1");
  });

  it("before the loop runs resolves too, and then nothing is heard", async () => {
    await hearing.loop.stop();
    await hearing.run();
    expect(hearing.server.requests).toEqual([]);
  });
});

it("row 10: thousands of answers leave no chain of promises behind", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used: number[] = [];
  let answers = 0;
  const done = Promise.withResolvers<void>();
  const loop = new SyncLoop({
    me: asUserId("@usher:example.org") as UserId,
    call: async () => {
      answers += 1;
      if (answers === 2_000 || answers === 22_000) {
        collect();
        used.push(process.memoryUsage().heapUsed);
        if (used.length === 2) done.resolve();
      }
      // A real answer comes in a turn of its own; now and then is enough for what waits on it.
      if (answers % 100 === 0) await new Promise(setImmediate);
      return { next_batch: "s" };
    },
    cipher: noCipher,
    rooms: {
      encryption: () => Promise.resolve("none"),
      members: () => Promise.reject(new Error("not asked")),
    },
    noteEncryption: () => undefined,
    clock: new ManualClock(),
    log: silentLog,
    loadMark: () => Promise.resolve({ token: "s", heardAt: 0 }),
    saveMark: () => Promise.resolve(),
  });
  const ended = loop.run(() => Promise.resolve());
  await done.promise;
  await loop.stop();
  await ended;
  const [before = 0, after = 0] = used;
  // The SDK keeps 96 bytes of each answer; half of that is this loop's limit, and leaves room for the collector's noise.
  expect((after - before) / 20_000).toBeLessThan(48);
});

describe("joining", () => {
  it("leaves out all that was said before Usher came, last time", async () => {
    hearing.server.sync(
      inRoom(
        message(ada, "before"),
        member(hearing.me, "join", { before: "invite" }),
        message(ada, "in between"),
        member(hearing.me, "leave", { by: ada, before: "join" }),
        member(hearing.me, "join", { before: "leave" }),
        message(ada, "after"),
      ),
    );
    void hearing.run();
    expect(bodies(await hearing.nextFull())).toEqual(["m.room.member", "after"]);
  });

  it("is not what a change of Usher's own name is", async () => {
    hearing.server.sync(
      inRoom(
        message(ada, "before"),
        member(hearing.me, "join", { before: "join", displayname: "Usher" }),
      ),
    );
    void hearing.run();
    expect(bodies(await hearing.nextFull())).toEqual(["before", "m.room.member"]);
  });

  it("anew does not bring back what was handled before", async () => {
    const old = message(ada, "!usher add widget https://example.org");
    hearing.server.sync(inRoom(old));
    hearing.server.sync({
      leave: { [room]: { timeline: [member(hearing.me, "leave", { by: ada, before: "join" })] } },
    });
    hearing.server.sync(
      inRoom(old, message(ada, "while away"), member(hearing.me, "join", { before: "invite" })),
    );
    void hearing.run();
    expect(bodies(await hearing.nextFull())).toHaveLength(1);
    expect((await hearing.nextFull()).departures).toHaveLength(1);
    expect(bodies(await hearing.nextFull())).toEqual(["m.room.member"]);
  });
});

it("gives an event once, within an answer and across answers", async () => {
  const [one, two] = [message(ada, "one"), message(ada, "two")];
  hearing.server.sync(inRoom(one, one));
  hearing.server.sync(inRoom(one, two));
  void hearing.run();
  expect(bodies(await hearing.nextFull())).toEqual(["one"]);
  expect(bodies(await hearing.nextFull())).toEqual(["two"]);
});

it("drops events of an odd shape, counts them, and keeps their neighbours", async () => {
  const odd = [
    { ...message(ada, "odd"), event_id: "no dollar" },
    { ...message(ada, "odd"), origin_server_ts: 1e300 },
  ];
  hearing.server.sync(inRoom(message(ada, "one"), ...odd, message(ada, "two")));
  void hearing.run();
  expect(bodies(await hearing.nextFull())).toEqual(["one", "two"]);
  expect(await hearing.logged.next(({ what }) => what === "sync.malformed-dropped")).toMatchObject({
    count: 2,
  });
});

it("state events in a timeline keep their state key", async () => {
  hearing.server.sync(inRoom(stateEvent("m.room.topic", ada, { topic: "tea" })));
  void hearing.run();
  expect((await hearing.nextFull()).rooms[0]?.events[0]).toMatchObject({
    type: "m.room.topic",
    stateKey: "",
  });
});

describe("awayMs", () => {
  it("is the time since the homeserver was last heard, across a restart too", async () => {
    hearing.clock.advance(3_600_000);
    void hearing.run();
    expect((await hearing.batches.next()).awayMs).toBe(3_600_000);
    await hearing.server.waitForSync("s0");
    hearing.clock.advance(20_000);
    hearing.server.sync();
    expect((await hearing.batches.next()).awayMs).toBe(20_000);
  });

  it("is nothing at a first sync, and never less than nothing", async () => {
    hearing.mark = { token: "s0", heardAt: hearing.clock.now() + 5000 };
    void hearing.run();
    expect((await hearing.batches.next()).awayMs).toBe(0);
  });

  it("counts the time of a failing homeserver", async () => {
    hearing.server.fault("/sync", { kind: "limited", header: "300" });
    void hearing.run();
    await hearing.logged.next();
    hearing.clock.advance(300_000);
    expect((await hearing.batches.next()).awayMs).toBe(300_000);
  });
});
