import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { createHomeserverCall, path, type HomeserverCall } from "../../src/matrix/client.ts";
import { noCipher } from "../../src/matrix/crypto/cipher.ts";
import type { Batch, RoomBatch } from "../../src/matrix/intake.ts";
import type { SyncMark } from "../../src/matrix/settle.ts";
import { SyncLoop } from "../../src/matrix/syncLoop.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { Arrivals } from "../harness/hearing.ts";
import { connectPerson, type Person } from "../harness/person.ts";

/** What the unit tests check against a scripted homeserver, against a real one: that it means by its answers what we take them for. */
describe("the intake", () => {
  const synapse = theSynapse();
  let ann: Person;
  let bot: Person;
  let me: UserId;
  let call: HomeserverCall;
  let mark: SyncMark | undefined;
  let batches: Arrivals<Batch>;
  let ended: Promise<void>;
  let end: () => Promise<void>;

  /** Hears from where it was left. */
  function hear(): void {
    batches = new Arrivals();
    const loop = new SyncLoop({
      me,
      call,
      cipher: noCipher,
      rooms: { encryption: () => Promise.resolve("none"), members: () => Promise.reject(new Error("nobody asked")) },
      noteEncryption: () => undefined,
      clock: systemClock,
      log: silentLog,
      loadMark: () => Promise.resolve(mark),
      saveMark: (next) => {
        mark = next;
        return Promise.resolve();
      },
    });
    ended = loop.run((batch) => {
      batches.push(batch);
      return Promise.resolve();
    });
    end = async () => {
      await loop.stop();
      await Promise.allSettled([ended]);
    };
  }

  const join = (room: string): Promise<unknown> => call("POST", path("join", room), { body: {} });
  const bodies = (batch: RoomBatch | undefined): unknown[] =>
    (batch?.events ?? []).filter(({ type }) => type === "m.room.message").map(({ content }) => content["body"]);
  /** The next that was heard of the room and holds this message. */
  async function nextWith(room: string, body: string): Promise<RoomBatch | undefined> {
    const holds = (one: RoomBatch): boolean => one.roomId === room && bodies(one).includes(body);
    return (await batches.next(({ rooms }) => rooms.some(holds))).rooms.find(holds);
  }

  beforeEach(async () => {
    [ann, bot] = await Promise.all([connectPerson(synapse, "ann"), connectPerson(synapse, "bot")]);
    me = bot.userId as UserId;
    call = createHomeserverCall({ url: synapse.url, token: bot.account.accessToken });
    mark = undefined;
  });
  afterEach(async () => {
    await end();
  });

  it.each(["11", "12"])("row 4: a first sync executes nothing; what comes after it is heard (room version %s)", async (version) => {
    const room = await ann.createRoom({ version, invite: [me] });
    await join(room);
    await ann.say(room, "old");
    hear();
    const first = await batches.next();
    expect(first.first).toBe(true);
    expect(first.rooms.find(({ roomId }) => roomId === room)?.events).toEqual([]);
    await ann.say(room, "new");
    expect(bodies(await nextWith(room, "new"))).toEqual(["new"]);
  });

  it("row 7: what was said in a gap is heard, in order and once", async () => {
    const room = await ann.createRoom({ invite: [me] });
    await join(room);
    hear();
    await ann.say(room, "before");
    await nextWith(room, "before");
    await end();
    const said = Array.from({ length: 60 }, (_, n) => `message ${String(n)}`);
    for (const body of said) await ann.say(room, body);
    hear();
    const batch = await nextWith(room, "message 59");
    expect(bodies(batch)).toEqual(said);
    expect(batch?.gap).toBe(false);
    await ann.say(room, "after");
    expect(bodies(await nextWith(room, "after"))).toEqual(["after"]);
  });

  it("row 7: history from before Usher's coming, and from before its coming back, is nobody's command", async () => {
    const room = await ann.createRoom({ preset: "public_chat" });
    hear();
    await batches.next();
    await end();
    for (let n = 0; n < 30; n += 1) await ann.say(room, `before ${String(n)}`);
    await join(room);
    for (let n = 0; n < 30; n += 1) await ann.say(room, `after ${String(n)}`);
    hear();
    const batch = await nextWith(room, "after 29");
    expect(bodies(batch)).toEqual(Array.from({ length: 30 }, (_, n) => `after ${String(n)}`));
    expect(batch?.gap).toBe(false);
    await ann.kick(room, me);
    await ann.say(room, "while away");
    await join(room);
    await ann.say(room, "back");
    expect(bodies(await nextWith(room, "back"))).toEqual(["back"]);
    expect(batches.all.flatMap(({ rooms }) => rooms).flatMap(bodies)).toHaveLength(31);
  });

  it("row 25: an invitation comes with who sent it and what the room is; again after it was taken back", async () => {
    hear();
    await batches.next();
    const room = await ann.createRoom({ name: "Tea", invite: [me] });
    const invited = (await batches.next(({ invites }) => invites.length > 0)).invites[0];
    expect(invited).toMatchObject({ roomId: room, sender: ann.userId });
    expect(invited?.hints.get("m.room.name")).toEqual({ name: "Tea" });
    expect(invited?.hints.get("m.room.join_rules")).toEqual({ join_rule: "invite" });
    await ann.kick(room, me);
    await ann.invite(room, me);
    expect((await batches.next(({ invites }) => invites.length > 0)).invites[0]?.roomId).toBe(room);
    expect(batches.all.flatMap(({ departures }) => departures)).toEqual([]);
  });

  it("row 25: leaving, being removed and being banned are told apart, with who did it", async () => {
    const rooms = await Promise.all(Array.from({ length: 3 }, async () => (await ann.createRoom({ invite: [me] })) as RoomId));
    const [left, kicked, banned] = rooms as [RoomId, RoomId, RoomId];
    for (const room of rooms) await join(room);
    hear();
    await batches.next();
    const next = async (): Promise<unknown> => (await batches.next(({ departures }) => departures.length > 0)).departures;
    await bot.leave(left);
    expect(await next()).toEqual([{ roomId: left, by: me, how: "left" }]);
    await ann.kick(kicked, me);
    expect(await next()).toEqual([{ roomId: kicked, by: ann.userId, how: "kicked" }]);
    await ann.ban(banned, me);
    expect(await next()).toEqual([{ roomId: banned, by: ann.userId, how: "banned" }]);
  });

  it("row 8: a token that is logged out ends the loop", async () => {
    hear();
    await call("POST", path("logout"), { body: {} });
    await expect(ended).rejects.toMatchObject({ code: "token-unknown", view: { code: "M_UNKNOWN_TOKEN" } });
  });
});
