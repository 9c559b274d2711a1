import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openAttachment } from "../../test/harness/attachments.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { member } from "../../test/harness/rawEvents.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import {
  ScriptedHomeserver,
  type Fault,
  type ScriptedRequest,
} from "../../test/harness/scriptedHomeserver.ts";
import { systemClock, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { inMemory } from "./byteSource.ts";
import { createHomeserverCall } from "./client.ts";
import { noCipher, type RoomCipher } from "./crypto/cipher.ts";
import { encryptionMemory } from "./encryptionState.ts";
import { createFetchMedia } from "./download.ts";
import { Homeserver } from "./homeserver.ts";
import type { FileContent } from "./fileContent.ts";
import type { Content } from "./port.ts";
import type { Once } from "./transaction.ts";
import type { UploadType } from "../privacy/declared.ts";

const room = "!room:scripted.test" as RoomId;
const ann = "@ann:scripted.test" as UserId;
const once: Once = { cause: "$asked", step: "file" };
const bytes = Buffer.from("PLAINTEXT of everybody");
const file: FileContent = {
  holds: "a test" as UploadType,
  name: "telling-name.jsonl",
  mimetype: "application/jsonl",
  bytes: inMemory(bytes),
  replyTo: "$asked" as EventId,
};
const UPLOAD = "/_matrix/media/v3/upload";

/** Waits between tries are over at once; the time limits of requests never come. */
const hasty: Clock = {
  now: systemClock.now,
  after: (ms, task) => systemClock.after(ms < 10_000 ? 0 : ms, task),
};

/** Hides messages in base64. */
const base64Cipher: RoomCipher = {
  ...noCipher,
  available: true,
  encrypt: (_room, _members, type, content) =>
    Promise.resolve({
      type: "m.room.encrypted",
      content: { ciphertext: Buffer.from(JSON.stringify({ type, content })).toString("base64") },
    }),
};

let server: ScriptedHomeserver;

beforeEach(async () => {
  server = await ScriptedHomeserver.start();
  server.rooms.setState(room, ann, "m.room.create", "", { room_version: "11" });
  server.rooms.setState(room, ann, "m.room.join_rules", "", { join_rule: "invite" });
  server.rooms.take(room, [member(ann, "join"), member(server.me, "join")]);
});
afterEach(() => server.close());

function make(cipher: RoomCipher = base64Cipher): Homeserver {
  const call = createHomeserverCall({ url: server.url, token: server.token, clock: hasty });
  const memory = encryptionMemory(memoryDocuments());
  return new Homeserver({
    call,
    fetchMedia: createFetchMedia({ url: server.url, token: server.token, clock: hasty }),
    me: server.me as UserId,
    cipher,
    memory,
    clock: hasty,
    log: silentLog,
    random: () => 0,
  });
}

function encrypt(): void {
  server.rooms.setState(room, ann, "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
}

const uploads = (): readonly ScriptedRequest[] =>
  server.requests.filter(({ path }) => path.startsWith(UPLOAD));

/** Where an upload has put its file. */
const addressOf = (upload: ScriptedRequest | undefined): string =>
  `mxc:/${upload?.path.slice(UPLOAD.length) ?? ""}`;

/** The only message there is, opened if it was encrypted. */
function theMessage(): { readonly type: string; readonly content: Content } {
  expect(server.rooms.sent).toHaveLength(1);
  const { type, content } = server.rooms.sent[0] as { type: string; content: Content };
  if (type !== "m.room.encrypted") return { type, content };
  return {
    type,
    content: (
      JSON.parse(Buffer.from(String(content["ciphertext"]), "base64").toString()) as {
        content: Content;
      }
    ).content,
  };
}

/** All that the homeserver was sent, as text. */
function everything(): string {
  return server.requests
    .map(
      ({ path, query, body }) =>
        `${path}?${query.toString()} ${Buffer.isBuffer(body) ? body.toString("latin1") : JSON.stringify(body)}`,
    )
    .join("\n");
}

describe("a file", () => {
  it("in an unencrypted room lies in the media repository under its name, and the message says where", async () => {
    const id = await make().sendFile(room, file, once);
    expect(uploads()).toMatchObject([{ contentType: file.mimetype, body: bytes }]);
    expect([...(uploads()[0]?.query ?? [])]).toEqual([["filename", file.name]]);
    expect(server.rooms.sent[0]?.eventId).toBe(id);
    expect(theMessage()).toEqual({
      type: "m.room.message",
      content: {
        msgtype: "m.file",
        body: file.name,
        filename: file.name,
        info: { mimetype: file.mimetype, size: bytes.byteLength },
        url: addressOf(uploads()[0]),
        "m.mentions": {},
        "m.relates_to": { "m.in_reply_to": { event_id: "$asked" } },
      },
    });
  });

  it("is told where it will lie before a byte of it leaves, and is not sent where that fails", async () => {
    const placed: string[] = [];
    const noting = (uri: string): Promise<void> => {
      expect(uploads()).toEqual([]);
      expect(server.rooms.sent).toEqual([]);
      placed.push(uri);
      return placed.length === 1 ? Promise.resolve() : Promise.reject(new Error("disk"));
    };
    await make().sendFile(room, { ...file, placed: noting }, once);
    expect(placed).toEqual([theMessage().content["url"]]);
    server.rooms.sent.splice(0);
    server.requests.splice(0);
    const again = { ...once, step: "again" };
    await expect(make().sendFile(room, { ...file, placed: noting }, again)).rejects.toThrow();
    expect([server.rooms.sent, uploads()]).toEqual([[], []]);
  });

  it("is told where it lies before its message names that, by a homeserver that promises no address", async () => {
    const unknown = { kind: "error", status: 404, errcode: "M_UNRECOGNIZED" } as const;
    server.fault("/media/v1/create", unknown);
    const placed: string[] = [];
    const noting = (uri: string): Promise<void> => {
      expect(server.rooms.sent).toEqual([]);
      return Promise.resolve(void placed.push(uri));
    };
    await make().sendFile(room, { ...file, placed: noting }, once);
    expect(uploads()).toMatchObject([{ method: "POST", body: bytes }]);
    expect(placed).toEqual([`mxc://scripted.test/media${String(uploads()[0]?.number)}`]);
    expect(placed).toEqual([theMessage().content["url"]]);
  });

  it("in an encrypted room is encrypted before it leaves, and the homeserver learns neither its name nor its kind", async () => {
    encrypt();
    await make().sendFile(room, file, once);
    expect(uploads()).toMatchObject([{ contentType: "application/octet-stream" }]);
    expect([...(uploads()[0]?.query ?? [])]).toEqual([]);
    const { type, content } = theMessage();
    expect(type).toBe("m.room.encrypted");
    expect(content).not.toHaveProperty("url");
    expect(content["file"]).toMatchObject({
      url: addressOf(uploads()[0]),
    });
    expect(openAttachment(uploads()[0]?.body as Buffer, content["file"])).toEqual(bytes);
    for (const secret of ["PLAINTEXT", "telling", "jsonl"])
      expect(everything()).not.toContain(secret);
  });

  it("whose message cannot be encrypted lies in the repository sealed, and no message tells of it", async () => {
    encrypt();
    const cipher: RoomCipher = {
      ...base64Cipher,
      encrypt: () => Promise.reject(new UsherError("crypto-engine-broken")),
    };
    await expect(make(cipher).sendFile(room, file, once)).rejects.toMatchObject({
      code: "crypto-engine-broken",
    });
    expect(server.rooms.sent).toEqual([]);
    expect(everything()).not.toContain("PLAINTEXT");
  });

  it("waits while it is not known whether the room is encrypted", async () => {
    encrypt();
    const unknown = server.fault("/state/m.room.encryption", { kind: "html", status: 502 }, 3);
    await make().sendFile(room, file, once);
    expect(unknown.struck).toBe(3);
    expect(uploads()).toHaveLength(1);
    expect(everything()).not.toContain("PLAINTEXT");
  });

  it.each<[string, RoomCipher, number, string]>([
    ["it never becomes known whether the room is encrypted", base64Cipher, 100, "room-unreachable"],
    ["there is no engine", noCipher, 0, "room-encrypted-unreadable"],
  ])("is not uploaded where %s", async (_, cipher, faults, code) => {
    encrypt();
    server.fault("/state/m.room.encryption", { kind: "html", status: 502 }, faults);
    await expect(make(cipher).sendFile(room, file, once)).rejects.toMatchObject({ code });
    expect(uploads()).toEqual([]);
    expect(server.rooms.sent).toEqual([]);
  });

  it("is encrypted anew where the room becomes encrypted while it is under way: no message names the unencrypted one", async () => {
    const port = make();
    const slow = server.fault(UPLOAD, { kind: "hang" });
    const sent = port.sendFile(room, file, once);
    await server.waitForRequest(({ path }) => path.startsWith(UPLOAD));
    encrypt();
    port.noteEncryption(room);
    slow.release();
    await sent;
    const [first, second] = uploads().map(({ body }) => body as Buffer);
    expect(first).toEqual(bytes);
    const { type, content } = theMessage();
    expect(type).toBe("m.room.encrypted");
    expect(content["file"]).toMatchObject({
      url: addressOf(uploads()[1]),
    });
    expect(openAttachment(second ?? bytes, content["file"])).toEqual(bytes);
  });

  it("that is for one person alone is not uploaded where others are, and not told of where others came meanwhile", async () => {
    const port = make();
    const slow = server.fault(UPLOAD, { kind: "hang" });
    const sent = port.sendFile(room, { ...file, onlyFor: ann }, once);
    await server.waitForRequest(({ path }) => path.startsWith(UPLOAD));
    server.rooms.take(room, [member("@bob:scripted.test", "invite", { by: ann })]);
    slow.release();
    const refusal = await sent.catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "room-not-private" });
    expect(sentenceOf(refusal)).toMatch(/nobody but you and I.* in a direct chat and ask again\.$/);
    await expect(
      port.sendFile(room, { ...file, onlyFor: ann }, { ...once, step: "2" }),
    ).rejects.toMatchObject({
      code: "room-not-private",
    });
    expect(uploads()).toHaveLength(1);
    expect(server.rooms.sent).toEqual([]);
  });
});

describe("a file whose message is sent later", () => {
  it.each([
    ["unencrypted", false],
    ["encrypted", true],
  ])(
    "is the same message, %s, however often it is sent, also after a restart",
    async (_, sealed) => {
      if (sealed) encrypt();
      const message = await make().placeFile(room, file);
      expect(server.rooms.sent).toEqual([]);
      expect(message.encrypted).toBe(sealed);
      const stored = JSON.parse(JSON.stringify(message)) as typeof message;
      const id = await make().sendPlaced(room, stored, once, ann);
      expect(await make().sendPlaced(room, stored, once, ann)).toBe(id);
      expect(uploads()).toHaveLength(1);
      expect(JSON.stringify(theMessage().content)).toContain(addressOf(uploads()[0]));
    },
  );

  it("is not sent where others came meanwhile, nor where it lies unencrypted and the room is not any more", async () => {
    const port = make();
    const message = await port.placeFile(room, file);
    encrypt();
    port.noteEncryption(room);
    expect(await port.sendPlaced(room, message, once, ann)).toBeUndefined();
    server.rooms.take(room, [member("@bob:scripted.test", "invite", { by: ann })]);
    await expect(make().sendPlaced(room, message, once, ann)).rejects.toMatchObject({
      code: "room-not-private",
    });
    expect(server.rooms.sent).toEqual([]);
  });
});

describe("too large", () => {
  const limit = (bytes: number): void => {
    server.on("GET /_matrix/client/v3/media/config", () => ({
      status: 200,
      body: { "m.upload.size": bytes },
    }));
  };

  it("for the homeserver, it is not uploaded, and the person is told both sizes", async () => {
    limit(2047);
    expect(await make().mostBytes()).toBe(2047);
    const large = new Uint8Array(2048);
    const refusal: unknown = await make()
      .sendFile(room, { ...file, bytes: inMemory(large) }, once)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "file-too-large",
      view: { name: file.name, kibibytes: 2, most: 1 },
    });
    expect(sentenceOf(refusal)).toContain(
      "`telling-name.jsonl` has 2 KiB, and the homeserver takes no more than 1 KiB, so I sent nothing.",
    );
    expect(uploads()).toEqual([]);
    await make().sendFile(room, { ...file, bytes: inMemory(large.subarray(1)) }, once);
    expect(uploads()).toHaveLength(1);
  });

  it("for a proxy that says so only when it comes, it is not tried again", async () => {
    server.fault(UPLOAD, { kind: "html", status: 413 }, 9);
    await expect(make().sendFile(room, file, once)).rejects.toMatchObject({
      code: "file-too-large",
      view: { name: file.name, kibibytes: 1, most: undefined },
    });
    expect(uploads()).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    [
      "a homeserver that does not know the question",
      { kind: "error", status: 404, errcode: "M_UNRECOGNIZED" },
    ],
    ["a homeserver without a limit", { kind: "json", body: {} }],
    ["one that says so with null", { kind: "json", body: { "m.upload.size": null } }],
    ["one that says so with 0", { kind: "json", body: { "m.upload.size": 0 } }],
  ])("is not guessed of %s", async (_, fault) => {
    server.fault("/media/config", fault);
    await make().sendFile(room, file, once);
    expect(server.rooms.sent).toHaveLength(1);
  });
});

it("a file is there at once where the homeserver promises no more addresses that day (Synapse's max_pending_media_uploads)", async () => {
  server.fault("/media/v1/create", { kind: "limited", bodyMs: 86_400_000 });
  await make().sendFile(room, file, once);
  expect(uploads()).toMatchObject([{ method: "POST", body: bytes }]);
  expect(server.rooms.sent).toHaveLength(1);
});

describe("trying again", () => {
  const passing: readonly (readonly [string, Fault])[] = [
    ["a limit", { kind: "limited", header: "1" }],
    ["a proxy's page", { kind: "html", status: 502 }],
    [
      "an answer without an address",
      { kind: "json", body: { content_uri: "https://elsewhere.example/a" } },
    ],
    ["a connection that breaks", { kind: "close" }],
  ];
  it.each(passing)("after %s, the file is there once and told once", async (_, fault) => {
    const asked = ["/media/config", "/media/v1/create"].map((part) => server.fault(part, fault));
    await make().sendFile(room, file, once);
    expect(asked.map(({ struck }) => struck)).toEqual([1, 1]);
    expect(uploads()).toHaveLength(1);
    theMessage();
  });

  it.each(passing.filter(([name]) => name !== "an answer without an address"))(
    "after %s to the bytes, they are sent to another address",
    async (_, fault) => {
      const bytesSent = server.fault(UPLOAD, fault);
      await make().sendFile(room, file, once);
      expect(bytesSent.struck).toBe(1);
      expect(new Set(uploads().map(addressOf)).size).toBe(2);
      expect(theMessage().content["url"]).toBe(addressOf(uploads()[1]));
    },
  );

  it("of the message alone does not upload the file again", async () => {
    encrypt();
    const said = server.fault(`${room}/send/`, { kind: "html", status: 502 }, 4);
    await make().sendFile(room, file, once);
    expect(said.struck).toBe(4);
    expect(uploads()).toHaveLength(1);
  });

  it.each([
    ["unencrypted", false],
    ["encrypted", true],
  ])(
    "after a restart is the same message (%s); the second copy is the one that is not used",
    async (_, encrypted) => {
      if (encrypted) encrypt();
      const id = await make().sendFile(room, file, once);
      expect(await make().sendFile(room, file, once)).toBe(id);
      expect(uploads()).toHaveLength(2);
      expect(JSON.stringify(theMessage().content)).toContain(addressOf(uploads()[0]));
    },
  );

  it("is given up after a refusal, and what is thrown holds neither the token nor the homeserver's words", async () => {
    server.fault(
      UPLOAD,
      {
        kind: "error",
        status: 403,
        errcode: "M_FORBIDDEN",
        more: { error: `SECRET ${server.token}` },
      },
      9,
    );
    const failure: unknown = await make()
      .sendFile(room, file, once)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "room-unreachable",
      view: { status: 403, code: "M_FORBIDDEN", action: "send-file" },
    });
    expect(JSON.stringify(failure)).not.toMatch(/SECRET|scripted-token/);
    expect(uploads()).toHaveLength(1);
  });
});
