import { createDecipheriv, createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import { openAttachment } from "../../test/harness/attachments.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { member } from "../../test/harness/rawEvents.ts";
import { ScriptedHomeserver } from "../../test/harness/scriptedHomeserver.ts";
import { systemClock, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { UploadType } from "../privacy/declared.ts";
import { createHomeserverCall } from "./client.ts";
import { noCipher, type RoomCipher } from "./crypto/cipher.ts";
import { createFetchMedia } from "./download.ts";
import { encryptionMemory } from "./encryptionState.ts";
import { Homeserver } from "./homeserver.ts";
import { placeFile } from "./media.ts";
import type { ByteSource, UploadContent } from "./fileContent.ts";
import type { Content } from "./port.ts";

const PIECE = 65_536;
const MIB = 1_048_576;
const LARGE = 96 * MIB;
const room = "!room:scripted.test" as RoomId;
const once = { cause: "$asked", step: "file" };

/** A piece that differs from every other, so that one in the wrong place is seen. */
const piece = (index: number, length = PIECE): Buffer =>
  Buffer.alloc(length, `piece ${String(index)};`);

/** A source of so many pieces, that knows what became of it. */
class Pieces implements ByteSource {
  opened = 0;
  closed = 0;
  given = 0;
  readonly #count: number;
  readonly #failure: { readonly at: number; readonly error: Error } | undefined;
  readonly size?: number;

  constructor(
    count: number,
    { known = true, failure }: { known?: boolean; failure?: { at: number; error: Error } } = {},
  ) {
    this.#count = count;
    this.#failure = failure;
    if (known) this.size = count * PIECE;
  }

  // Bound, for it is taken out of its object.
  readonly open = async function* (this: Pieces): AsyncGenerator<Uint8Array, void> {
    this.opened += 1;
    try {
      for (let index = 0; index < this.#count; index += 1) {
        if (this.#failure?.at === index) throw this.#failure.error;
        this.given += PIECE;
        yield await Promise.resolve(piece(index));
      }
    } finally {
      this.closed += 1;
    }
  }.bind(this);

  get whole(): Buffer {
    return Buffer.concat(Array.from({ length: this.#count }, (_, index) => piece(index)));
  }
}

const file = (bytes: ByteSource): UploadContent => ({
  holds: "a test" as UploadType,
  name: "film.bin",
  mimetype: "video/x-test",
  bytes,
});

describe("a large file", () => {
  let sink: Server;
  let received = 0;
  let look: (piece: Buffer) => void = () => undefined;
  let lengthTold: string | undefined;

  beforeEach(async () => {
    received = 0;
    sink = createServer((incoming, outgoing) => {
      outgoing.setHeader("content-type", "application/json");
      if (incoming.url === "/_matrix/media/v1/create") {
        incoming.resume();
        outgoing.end(JSON.stringify({ content_uri: "mxc://sink.test/file" }));
        return;
      }
      lengthTold = incoming.headers["content-length"];
      incoming.on("data", (bytes: Buffer) => {
        received += bytes.length;
        look(bytes);
      });
      incoming.on("end", () => {
        outgoing.end("{}");
      });
    });
    await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    look = () => undefined;
    sink.closeAllConnections();
    await new Promise((resolve) => sink.close(resolve));
  });

  it.each([
    ["as it is", false],
    ["sealed", true],
  ])("goes out %s without ever being whole in memory, to the byte", async (_, encrypted) => {
    const { port } = sink.address() as AddressInfo;
    const call = createHomeserverCall({ url: `http://127.0.0.1:${String(port)}`, token: "t" });
    const source = new Pieces(LARGE / PIECE);
    const hash = createHash("sha256");
    const seen: Buffer[] = [];
    let kept = 0;
    let underWay = 0;
    look = (bytes) => {
      underWay = Math.max(underWay, source.given - received);
      hash.update(bytes);
      if (kept < MIB) seen.push(bytes);
      kept += bytes.length;
    };
    const placed = await placeFile(call, file(source), encrypted, new AbortController().signal);
    expect(received).toBe(LARGE);
    expect(lengthTold).toBe(String(LARGE));
    expect(placed.size).toBe(LARGE);
    // What the two ends of the connection hold of it, and a few pieces.
    expect(underWay).toBeLessThan(16 * MIB);
    const beginning = Buffer.concat(seen).subarray(0, 8 * PIECE);
    const plain = Buffer.concat(Array.from({ length: 8 }, (__, index) => piece(index)));
    const sealed = placed.place["file"] as
      { key: { k: string }; iv: string; hashes: { sha256: string } } | undefined;
    if (sealed === undefined) {
      expect(beginning.equals(plain)).toBe(true);
      return;
    }
    expect(hash.digest("base64").replaceAll("=", "")).toBe(sealed.hashes.sha256);
    const [key, iv] = [Buffer.from(sealed.key.k, "base64url"), Buffer.from(sealed.iv, "base64")];
    const opened = createDecipheriv("aes-256-ctr", key, iv).update(beginning);
    expect(opened.equals(plain)).toBe(true);
  });
});

/** Waits between tries are over at once; the time limits of requests never come. */
const hasty: Clock = {
  now: systemClock.now,
  after: (ms, task) => systemClock.after(ms < 10_000 ? 0 : ms, task),
};

const openCipher: RoomCipher = {
  ...noCipher,
  available: true,
  encrypt: (_room, _members, type, content) =>
    Promise.resolve({ type: "m.room.encrypted", content: { type, content } }),
};

describe("files and a homeserver", () => {
  let server: ScriptedHomeserver;
  let port: Homeserver;

  beforeEach(async () => {
    server = await ScriptedHomeserver.start();
    const { url, token } = server;
    server.rooms.setState(room, server.me, "m.room.create", "", { room_version: "11" });
    server.rooms.take(room, [member(server.me, "join")]);
    port = new Homeserver({
      call: createHomeserverCall({ url, token, clock: hasty }),
      fetchMedia: createFetchMedia({ url, token, clock: hasty }),
      me: server.me as UserId,
      cipher: openCipher,
      memory: encryptionMemory(memoryDocuments()),
      clock: hasty,
      log: silentLog,
      random: () => 0,
    });
  });
  afterEach(() => server.close());

  const uploads = (): readonly Buffer[] =>
    server.requests
      .filter(({ path }) => path.startsWith("/_matrix/media/v3/upload"))
      .map(({ body }) => body as Buffer);
  const encrypt = (): void => {
    const content = { algorithm: "m.megolm.v1.aes-sha2" };
    server.rooms.setState(room, server.me, "m.room.encryption", "", content);
  };
  const sentFile = (): Content =>
    (server.rooms.sent as unknown as [{ content: { content: { file: Content } } }])[0].content
      .content.file;
  const told = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> =>
    Buffer.concat(await Array.fromAsync(bytes));

  it("a file that is no message lies at the address that is given, and comes back as it was", async () => {
    const source = new Pieces(3);
    const address = await port.upload(file(source));
    expect(server.rooms.sent).toEqual([]);
    expect(server.requests.at(-1)?.query.get("filename")).toBe("film.bin");
    const { mimetype, bytes } = await port.download(address, 3 * PIECE);
    expect(mimetype).toBe("video/x-test");
    expect((await told(bytes)).equals(source.whole)).toBe(true);
    expect(server.requests.at(-1)).toMatchObject({
      path: `/_matrix/client/v3/media/download/${address.slice("mxc://".length)}`,
      token: server.token,
    });
  });

  it("one whose length nobody knows is counted first, and told of as long as it is", async () => {
    const source = new Pieces(3, { known: false });
    await port.sendFile(room, file(source), once);
    expect([source.opened, source.closed]).toEqual([2, 2]);
    expect(server.rooms.sent[0]?.content).toMatchObject({ info: { size: 3 * PIECE } });
    expect(uploads()[0]?.equals(source.whole)).toBe(true);
  });

  it("of one whose length nobody knows no more is counted than the homeserver takes", async () => {
    server.on("GET /_matrix/client/v3/media/config", () => ({
      status: 200,
      body: { "m.upload.size": 2 * PIECE },
    }));
    const source = new Pieces(1_000_000, { known: false });
    await expect(port.upload(file(source))).rejects.toMatchObject({
      code: "file-too-large",
      view: { name: "film.bin", kibibytes: undefined, most: 128 },
    });
    expect(await refusalOf(port.upload(file(new Pieces(1_000_000, { known: false }))))).toContain(
      "is larger than the homeserver takes, which is 128 KiB, so I sent nothing",
    );
    expect([source.given, source.closed]).toEqual([3 * PIECE, 1]);
    expect(uploads()).toEqual([]);
  });

  it.each([
    ["an error of its own", new UsherError("file-too-large", {}), "file-too-large"],
    ["one that nobody foresaw", new Error("the disk is gone"), "unexpected"],
  ])(
    "a source that breaks in the middle with %s leaves no message, and is not asked again",
    async (_, error, code) => {
      encrypt();
      const source = new Pieces(9, { failure: { at: 4, error } });
      await expect(port.sendFile(room, file(source), once)).rejects.toMatchObject({ code });
      expect([source.opened, source.closed]).toEqual([1, 1]);
      expect(server.rooms.sent).toEqual([]);
    },
  );

  it.each([-1, 1])("a source that is %d byte off leaves no message", async (off) => {
    const { open } = new Pieces(2);
    const bytes = { open, size: 2 * PIECE + off };
    await expect(port.sendFile(room, file(bytes), once)).rejects.toMatchObject({
      code: "unexpected",
    });
    expect(server.rooms.sent).toEqual([]);
  });

  it("a connection that breaks in the middle is tried again from the beginning, under another key", async () => {
    encrypt();
    server.fault("/upload", { kind: "close", afterEffect: true });
    const source = new Pieces(3);
    await port.sendFile(room, file(source), once);
    expect(source.opened).toBe(2);
    const [first, second] = uploads();
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(false);
    expect(openAttachment(second ?? Buffer.alloc(0), sentFile()).equals(source.whole)).toBe(true);
    expect(server.rooms.sent).toHaveLength(1);
  });

  it("what is fetched may pass a fault at its beginning", async () => {
    const address = await port.upload(file(new Pieces(1)));
    const fault = server.fault("/media/download/", { kind: "html", status: 502 });
    expect(await told((await port.download(address, PIECE)).bytes)).toHaveLength(PIECE);
    expect(fault.struck).toBe(1);
  });

  it("what is not there is said so once", async () => {
    const address = await port.upload(file(new Pieces(1)));
    const gone = { kind: "error", status: 404, errcode: "M_NOT_FOUND" } as const;
    const fault = server.fault("/media/download/", gone, 9);
    await expect(port.download(address, PIECE)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { status: 404, code: "M_NOT_FOUND", action: "download", passing: false },
    });
    expect(fault.struck).toBe(1);
  });

  it("what says that it is larger than is taken is not read, nor what is so without saying", async () => {
    const address = await port.upload(file(new Pieces(2)));
    const refused = { code: "download-too-large", view: { most: 127 } };
    await expect(port.download(address, 2 * PIECE - 1)).rejects.toMatchObject(refused);
    expect(await refusalOf(port.download(address, 2 * PIECE - 1))).toContain(
      "larger than I take, which is 127 KiB",
    );
    server.on("GET /_matrix/client/v3/media/download/:rest", async (_request, __, outgoing) => {
      outgoing.writeHead(200);
      outgoing.write(piece(0));
      outgoing.write(piece(1));
      await new Promise((over) => outgoing.once("close", over));
      return { status: 200 };
    });
    const { mimetype, bytes } = await port.download(address, 2 * PIECE - 1);
    expect(mimetype).toBeUndefined();
    await expect(told(bytes)).rejects.toMatchObject(refused);
  });

  it("the file of a message is fetched whole, and opened where it was sealed", async () => {
    for (const encrypted of [false, true]) {
      if (encrypted) encrypt();
      const { content } = await port.placeFile(room, file(new Pieces(2)));
      const whole = await port.attachment(content, 2 * PIECE);
      expect(Buffer.from(whole).equals(Buffer.concat([piece(0), piece(1)]))).toBe(true);
      await expect(port.attachment(content, PIECE)).rejects.toMatchObject({
        code: "download-too-large",
      });
    }
  });

  it("a message without a file, or with another than was sent, is said so", async () => {
    expect(await refusalOf(port.attachment({ msgtype: "m.text", body: "x" }, PIECE))).toContain(
      "That message has no picture or file",
    );
    encrypt();
    const { content } = await port.placeFile(room, file(new Pieces(1)));
    const other = await port.upload(file(new Pieces(2)));
    const sealed = { ...(content["file"] as Content), url: other };
    expect(await refusalOf(port.attachment({ file: sealed }, MIB))).toContain(
      "is not the file that was sent",
    );
    await expect(port.attachment({ file: {} }, MIB)).rejects.toMatchObject({
      code: "attachment-none",
    });
  });

  it("what breaks while it is read fails with its code, and what is left unread is closed", async () => {
    const address = await port.upload(file(new Pieces(1)));
    let ended: Promise<unknown> = Promise.resolve();
    let breaks = true;
    server.on("GET /_matrix/client/v3/media/download/:rest", async (_request, __, outgoing) => {
      ended = new Promise((over) => outgoing.once("close", over));
      outgoing.writeHead(200, { "content-length": 3 * PIECE });
      outgoing.write(piece(0), () => {
        if (breaks) outgoing.destroy();
      });
      await ended;
      return { status: 200 };
    });
    await expect(told((await port.download(address, 9 * PIECE)).bytes)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { action: "download", passing: true },
    });
    breaks = false;
    for await (const _ of (await port.download(address, 9 * PIECE)).bytes) break;
    await ended;
  });

  it("a stop ends what is under way", async () => {
    const address = await port.upload(file(new Pieces(1)));
    const hang = server.fault("/media/download/", { kind: "hang" });
    const fetched = port.download(address, PIECE);
    const rejected = expect(fetched).rejects.toMatchObject({ code: "room-unreachable" });
    await server.waitForRequest(({ path }) => path.includes("/media/download/"));
    await port.stop(0);
    await rejected;
    hang.release();
  });
});
