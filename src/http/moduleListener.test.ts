import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerTo, connected } from "../../test/harness/rawHttp.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { AccountNews } from "./accountNews.ts";
import { ModuleListener } from "./moduleListener.ts";
import { signatureOf, type Claims } from "./signature.ts";

const SECRET = "a secret of thirty-two characters";
const ME = "@usher:example.org" as UserId;

let clock: ManualClock;
let heard: AccountNews[];
let failing: boolean;
let listener: ModuleListener;

function open(port = 0, requestMs = 10_000): ModuleListener {
  return new ModuleListener({
    requestMs,
    ...{ me: ME, secret: SECRET, host: "127.0.0.1", port, clock, log: silentLog },
    heard: (news) => {
      if (failing) return Promise.reject(new Error("disk"));
      heard.push(news);
      return Promise.resolve();
    },
  });
}

const address = (): string => `http://127.0.0.1:${String(listener.port)}/_usher/v1/account`;
let nonces = 0;

/** As the module does it. */
async function say(body: string = said(), more: RequestInit = {}): Promise<Response> {
  nonces += 1;
  const claims = { time: String(clock.now()), nonce: nonces.toString(16).padStart(32, "0") };
  const headers = {
    "x-usher-time": claims.time,
    "x-usher-nonce": claims.nonce,
    "x-usher-signature": signatureOf(SECRET, claims, Buffer.from(body)),
  };
  return fetch(address(), { method: "POST", headers, body, ...more });
}

function said(): string {
  const ts = clock.now();
  return JSON.stringify({ user_id: "@ann:example.org", deactivated: true, by_admin: true, ts });
}

/** Of a time that is put in when it is sent. */
const CLAIMS = { time: "TIME", nonce: "f".repeat(32), signature: "a".repeat(64) };

/** The head of such a request, but for how long its body is. */
function headOf({ time, nonce, signature }: Claims): string {
  const claims = [
    `x-usher-time: ${time}`,
    `x-usher-nonce: ${nonce}`,
    `x-usher-signature: ${signature}`,
  ];
  return ["POST /_usher/v1/account HTTP/1.1", "host: x", ...claims, ""].join("\r\n");
}

beforeEach(async () => {
  clock = new ManualClock();
  heard = [];
  failing = false;
  listener = open();
  await listener.start();
});
afterEach(() => {
  listener.stop();
});

describe("R26 where Usher listens for the module", () => {
  it("what is stored is answered well, in JSON as Synapse wants it", async () => {
    const response = await say();
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(heard).toEqual([{ person: "@ann:example.org", is: "deactivated", at: clock.now() }]);
  });

  it("what cannot be stored is to be said again", async () => {
    failing = true;
    expect((await say()).status).toBe(503);
    failing = false;
    expect((await say()).status).toBe(200);
  });

  it("what nobody signed changes nothing", async () => {
    expect((await say(said(), { headers: {} })).status).toBe(401);
    expect((await fetch(address())).status).toBe(405);
    expect((await fetch(new URL("/", address()))).status).toBe(404);
    expect(heard).toEqual([]);
  });

  it("a long body is not read, or not to its end where its length is not told", async () => {
    expect((await say("x".repeat(4_097))).status).toBe(413);
    expect((await say("x".repeat(4_096))).status).toBe(400);
    const claims = { time: String(clock.now()), nonce: "f".repeat(32) };
    const head = headOf({ ...claims, signature: "a".repeat(64) });
    // Nothing of it has come.
    expect(await answerTo(listener.port, `${head}content-length: 4097\r\n\r\n`)).toContain("413");
    const piece = `1001\r\n${"x".repeat(0x1001)}\r\n`;
    expect(
      await answerTo(listener.port, `${head}transfer-encoding: chunked\r\n\r\n${piece}`),
    ).toContain("413");
  });

  it("whoever has no secret uses up nothing of whoever has it, however often they ask", async () => {
    const forged = { method: "POST", body: "{}", headers: { "x-usher-signature": "a".repeat(64) } };
    const statuses = new Set<number>();
    for (let times = 0; times < 300; times += 1) {
      statuses.add((await fetch(address(), { method: "PUT" })).status);
      statuses.add((await fetch(address(), forged)).status);
    }
    expect([...statuses]).toEqual([405, 401]);
    expect((await fetch(address(), forged)).status).toBe(429);
    expect((await say()).status).toBe(200);
    clock.advance(60_000);
    expect((await fetch(address(), forged)).status).toBe(401);
  });

  it("whoever has the secret is not listened to without end either, until a minute is over", async () => {
    const statuses = new Set<number>();
    for (let times = 0; times < 600; times += 1) statuses.add((await say()).status);
    expect([...statuses]).toEqual([200]);
    expect((await say()).status).toBe(429);
    clock.advance(60_000);
    expect((await say()).status).toBe(200);
  });

  it.each([
    ["nothing", ""],
    ["half of its head", "POST /_usher/v1/account HTTP/1.1\r\nhost: x\r\n"],
    ["half of its body", `${headOf(CLAIMS)}content-length: 9\r\n\r\nab`],
  ])("a connection over which comes %s is cut", async (_, text) => {
    listener.stop();
    listener = open(0, 100);
    await listener.start();
    // A claim of now, so that its body is waited for.
    const socket = await connected(listener.port);
    socket.write(text.replace("TIME", String(clock.now())));
    socket.resume();
    await once(socket, "close");
    expect((await say()).status).toBe(200);
  });

  it("however many connections are held open, the module gets through", async () => {
    const held = [];
    for (let index = 0; index < 100; index += 1) held.push(await connected(listener.port));
    expect((await say()).status).toBe(200);
    for (const socket of held) socket.destroy();
  });

  it("a connection that breaks off harms nothing", async () => {
    const socket = connect(listener.port ?? 0, "127.0.0.1");
    socket.write("POST /_usher/v1/account HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nab");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
    expect((await say()).status).toBe(200);
  });

  it("an address that is taken fails the start, and can be tried again", async () => {
    const second = open(listener.port);
    await expect(second.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
    listener.stop();
    await expect.poll(() => second.start().then(() => second.port)).toBeTypeOf("number");
    second.stop();
  });

  it("nothing listens after a stop", async () => {
    const where = address();
    listener.stop();
    await expect(fetch(where)).rejects.toThrow();
  });
});
