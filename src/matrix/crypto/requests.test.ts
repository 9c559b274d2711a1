import { describe, expect, it } from "vitest";
import { ManualClock, systemClock, type Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { CallOptions, HomeserverCall } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import type { EngineRequest } from "./engine.ts";
import { RequestSender, route } from "./requests.ts";

const query = (id: string): EngineRequest => ({ kind: "keysQuery", id, body: `{"id":"${id}"}` });
const refused = new HomeserverError({ kind: "answered", status: 400, errcode: "M_BAD_JSON" });
const limited = new HomeserverError({ kind: "answered", status: 429, retryAfterMs: 1 });

/** An engine with these requests waiting, and a homeserver that answers as told by request id. */
function scripted(
  waiting: EngineRequest[],
  answer: (id: string, attempt: number) => object | HomeserverError = () => ({}),
  clock: Clock = systemClock,
) {
  const told: string[] = [];
  const calls: string[] = [];
  const attempts = new Map<string, number>();
  let running = 0;
  let most = 0;
  const call: HomeserverCall = async (_method, _path, { body }: CallOptions = {}) => {
    const { id } = body as { id: string };
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    calls.push(id);
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const result = answer(id, attempt);
    if (result instanceof HomeserverError) throw result;
    return result;
  };
  const engine = {
    outgoing: () => Promise.resolve([...waiting]),
    sent: ({ id }: EngineRequest) => {
      told.push(id ?? "");
      const at = waiting.findIndex((one) => one.id === id);
      if (at !== -1) waiting.splice(at, 1);
      return Promise.resolve();
    },
  };
  const sender = new RequestSender({
    engine,
    call,
    clock,
    log: silentLog,
    signal: new AbortController().signal,
  });
  return { sender, told, calls, waiting, most: () => most };
}

describe("carrying the engine's requests", () => {
  it("sends all that waits, one at a time, and what comes up meanwhile", async () => {
    const { sender, told, waiting, most } = scripted([query("a"), query("b")], (id) => {
      if (id === "a") waiting.push(query("c"));
      return {};
    });
    await sender.drain();
    expect(told).toEqual(["a", "b", "c"]);
    expect(most()).toBe(1);
  });

  it("tries again what may pass, and tells the engine only of what the homeserver took", async () => {
    const { sender, told, calls } = scripted([query("a")], (_, attempt) =>
      attempt === 1 ? limited : {},
    );
    await sender.drain();
    expect(calls).toEqual(["a", "a"]);
    expect(told).toEqual(["a"]);
  });

  it("leaves what is refused, goes on with the rest, and does not ask again at once", async () => {
    const { sender, told, calls, waiting } = scripted([query("bad"), query("good")], (id) =>
      id === "bad" ? refused : {},
    );
    await sender.drain();
    expect(told).toEqual(["good"]);
    expect(waiting.map(({ id }) => id)).toEqual(["bad"]);
    await sender.drain();
    expect(calls).toEqual(["bad", "good"]);
  });

  it("asks once a round for keys that it cannot get, although the query has a new id each time", async () => {
    const bodies: unknown[] = [];
    let asked = 0;
    const engine = {
      outgoing: () => Promise.resolve([{ ...query(String((asked += 1))), body: "{}" }]),
      sent: () => Promise.resolve(),
    };
    const call: HomeserverCall = (_method, _path, { body } = {}) => {
      if (bodies.push(body) > 10) throw new Error("asked without end");
      return Promise.reject(refused);
    };
    const sender = new RequestSender({
      engine,
      call,
      clock: systemClock,
      log: silentLog,
      signal: new AbortController().signal,
    });
    await sender.drain();
    await sender.drain();
    expect(bodies).toEqual([{}]);
  });

  it("ends its round when Usher stops", async () => {
    const stop = new AbortController();
    let asked = 0;
    const engine = {
      outgoing: () => Promise.resolve([query(String((asked += 1)))]),
      sent: () => {
        if (asked > 10) throw new Error("goes on without end");
        if (asked === 3) stop.abort();
        return Promise.resolve();
      },
    };
    const sender = new RequestSender({
      engine,
      call: () => Promise.resolve({}),
      clock: systemClock,
      log: silentLog,
      signal: stop.signal,
    });
    await sender.drain();
    expect(asked).toBe(3);
  });

  it("whoever asks during a round gets one that began after they asked", async () => {
    const { sender, told, waiting, most } = scripted([query("a")]);
    const first = sender.drain();
    waiting.push(query("b"));
    const [second, third] = [sender.drain(), sender.drain()];
    expect(second).toBe(third);
    await Promise.all([first, second]);
    expect(told).toEqual(["a", "b"]);
    expect(most()).toBe(1);
    waiting.push(query("c"));
    await sender.drain();
    expect(told).toEqual(["a", "b", "c"]);
  });

  it("rejects where given requests cannot be sent, after those before them", async () => {
    const { sender, told } = scripted([], (id) => (id === "b" ? refused : {}));
    await expect(sender.send([query("a"), query("b"), query("c")])).rejects.toBe(refused);
    expect(told).toEqual(["a"]);
  });

  it("leaves what is for rooms to its own way, keeps what could not go it, and tries that again under the same transaction", async () => {
    const inRoom: EngineRequest = {
      kind: "roomMessage",
      id: "r",
      body: `{"id":"r"}`,
      roomId: "!room:x",
      eventType: "m.key.verification.key",
      txnId: "t",
    };
    const clock = new ManualClock();
    const { sender, told, calls, waiting } = scripted([inRoom, query("a")], () => ({}), clock);
    const sent: string[] = [];
    let refusal: UsherError | undefined = new UsherError("crypto-keys-unshared");
    await sender.sendToRooms();
    sender.sendsBy((room, type, content, transaction) => {
      sent.push(`${room} ${type} ${JSON.stringify(content)} ${transaction}`);
      return refusal === undefined ? Promise.resolve("$1" as EventId) : Promise.reject(refusal);
    });
    await sender.drain();
    expect([told, calls, sent]).toEqual([["a"], ["a"], []]);
    await sender.sendToRooms();
    await sender.sendToRooms();
    expect(sent).toHaveLength(1);
    expect(waiting).toHaveLength(1);
    refusal = undefined;
    clock.advance(60_000);
    await sender.sendToRooms();
    await sender.sendToRooms();
    expect(sent).toEqual(Array(2).fill(`!room:x m.key.verification.key {"id":"r"} t`));
    expect([told, calls, waiting]).toEqual([["a", "r"], ["a"], []]);
  });

  it.each([
    [{ kind: "keysUpload", id: "1", body: "{}" }, "POST", "/keys/upload"],
    [{ kind: "keysClaim", id: "1", body: "{}" }, "POST", "/keys/claim"],
    [{ kind: "signatures", id: "1", body: "{}" }, "POST", "/keys/signatures/upload"],
    [
      { kind: "toDevice", id: "1", body: "{}", eventType: "m.room.encrypted", txnId: "a/b" },
      "PUT",
      "/sendToDevice/m.room.encrypted/a%2Fb",
    ],
    [{ kind: "backup", id: "1", body: "{}", version: "3" }, "PUT", "/room_keys/keys"],
  ] as const)("knows the way of %j", (request, method, path) => {
    const [by, to, options] = route(request);
    expect([by, to]).toEqual([method, `/_matrix/client/v3${path}`]);
    expect(options.query?.["version"]).toBe("version" in request ? request.version : undefined);
  });
});
