import { expect, it } from "vitest";
import { HomeserverError } from "../errors.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog, type LogFields } from "../../kernel/log.ts";
import type { CryptoEngine, EngineRequest } from "./engine.ts";
import { FirstContact } from "./firstContact.ts";
import type { RequestSender } from "./requests.ts";
import { RoomKeys } from "./roomKeys.ts";
import { Supervisor } from "./supervisor.ts";

const SLOW = "!slow:example.org" as RoomId;
const GOOD = "!good:example.org" as RoomId;
const mallory = "@mallory:evil.test" as UserId;
const ada = "@ada:example.org" as UserId;
const request = (body: string): EngineRequest => ({ kind: "keysClaim", id: undefined, body });

/** An engine that wants a claim for everybody, on a homeserver that never answers one for Mallory. */
function scene() {
  const done: string[] = [];
  const engine = {
    track: () => Promise.resolve(),
    claim: (users: readonly UserId[]) => Promise.resolve(request(users.join())),
    query: (users: readonly UserId[]) => Promise.resolve(request(users.join())),
    roomSettings: () => Promise.resolve(undefined),
    share: () => Promise.resolve([]),
    encrypt: (room: RoomId) => Promise.resolve({ room }),
    rotate: (room: RoomId) => Promise.resolve(void done.push(`rotate ${room}`)),
  } as unknown as CryptoEngine;
  const sender = {
    drain: () => Promise.resolve(),
    send: ([one]: readonly EngineRequest[]) =>
      one?.body.includes("mallory") === true ? new Promise(() => undefined) : Promise.resolve(),
  } as unknown as RequestSender;
  const log = { ...silentLog, warn: ({ what }: LogFields) => void done.push(what) };
  return { engine, sender, done, log };
}

it("a claim that a slow server holds up delays no other room, nor who hears that somebody left", async () => {
  const { engine, sender, done, log } = scene();
  const keys = new RoomKeys({ engine, sender, keysPatienceMs: 200, log });
  const slow = keys.encrypt(SLOW, [mallory], "m.room.message", {});
  const next = keys.encrypt(SLOW, [ada], "m.room.message", {});
  await expect(keys.encrypt(GOOD, [ada], "m.room.message", {})).resolves.toEqual({ room: GOOD });
  await keys.rotate(SLOW);
  await keys.rotate(GOOD);
  expect(done).toEqual([`rotate ${GOOD}`]);
  await expect(slow).resolves.toEqual({ room: SLOW });
  await next;
  const slowly = "crypto.keys-slow";
  expect(done).toEqual([`rotate ${GOOD}`, slowly, `rotate ${SLOW}`, slowly]);
});

it("keys that do not come in time are waited for once: for nobody during a minute, from that server for longer", async () => {
  const { engine, sender } = scene();
  const clock = new ManualClock();
  const supervisor = new Supervisor({
    engine: { healthy: true, restart: () => Promise.resolve() },
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    onRestarted: () => undefined,
  });
  let sent = 0;
  const counting = {
    send: (requests: readonly EngineRequest[]) => ((sent += 1), sender.send(requests)),
  };
  const contact = new FirstContact({
    engine,
    supervisor,
    sender: counting,
    clock,
    log: silentLog,
    patienceMs: 20,
  });
  expect(await contact.ask(ada)).toBe(true);
  expect(await contact.ask(mallory)).toBe(false);
  expect(await contact.ask("@other:example.org" as UserId)).toBe(false);
  expect(sent).toBe(2);
  clock.advance(60_000);
  expect(await contact.ask("@mallory2:evil.test" as UserId)).toBe(false);
  expect(sent).toBe(2);
  expect(await contact.ask(ada)).toBe(true);
});

it("a message whose key the homeserver does not hand out is not sent: that is said, and when to try again", async () => {
  const { engine, log } = scene();
  const refusing = {
    drain: () => Promise.resolve(),
    send: ([one]: readonly EngineRequest[]) =>
      one?.kind === "toDevice"
        ? Promise.reject(new HomeserverError({ kind: "answered", status: 500 }))
        : Promise.resolve(),
  } as unknown as RequestSender;
  const shares: readonly EngineRequest[] = [{ kind: "toDevice", id: "s", body: "{}" }];
  const keys = new RoomKeys({
    engine: { ...engine, share: () => Promise.resolve(shares) },
    sender: refusing,
    keysPatienceMs: 200,
    log,
  });
  const refusal = await refusalOf(keys.encrypt(GOOD, [ada], "m.room.message", {}));
  expect(refusal).toContain("I have sent nothing, rather than send it unencrypted");
  expect(refusal).toContain("Try again in a minute");
});
