import { beforeAll, describe, expect, it } from "vitest";
import type { EventId, RoomAlias, RoomId, UserId } from "../../src/kernel/ids.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { createHomeserverCall, path } from "../../src/matrix/client.ts";
import { noCipher } from "../../src/matrix/crypto/cipher.ts";
import { encryptionMemory } from "../../src/matrix/encryptionState.ts";
import { createFetchMedia } from "../../src/matrix/download.ts";
import { Homeserver } from "../../src/matrix/homeserver.ts";
import { checkLogin } from "../../src/matrix/login.ts";
import { allowed, levelOf } from "../../src/matrix/power.ts";
import { readSyncAnswer } from "../../src/matrix/syncAnswer.ts";
import { portionAfter } from "../../src/matrix/syncRequest.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { memoryDocuments } from "../harness/memoryDocuments.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { declareState } from "../../src/privacy/declared.ts";
import { BRIDGE_STATE } from "../../src/kinds/bridges/dataMap.ts";

const TOPIC = declareState("m.room.topic", BRIDGE_STATE);

/** What the unit tests check against a scripted homeserver, against a real one: that it means by these requests what we mean. */
describe("the homeserver as the domain sees it", () => {
  const documents = memoryDocuments();
  const synapse = theSynapse();
  let ann: Person;
  let bob: Person;
  let bot: Person;
  let port: Homeserver;
  let me: UserId;
  let call: ReturnType<typeof createHomeserverCall>;
  const id = (person: Person): UserId => person.userId as UserId;

  beforeAll(async () => {
    [ann, bob, bot] = await Promise.all([
      connectPerson(synapse, "ann"),
      connectPerson(synapse, "bob"),
      connectPerson(synapse, "bot"),
    ]);
    me = id(bot);
    call = createHomeserverCall({ url: synapse.url, token: bot.account.accessToken });
    port = new Homeserver({
      call,
      fetchMedia: createFetchMedia({ url: synapse.url, token: bot.account.accessToken }),
      me,
      cipher: noCipher,
      memory: encryptionMemory(documents),
      clock: systemClock,
      log: silentLog,
    });
  });

  it("the token is whose it should be", async () => {
    const parts = {
      call,
      clock: systemClock,
      log: silentLog,
      documents,
      url: synapse.url,
      userId: me,
    };
    expect(await checkLogin(parts)).toEqual({ userId: me, deviceId: bot.account.deviceId });
    const bad = createHomeserverCall({ url: synapse.url, token: "syt_wrong" });
    await expect(checkLogin({ ...parts, call: bad })).rejects.toMatchObject({
      code: "token-unknown",
    });
  });

  it.each(["11", "12"])("row 16: power in room version %s", async (version) => {
    const room = (await ann.createRoom({ version, invite: [me] })) as RoomId;
    await port.join(room);
    const power = await port.power(room);
    expect(power.version).toBe(version);
    expect(levelOf(power, id(ann))).toBe(version === "12" ? Infinity : 100);
    expect(levelOf(power, me)).toBe(0);
    const topic = { kind: "state", type: "m.room.topic" } as const;
    expect([allowed(power, id(ann), topic), allowed(power, me, topic)]).toEqual([true, false]);
    await expect(port.setState(room, TOPIC, "", { topic: "x" })).rejects.toMatchObject({
      view: { status: 403, code: "M_FORBIDDEN" },
    });
    await ann.setLevel(room, me, 50);
    port.noteGap(room);
    expect(allowed(await port.power(room), me, topic)).toBe(true);
    const written = await port.setState(room, TOPIC, "", { topic: "x" });
    expect(await port.setState(room, TOPIC, "", { topic: "x" })).toBe(written);
    expect(await port.state(room, "m.room.topic", "")).toEqual({ topic: "x" });
    expect(await port.state(room, "m.room.avatar", "")).toBeUndefined();
  });

  it("messages: in order, once per cause and step, replies, threads, edits, reactions, redactions", async () => {
    const room = (await ann.createRoom({ invite: [me] })) as RoomId;
    await port.join(room);
    const asked = (await ann.say(room, "hello")) as EventId;
    const once = (step: string): { cause: string; step: string } => ({ cause: asked, step });
    const [reply, inThread] = await Promise.all([
      port.send(
        room,
        { body: "working", html: "<em>working</em>", replyTo: asked },
        once("answer"),
      ),
      port.send(room, { body: "in the thread", thread: asked, replyTo: asked }, once("thread")),
      port.send(room, { body: "third" }, once("third")),
    ]);
    expect(await port.send(room, { body: "working", replyTo: asked }, once("answer"))).toBe(reply);
    await port.send(room, { body: "done", edits: reply }, once("edit"));
    await port.react(room, asked, "✅", once("answer"));
    await port.redact(room, inThread, once("answer"));
    await ann.waitFor((event) => event.type === "m.room.redaction");
    expect(ann.messagesFrom(me, room).map(({ content }) => content["body"])).toEqual([
      "working",
      "in the thread",
      "third",
      "* done",
    ]);
    expect((await port.event(room, inThread))?.redacted).toBe(true);
    expect((await port.event(room, reply))?.content["m.relates_to"]).toEqual({
      "m.in_reply_to": { event_id: asked },
    });
    expect(await port.event(room, "$nothing" as EventId)).toBeUndefined();
  });

  it("members, aliases, names, invitations and removals, each of which may be repeated", async () => {
    const room = (await bot.createRoom({ preset: "public_chat" })) as RoomId;
    for (let i = 0; i < 2; i++) await port.invite(room, id(ann), "come");
    await bob.join(room);
    port.noteGap(room);
    expect(await port.members(room)).toEqual({
      joined: new Set([me, id(bob)]),
      invited: new Set([id(ann)]),
    });
    for (let i = 0; i < 2; i++) await port.kick(room, id(bob), "go");
    expect(await port.members(room)).toMatchObject({ joined: new Set([me]) });
    expect(await port.joinedRooms()).toContain(room);
    expect(
      await port.resolveAlias(`#none:${me.slice(me.indexOf(":") + 1)}` as RoomAlias),
    ).toBeUndefined();
    expect(await port.displayName(id(ann))).toBe("ann");
    expect(
      await port.displayName(`@nobody:${me.slice(me.indexOf(":") + 1)}` as UserId),
    ).toBeUndefined();
    for (let i = 0; i < 2; i++) await port.leave(room, "bye");
    expect(await port.joinedRooms()).not.toContain(room);
  });

  it("row 18: encryption is seen, and nothing goes there unencrypted", async () => {
    const room = (await ann.createRoom({ invite: [me] })) as RoomId;
    await port.join(room);
    expect(await port.encryption(room)).toBe("none");
    await ann.setState(room, "m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" });
    port.noteEncryption(room);
    expect(await port.encryption(room)).toBe("encrypted");
    await expect(
      port.send(room, { body: "secret" }, { cause: room, step: "1" }),
    ).rejects.toMatchObject({
      code: "room-encrypted-unreadable",
    });
    expect(await port.encryption("!unknown:example.org" as RoomId)).toBe("unknown");
  });

  it("row 17: a private room is made, found again, and given up when somebody else comes in", async () => {
    const room = await port.privateRoom(id(bob));
    await port.send(room, { body: "yours", onlyFor: id(bob) }, { cause: room, step: "1" });
    await bob.join(room);
    expect(await port.privateRoom(id(bob))).toBe(room);
    await port.send(room, { body: "yours", onlyFor: id(bob) }, { cause: room, step: "2" });
    await bob.waitFor((event) => event.content["body"] === "yours");
    await port.invite(room, id(ann));
    await expect(
      port.send(room, { body: "yours", onlyFor: id(bob) }, { cause: room, step: "3" }),
    ).rejects.toMatchObject({
      code: "room-not-private",
    });
    expect(await port.privateRoom(id(bob))).not.toBe(room);
  });

  it("tells nobody's devices as changed because they speak in one room and then in another", async () => {
    const invite = [me];
    const rooms = [await ann.createRoom({ invite }), await ann.createRoom({ invite })];
    for (const room of rooms) await port.join(room as RoomId);
    const sync = (since?: string): Promise<unknown> =>
      call("GET", path("sync"), {
        query: { filter: portionAfter(0, 0).filter, timeout: 0, since },
      });
    let since = readSyncAnswer(await sync())?.nextBatch;
    const changed: UserId[] = [];
    for (const room of [...rooms, ...rooms]) {
      await ann.say(room, "hello");
      const answer = readSyncAnswer(await sync(since));
      expect(answer?.joined.get(room as RoomId)?.timeline).toHaveLength(1);
      changed.push(...(answer?.crypto.changedUsers ?? []));
      since = answer?.nextBatch;
    }
    expect(changed).toEqual([]);
  });
});
