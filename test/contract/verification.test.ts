import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type { CryptoSyncPart } from "../../src/matrix/crypto/cipher.ts";
import type { OpenCipher } from "../../src/matrix/crypto/openCipher.ts";
import type { Content } from "../../src/matrix/port.ts";
import { CryptoHome, ME } from "./cryptoHome.ts";

const ROOM = "!direct:example.org" as RoomId;
const BOB = "@bob:example.org" as UserId;
const FLOW = "$flow" as EventId;
const RELATION = { rel_type: "m.reference", event_id: FLOW };

interface Sent {
  readonly room: RoomId;
  readonly type: string;
  readonly content: Content;
  readonly transaction: string;
}

/** One side of a comparison is Usher, the other is written by hand: what Usher does when the person does not go on. */
describe("a comparison of emoji that nobody ends", () => {
  let home: CryptoHome;
  let usher: OpenCipher;
  let bob: CryptoHome;
  let news: string[];
  let sent: Sent[];
  let later = 0;

  beforeEach(async () => {
    later = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + later);
    [home, bob] = [new CryptoHome(), new CryptoHome()];
    bob.server = home.server;
    await bob.start("LAPTOP", { me: BOB, call: home.server.callOf(BOB, "LAPTOP") });
    usher = await home.start();
    [news, sent] = [[], []];
    usher.onVerification(({ phase }) => news.push(phase));
    usher.cipher.sendsBy((room, type, content, transaction) => {
      sent.push({ room, type, content, transaction });
      return Promise.resolve(`$${String(sent.length)}` as EventId);
    });
    await usher.cipher.track([BOB]);
    await usher.cipher.flush();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all([home.remove(), bob.remove()]);
  });

  async function hear(toDevice: readonly Content[] = []): Promise<void> {
    const part: CryptoSyncPart = { ...home.server.sync(ME, "DEVICE"), toDevice };
    await usher.cipher.receive(part);
    await usher.cipher.flush();
  }

  const types = (): string[] => sent.map(({ type }) => type.replace("m.key.verification.", ""));

  const START = {
    from_device: "LAPTOP",
    method: "m.sas.v1",
    key_agreement_protocols: ["curve25519-hkdf-sha256"],
    hashes: ["sha256"],
    message_authentication_codes: ["hkdf-hmac-sha256.v2"],
    short_authentication_string: ["emoji", "decimal"],
  };
  const KEY = { key: randomBytes(32).toString("base64").replace(/=+$/, "") };

  /** Until Usher shows emoji, in a room. */
  async function inRoom(): Promise<void> {
    const say = async (type: string, content: Content, eventId: string): Promise<void> => {
      const event = { type, content, event_id: eventId, sender: BOB, origin_server_ts: Date.now() };
      usher.cipher.verification(ROOM, event);
      await usher.cipher.flush();
    };
    const relation = { "m.relates_to": RELATION };
    const request = {
      msgtype: "m.key.verification.request",
      body: "verify",
      from_device: "LAPTOP",
      methods: ["m.sas.v1"],
      to: ME,
    };
    await say("m.room.message", request, FLOW);
    await say("m.key.verification.start", { ...START, ...relation }, "$start");
    await say("m.key.verification.key", { ...KEY, ...relation }, "$key");
  }

  /** The same, from device to device. */
  async function toDevice(): Promise<void> {
    const say = (type: string, content: Content): Promise<void> =>
      hear([
        {
          type: `m.key.verification.${type}`,
          sender: BOB,
          content: { ...content, transaction_id: "flow" },
        },
      ]);
    await say("request", { from_device: "LAPTOP", methods: ["m.sas.v1"], timestamp: Date.now() });
    await say("start", START);
    await say("key", KEY);
  }

  const cancelled = (): readonly Content[] =>
    home.server
      .sync(BOB, "LAPTOP")
      .toDevice.filter(({ type }) => type === "m.key.verification.cancel");

  it("is ended by the library when its time is over, in the room, and operators hear of it", async () => {
    await inRoom();
    expect(types()).toEqual(["ready", "accept", "key"]);
    expect(new Set(sent.map(({ room }) => room))).toEqual(new Set([ROOM]));
    expect(sent.map(({ content }) => content["m.relates_to"])).toEqual([
      RELATION,
      RELATION,
      RELATION,
    ]);
    expect(news).toEqual(["emoji"]);
    await hear();
    expect(news).toEqual(["emoji"]);
    later = 61_000;
    await hear();
    expect(news).toEqual(["emoji", "cancelled"]);
    expect(types()).toEqual(["ready", "accept", "key", "cancel"]);
    expect(sent.at(-1)?.content).toMatchObject({ code: "m.timeout" });
    await hear();
    await hear();
    expect(news).toEqual(["emoji", "cancelled"]);
  });

  it("is ended by the library when its time is over, from device to device, and operators hear of it", async () => {
    await toDevice();
    expect(news).toEqual(["emoji"]);
    expect(cancelled()).toEqual([]);
    later = 61_000;
    await hear();
    expect(news).toEqual(["emoji", "cancelled"]);
    expect(cancelled()).toMatchObject([{ content: { code: "m.timeout", transaction_id: "flow" } }]);
    expect(sent).toEqual([]);
  });
});
