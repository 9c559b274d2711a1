import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { AccountNews } from "./accountNews.ts";
import { ModuleListener } from "./moduleListener.ts";
import { signatureOf } from "./signature.ts";

const SECRET = "a secret of thirty-two characters";
const ME = "@usher:example.org" as UserId;

let clock: ManualClock;
let heard: AccountNews[];
let failing: boolean;
let listener: ModuleListener;

function open(port = 0): ModuleListener {
  return new ModuleListener({
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

  it("a long body is not read to its end", async () => {
    expect((await say("x".repeat(4_097))).status).toBe(413);
    expect((await say("x".repeat(4_096))).status).toBe(400);
  });

  it("whoever asks without end is not listened to until a minute is over", async () => {
    const statuses = new Set<number>();
    for (let times = 0; times < 600; times += 1)
      statuses.add((await fetch(address(), { method: "PUT" })).status);
    expect([...statuses]).toEqual([405]);
    expect((await say()).status).toBe(429);
    clock.advance(60_000);
    expect((await say()).status).toBe(200);
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
