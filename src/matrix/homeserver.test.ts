import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { member, message, rawEvent, stateEvent } from "../../test/harness/rawEvents.ts";
import { ScriptedHomeserver } from "../../test/harness/scriptedHomeserver.ts";
import { ManualClock, systemClock, type Clock } from "../kernel/clock.ts";
import type { EventId, RoomAlias, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { roomDocument } from "../store/room.ts";
import type { Documents } from "../store/documents.ts";
import { createHomeserverCall } from "./client.ts";
import { noCipher, type RoomCipher } from "./crypto/cipher.ts";
import { encryptionMemory } from "./encryptionState.ts";
import { readEvent } from "./events.ts";
import { createFetchMedia } from "./download.ts";
import { Homeserver } from "./homeserver.ts";
import type { RoomEvent } from "./port.ts";
import type { Once } from "./transaction.ts";
import { declareState } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

const TOPIC = declareState("org.example.topic", ACCOUNT);

const room = "!room:scripted.test" as RoomId;
const ann = "@ann:scripted.test" as UserId;
const bob = "@bob:scripted.test" as UserId;
const once: Once = { cause: "$asked", step: "answer" };
const megolm = { algorithm: "m.megolm.v1.aes-sha2" };

/** Waits between tries are over at once; the time limits of requests never come. */
const hasty: Clock = {
  now: systemClock.now,
  after: (ms, task) => systemClock.after(ms < 10_000 ? 0 : ms, task),
};

let server: ScriptedHomeserver;
let me: UserId;
let documents: Documents;
let port: Homeserver;

function make({
  cipher = noCipher,
  clock = hasty,
  token = server.token,
}: { cipher?: RoomCipher; clock?: Clock; token?: string } = {}): Homeserver {
  const access = { url: server.url, token, clock };
  const parts = { me, cipher, clock, log: silentLog, random: () => 0 };
  return new Homeserver({
    ...parts,
    call: createHomeserverCall(access),
    fetchMedia: createFetchMedia(access),
    memory: encryptionMemory(documents),
  });
}

/** The room as it is for most tests: made by Ann, Usher in it. */
function furnish(id: RoomId = room, version = "11"): void {
  server.rooms.setState(id, ann, "m.room.create", "", { room_version: version });
  server.rooms.take(id, [member(ann, "join"), member(me, "join")]);
}

const asked = (path: string): number =>
  server.requests.filter((request) => request.path.includes(path)).length;
const seen = (raw: object, id: RoomId = room): RoomEvent => {
  const event = readEvent(raw, id);
  if (event === undefined) throw new Error("the test's event is malformed");
  return event;
};

beforeEach(async () => {
  server = await ScriptedHomeserver.start();
  me = server.me as UserId;
  documents = memoryDocuments();
  port = make();
  furnish();
});
afterEach(() => server.close());

describe("send", () => {
  it("sends a notice and tells its id", async () => {
    const id = await port.send(room, { body: "hello", html: "<b>hello</b>" }, once);
    expect(server.rooms.sent).toMatchObject([
      {
        room,
        type: "m.room.message",
        eventId: id,
        content: { msgtype: "m.notice", body: "hello", formatted_body: "<b>hello</b>" },
      },
    ]);
  });

  it("rows 11 to 14: limits, pages in HTML, null and closed sockets are tried again, and the message is there once", async () => {
    server.fault("PUT", { kind: "limited", header: "1" });
    server.fault("PUT", { kind: "close", afterEffect: true });
    server.fault("PUT", { kind: "html", status: 502 });
    server.fault("PUT", { kind: "json", body: null });
    const id = await port.send(room, { body: "hello" }, once);
    expect(asked("/send/")).toBe(5);
    expect(server.rooms.sent.map(({ eventId }) => eventId)).toEqual([id]);
  });

  it("row 12: repeated after a restart, it is the same message", async () => {
    const id = await port.send(room, { body: "hello" }, once);
    expect(await make().send(room, { body: "hello" }, once)).toBe(id);
    expect(server.rooms.sent).toHaveLength(1);
  });

  it("leaves the HTML out where both are too large", async () => {
    await port.send(room, { body: "x".repeat(30_000), html: "x".repeat(40_000) }, once);
    expect(server.rooms.sent[0]?.content).not.toHaveProperty("formatted_body");
    expect(server.rooms.sent[0]?.content["body"]).toHaveLength(30_000);
  });

  it("row 17: what is personal goes out only while the room is private, looked at right before", async () => {
    server.rooms.setState(room, ann, "m.room.join_rules", "", { join_rule: "invite" });
    await port.send(room, { body: "yours", onlyFor: ann }, once);
    server.rooms.take(room, [member(bob, "invite", { by: ann })]);
    await expect(
      port.send(room, { body: "yours", onlyFor: ann }, { ...once, step: "2" }),
    ).rejects.toMatchObject({
      code: "room-not-private",
      view: { fault: "members" },
    });
    expect(server.rooms.sent).toHaveLength(1);
  });

  it("row 13: whatever goes wrong, nothing that is thrown holds the token, an address or text of the homeserver", async () => {
    const secret = {
      errcode: "M_FORBIDDEN",
      more: { error: `SECRET ${server.token}`, access_token: server.token },
    };
    server.fault(() => true, { kind: "error", status: 403, ...secret }, 1000);
    const failures = await Promise.allSettled([
      port.send(room, { body: "SECRET" }, once),
      port.react(room, "$x" as EventId, "✅", once),
      port.redact(room, "$x" as EventId, once),
      port.state(room, "org.example.topic", ""),
      port.allState(room),
      port.setState(room, TOPIC, "", { topic: "SECRET" }),
      port.power(room),
      port.members(room),
      port.event(room, "$x" as EventId),
      port.joinedRooms(),
      port.resolveAlias("#a:x" as RoomAlias),
      port.join(room),
      port.leave(room),
      port.invite(room, bob),
      port.kick(room, bob),
      port.privateRoom(bob),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({
        status: "rejected",
        reason: { name: "UsherError", code: "room-unreachable", view: { status: 403 } },
      });
      const dump = `${inspect(failure, { depth: 20, showHidden: true })}${JSON.stringify(failure)}`;
      expect(dump).not.toContain(server.token);
      expect(dump).not.toContain("SECRET");
      expect(dump).not.toContain(server.url);
    }
    expect(await port.encryption(room)).toBe("unknown");
    expect(await port.displayName(bob)).toBeUndefined();
  });
});

describe("reading", () => {
  it("state is read once in thirty seconds, and again as soon as an event says that it changed", async () => {
    const clock = new ManualClock();
    port = make({ clock });
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "one" });
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "one" });
    const change = server.rooms.setState(room, ann, "org.example.topic", "", { topic: "two" });
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "one" });
    port.noteEvent(seen(change));
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "two" });
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "three" });
    clock.advance(29_999);
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "two" });
    clock.advance(1);
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "three" });
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "four" });
    port.noteGap(room);
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "four" });
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "five" });
    expect(await port.state(room, "org.example.topic", "", "fresh")).toEqual({ topic: "five" });
  });

  it("what was just written is not answered from before", async () => {
    expect(await port.state(room, "org.example.topic", "")).toBeUndefined();
    await port.setState(room, TOPIC, "", { topic: "new" });
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "new" });
  });

  it("a failure is not kept", async () => {
    server.fault("GET", { kind: "error", status: 403, errcode: "M_FORBIDDEN" });
    await expect(port.state(room, "org.example.topic", "")).rejects.toMatchObject({
      code: "room-unreachable",
      view: { action: "read-state" },
    });
    expect(await port.state(room, "org.example.topic", "")).toBeUndefined();
  });

  it("what was read before an event came, and answered after it, is not kept", async () => {
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "one" });
    const slow = server.fault("org.example.topic", { kind: "hang" });
    const before = port.state(room, "org.example.topic", "");
    await server.waitForRequest(({ path }) => path.includes("org.example.topic"));
    port.noteEvent(seen(stateEvent("org.example.topic", ann, { topic: "one" })));
    slow.release();
    await before;
    server.rooms.setState(room, ann, "org.example.topic", "", { topic: "two" });
    expect(await port.state(room, "org.example.topic", "")).toEqual({ topic: "two" });
  });

  it("row 7: the whole state, without what is malformed", async () => {
    server.on("GET /_matrix/client/v3/rooms/:room/state", () => ({
      status: 200,
      body: [
        null,
        { type: "x" },
        stateEvent("org.example.topic", ann, { topic: "one" }),
        message(ann, "no state"),
      ],
    }));
    expect((await port.allState(room)).map(({ type, content }) => [type, content])).toEqual([
      ["org.example.topic", { topic: "one" }],
    ]);
  });

  it("row 16: power, from the create event as a whole where the homeserver gives it, else from the state", async () => {
    furnish("!twelve:x" as RoomId, "12");
    server.rooms.setState("!twelve:x", ann, "m.room.create", "", {
      room_version: "12",
      additional_creators: [bob],
    });
    expect(await port.power("!twelve:x" as RoomId)).toEqual({
      version: "12",
      creators: new Set([ann, bob]),
      levels: undefined,
    });
    server.rooms.setState(room, ann, "m.room.power_levels", "", { users: { [me]: 50 } });
    server.on(
      "GET /_matrix/client/v3/rooms/:room/state/m.room.create/",
      (request, { room: id = "" }) => ({
        status: 200,
        body:
          request.query.get("format") === "event" ? server.rooms.state(id, "m.room.create") : {},
      }),
    );
    expect(await port.power(room)).toEqual({
      version: "11",
      creators: new Set([ann]),
      levels: { users: { [me]: 50 } },
    });
    expect(server.requests.some(({ path }) => path.endsWith(`${room}/state`))).toBe(false);
  });

  it("members: who is there and who is invited", async () => {
    server.rooms.take(room, [
      member(bob, "invite", { by: ann }),
      member("@left:x", "leave"),
      member("@banned:x", "ban"),
    ]);
    expect(await port.members(room)).toEqual({
      joined: new Set([ann, me]),
      invited: new Set([bob]),
    });
    const change = member(bob, "join");
    server.rooms.take(room, [change]);
    port.noteEvent(seen(change));
    expect((await port.members(room)).joined).toEqual(new Set([ann, me, bob]));
  });

  it("who is in a room is known for five minutes, also while other things are read", async () => {
    const clock = new ManualClock();
    port = make({ clock });
    await port.members(room);
    clock.advance(299_999);
    await port.state(room, "org.example.topic", "");
    await port.members(room);
    expect(asked("/members")).toBe(1);
    clock.advance(1);
    await port.members(room);
    expect(asked("/members")).toBe(2);
  });

  it("an event, decrypted where it can be", async () => {
    const plain = message(ann, "hello");
    const locked = rawEvent("m.room.encrypted", ann, { ciphertext: "…" });
    server.rooms.take(room, [plain, locked]);
    expect(await port.event(room, plain.event_id as EventId)).toMatchObject({
      sender: ann,
      content: { body: "hello" },
      encryption: "none",
    });
    expect(await port.event(room, locked.event_id as EventId)).toMatchObject({
      encryption: "unreadable",
    });
    const cipher: RoomCipher = {
      ...noCipher,
      available: true,
      decrypt: () =>
        Promise.resolve({
          kind: "decrypted",
          type: "m.room.message",
          content: { body: "inside" },
          signedDevice: true,
        }),
    };
    expect(await make({ cipher }).event(room, locked.event_id as EventId)).toMatchObject({
      content: { body: "inside" },
      encryption: "decrypted",
    });
    expect(await port.event(room, "$none" as EventId)).toBeUndefined();
  });

  it("rooms, aliases and names; what is absent is undefined", async () => {
    expect(await port.joinedRooms()).toEqual([room]);
    expect(await port.resolveAlias("#none:x" as RoomAlias)).toBeUndefined();
    server.on("GET /_matrix/client/v3/directory/room/:alias", () => ({
      status: 200,
      body: { room_id: room, servers: [] },
    }));
    expect(await port.resolveAlias("#some:x" as RoomAlias)).toBe(room);
    expect(await port.displayName(ann)).toBeUndefined();
    server.on("GET /_matrix/client/v3/profile/:user/displayname", () => ({
      status: 200,
      body: { displayname: "Ann" },
    }));
    expect(await port.displayName(ann)).toBe("Ann");
  });
});

describe("row 18: encryption", () => {
  it("only the homeserver's word that there is none means none", async () => {
    for (const fault of [
      { kind: "limited" },
      { kind: "html", status: 502 },
      { kind: "html", status: 404 },
      { kind: "error", status: 403, errcode: "M_FORBIDDEN" },
      { kind: "error", status: 404, errcode: "M_UNRECOGNIZED" },
      { kind: "json", body: null },
      { kind: "close" },
    ] as const) {
      server.fault("m.room.encryption", fault);
      expect(await port.encryption(room)).toBe("unknown");
    }
    expect(await port.encryption(room)).toBe("none");
  });

  it("an answer that looks like an error is state, and the room encrypted", async () => {
    server.rooms.setState(room, ann, "m.room.encryption", "", {
      errcode: "M_NOT_FOUND",
      ...megolm,
    });
    expect(await port.encryption(room)).toBe("encrypted");
  });

  it("once encrypted, always encrypted: whatever the state says later, and after a restart", async () => {
    server.rooms.setState(room, ann, "m.room.encryption", "", megolm);
    expect(await port.encryption(room)).toBe("encrypted");
    server.rooms.get(room).state.clear();
    expect(await port.encryption(room)).toBe("encrypted");
    expect(await documents.get(roomDocument, room)).toMatchObject({ encrypted: true });
    const later = make();
    expect(await later.encryption(room)).toBe("encrypted");
    await expect(later.send(room, { body: "secret" }, once)).rejects.toMatchObject({
      code: "room-encrypted-unreadable",
    });
    expect(server.rooms.sent).toEqual([]);
  });

  it("an event that encrypts the room counts at once, although it was just known to be open", async () => {
    expect(await port.encryption(room)).toBe("none");
    port.noteEvent(seen(server.rooms.setState(room, ann, "m.room.encryption", "", megolm)));
    await expect(port.send(room, { body: "secret" }, once)).rejects.toMatchObject({
      code: "room-encrypted-unreadable",
    });
    expect(server.rooms.sent).toEqual([]);
  });

  it("while the look-up fails the message waits, and then goes out encrypted, its settings known to the engine before", async () => {
    const told: string[] = [];
    const cipher: RoomCipher = {
      ...noCipher,
      available: true,
      roomEncryption: (_room, settings) => {
        told.push(`settings ${String(settings["algorithm"])}`);
        return Promise.resolve();
      },
      encrypt: (_room, members, type, content) => {
        told.push(`encrypt ${type} for ${members.join(" ")}`);
        return Promise.resolve({
          type: "m.room.encrypted",
          content: { ciphertext: Buffer.from(JSON.stringify(content)).toString("base64") },
        });
      },
    };
    port = make({ cipher });
    server.rooms.setState(room, ann, "m.room.encryption", "", megolm);
    server.rooms.take(room, [member(bob, "invite", { by: ann })]);
    server.fault("m.room.encryption", { kind: "html", status: 502 });
    server.fault("m.room.encryption", { kind: "limited" });
    await port.send(room, { body: "secret", replyTo: "$asked" as EventId }, once);
    expect(told).toEqual([
      "settings m.megolm.v1.aes-sha2",
      `encrypt m.room.message for ${ann} ${me} ${bob}`,
    ]);
    expect(server.rooms.sent).toMatchObject([
      {
        type: "m.room.encrypted",
        content: { "m.relates_to": { "m.in_reply_to": { event_id: "$asked" } } },
      },
    ]);
    server.rooms.setState(room, ann, "m.room.history_visibility", "", {
      history_visibility: "joined",
    });
    port.noteGap(room);
    await port.send(room, { body: "secret" }, { ...once, step: "2" });
    expect(told.at(-1)).toBe(`encrypt m.room.message for ${ann} ${me}`);
  });
});

describe("membership", () => {
  it("row 24: joins when told to, and a little later where the homeserver is not ready yet", async () => {
    const fault = server.fault("POST /_matrix/client/v3/join/", {
      kind: "error",
      status: 403,
      errcode: "M_FORBIDDEN",
    });
    await port.join("!new:x" as RoomId);
    expect(fault.struck).toBe(1);
    expect(server.rooms.of(me, "join")).toContain("!new:x");
    server.fault(
      "POST /_matrix/client/v3/join/",
      { kind: "error", status: 403, errcode: "M_FORBIDDEN" },
      2,
    );
    await expect(port.join("!other:x" as RoomId)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { status: 403, action: "join" },
    });
  });

  it("leaves, invites and removes, with the reason", async () => {
    await port.invite(room, bob, "come in");
    await port.kick(room, bob, "go away");
    await port.leave(room, "bye");
    expect(
      server.requests
        .filter(({ method }) => method === "POST")
        .map(({ path, body }) => [path.split("/").at(-1), body]),
    ).toEqual([
      ["invite", { user_id: bob, reason: "come in" }],
      ["kick", { user_id: bob, reason: "go away" }],
      ["leave", { reason: "bye" }],
    ]);
  });

  it("what is so already is no failure; what is not is", async () => {
    server.fault("/kick", { kind: "error", status: 403, errcode: "M_FORBIDDEN" }, 2);
    await port.kick(room, bob);
    server.rooms.take(room, [member(bob, "join")]);
    await expect(port.kick(room, bob)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { status: 403, action: "kick" },
    });
    server.fault("/invite", { kind: "error", status: 403, errcode: "M_FORBIDDEN" });
    await port.invite(room, bob);
  });

  it("typing is shown and dropped without a word where that fails", async () => {
    port.typing(room, true);
    expect((await server.waitForRequest(({ path }) => path.includes("/typing/"))).body).toEqual({
      typing: true,
      timeout: 30_000,
    });
    server.fault("/typing/", { kind: "limited" }, 2);
    port.typing(room, false);
    await server.waitForRequest(
      ({ path, body }) => path.includes("/typing/") && !(body as { typing: boolean }).typing,
    );
    expect(await port.stop(1000)).toBe(true);
    await expect(port.send(room, { body: "x" }, once)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { code: "aborted" },
    });
  });
});

describe("row 17: privateRoom", () => {
  const privateWith = (user: UserId, id: RoomId): void => {
    furnish(id);
    server.rooms.get(id).state.delete(JSON.stringify(["m.room.member", ann]));
    server.rooms.take(id, [member(user, "join")]);
  };

  it("makes one and remembers it; asked twice at once it makes no second", async () => {
    const [one, two] = await Promise.all([port.privateRoom(ann), port.privateRoom(ann)]);
    expect(two).toBe(one);
    expect(await make().privateRoom(ann)).toBe(one);
    expect(server.requests.filter(({ path }) => path.endsWith("/createRoom"))).toHaveLength(1);
  });

  it("finds the one in which the person wrote, and keeps what others have put into m.direct", async () => {
    const theirs = "!theirs:x" as RoomId;
    privateWith(bob, theirs);
    await createHomeserverCall({ url: server.url, token: server.token })(
      "PUT",
      `/_matrix/client/v3/user/${encodeURIComponent(me)}/account_data/m.direct`,
      { body: { "@old:x": ["!old:x", 7], "@broken:x": 5 } },
    );
    port.noteEvent(seen(message(bob, "hi"), theirs));
    expect(await port.privateRoom(bob)).toBe(theirs);
    const written = server.requests.findLast(
      ({ method, path }) => method === "PUT" && path.endsWith("/m.direct"),
    );
    expect(written?.body).toEqual({ "@old:x": ["!old:x"], "@broken:x": [], [bob]: [theirs] });
  });

  it("finds the one that the person has opened, and said nothing in yet", async () => {
    const theirs = "!theirs:x" as RoomId;
    privateWith(bob, theirs);
    port.noteDirect(theirs, bob);
    expect(await port.privateRoom(bob)).toBe(theirs);
  });

  it("a hostile m.direct, or a room that others joined, is passed over", async () => {
    const crowded = "!crowded:x" as RoomId;
    privateWith(bob, crowded);
    server.rooms.take(crowded, [member("@eve:x", "join", { is_direct: true } as object)]);
    server.on("GET /_matrix/client/v3/user/:user/account_data/:type", () => ({
      status: 200,
      body: { [bob]: [crowded, "!gone:x", 7] },
    }));
    port.noteEvent(seen(message(bob, "hi"), crowded));
    const found = await port.privateRoom(bob);
    expect(found).not.toBe(crowded);
    expect(found).toMatch(/^!created/);
  });

  it("a room that cannot be looked at now is not replaced by another", async () => {
    const theirs = "!theirs:x" as RoomId;
    privateWith(bob, theirs);
    port.noteEvent(seen(message(bob, "hi"), theirs));
    server.fault(`${theirs}/state`, { kind: "html", status: 502 }, 10);
    await expect(port.privateRoom(bob)).rejects.toMatchObject({ code: "room-unreachable" });
    expect(server.requests.some(({ path }) => path.endsWith("/createRoom"))).toBe(false);
  });

  it("without an engine an encrypted one does not serve; with one, new ones are encrypted", async () => {
    const theirs = "!theirs:x" as RoomId;
    privateWith(bob, theirs);
    server.rooms.setState(theirs, bob, "m.room.encryption", "", megolm);
    port.noteEvent(seen(message(bob, "hi"), theirs));
    expect(await port.privateRoom(bob)).not.toBe(theirs);
    const able = make({ cipher: { ...noCipher, available: true } });
    able.noteEvent(seen(message(bob, "hi"), theirs));
    expect(await able.privateRoom(bob)).toBe(theirs);
    const fresh = await able.privateRoom("@carol:x" as UserId);
    expect(server.rooms.state(fresh, "m.room.encryption")?.content).toEqual(megolm);
  });

  it("a lost answer makes no second room by itself; a limit is waited for", async () => {
    server.fault("/createRoom", { kind: "close", afterEffect: true });
    await expect(port.privateRoom(bob)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { action: "create-room" },
    });
    expect(server.requests.filter(({ path }) => path.endsWith("/createRoom"))).toHaveLength(1);
    server.fault("/createRoom", { kind: "limited", header: "1" });
    await port.privateRoom(bob);
  });

  it("where it cannot be remembered it serves all the same, and again", async () => {
    server.fault(
      "PUT /_matrix/client/v3/user/",
      { kind: "error", status: 403, errcode: "M_FORBIDDEN" },
      2,
    );
    const found = await port.privateRoom(bob);
    expect(await port.privateRoom(bob)).toBe(found);
  });
});
