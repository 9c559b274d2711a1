import { afterEach, beforeEach, expect, it, describe } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { member } from "../../test/harness/rawEvents.ts";
import { ScriptedHomeserver } from "../../test/harness/scriptedHomeserver.ts";
import { systemClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { createHomeserverCall } from "./client.ts";
import { noCipher, type RoomCipher } from "./crypto/cipher.ts";
import { createFetchMedia } from "./download.ts";
import { encryptionMemory } from "./encryptionState.ts";
import { Homeserver } from "./homeserver.ts";
import type { Once } from "./transaction.ts";

const ann = "@ann:scripted.test" as UserId;
const half = "!half:scripted.test" as RoomId;
const once: Once = { cause: "$asked", step: "answer" };
const megolm = { algorithm: "m.megolm.v1.aes-sha2" };

let server: ScriptedHomeserver;
let me: UserId;
let port: Homeserver;
/** For whom each message was encrypted. */
let readers: (readonly UserId[])[];

beforeEach(async () => {
  server = await ScriptedHomeserver.start();
  me = server.me as UserId;
  readers = [];
  const encrypt: RoomCipher["encrypt"] = (_room, members) => {
    readers.push(members);
    return Promise.resolve({ type: "m.room.encrypted", content: { ciphertext: "…" } });
  };
  const access = { url: server.url, token: server.token, clock: systemClock };
  port = new Homeserver({
    ...{ me, clock: systemClock, log: silentLog, random: () => 0 },
    cipher: { ...noCipher, available: true, encrypt },
    call: createHomeserverCall(access),
    fetchMedia: createFetchMedia(access),
    memory: encryptionMemory(memoryDocuments()),
  });
  server.rooms.setState(half, me, "m.room.create", "", { room_version: "11" });
  server.rooms.take(half, [member(me, "join")]);
});
afterEach(() => server.close());

describe("a private room that is being made", () => {
  it("what was read of a new one while it was half made is not believed", async () => {
    server.on("POST /_matrix/client/v3/createRoom", async () => {
      expect(await port.encryption(half)).toBe("none");
      expect((await port.members(half)).invited).toEqual(new Set());
      server.rooms.setState(half, me, "m.room.encryption", "", megolm);
      server.rooms.take(half, [member(ann, "invite", { by: me })]);
      return { status: 200, body: { room_id: half } };
    });
    await port.send(await port.privateRoom(ann), { body: "secret" }, once);
    expect(server.rooms.sent).toMatchObject([{ room: half, type: "m.room.encrypted" }]);
    expect(readers).toEqual([[me, ann]]);
  });

  it("is waited for by who asks for it whole, and another one is not", async () => {
    const other = "!other:scripted.test" as RoomId;
    for (const user of [me, ann]) server.rooms.take(other, [member(user, "join")]);
    const seen: string[] = [];
    let asked: Promise<unknown> | undefined;
    server.on("POST /_matrix/client/v3/createRoom", async () => {
      asked = port.whenMade(half).then(() => seen.push("made"));
      await port.whenMade(other);
      seen.push("another");
      server.rooms.take(half, [member(ann, "invite", { by: me })]);
      return { status: 200, body: { room_id: half } };
    });
    await port.privateRoom(ann);
    await asked;
    expect(seen).toEqual(["another", "made"]);
    expect((await port.members(half)).invited).toEqual(new Set([ann]));
  });

  it("what is said in a new one while it is being made waits for who it is for", async () => {
    server.rooms.setState(half, me, "m.room.encryption", "", megolm);
    const asked = Promise.withResolvers<unknown>();
    server.on("POST /_matrix/client/v3/createRoom", async () => {
      asked.resolve(port.send(half, { body: "hello" }, once));
      // It has looked at who is there.
      await server.waitForRequest((request) => request.path.endsWith("/members"));
      expect((await port.members(half)).invited).toEqual(new Set());
      server.rooms.take(half, [member(ann, "invite", { by: me })]);
      return { status: 200, body: { room_id: half } };
    });
    await port.privateRoom(ann);
    await asked.promise;
    expect(readers).toEqual([[me, ann]]);
  });
});
