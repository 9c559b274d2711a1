import { afterEach, describe, expect, it } from "vitest";
import { Arrivals, Hearing } from "../../test/harness/hearing.ts";
import {
  member,
  message,
  rawEvent,
  stateEvent,
  type RawEvent,
} from "../../test/harness/rawEvents.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Decryption, RoomCipher } from "./crypto/cipher.ts";
import type { Batch } from "./intake.ts";
import type { Content, Members } from "./port.ts";

const ada = "@ada:example.org";
const room = "!room:example.org" as RoomId;
const usher = "@usher:scripted.test";
const MEGOLM = { algorithm: "m.megolm.v1.aes-sha2" };

/** A cipher that writes down what it is told, and reads events of which it has the key: their ciphertext is the body. */
class ToldCipher implements RoomCipher {
  readonly available = true;
  readonly told = new Arrivals<string>();
  readonly keys = new Set<string>();
  failReceive = 0;
  failDecrypt = false;
  /** Comes with a to-device message. */
  onKey: (key: string) => void = () => undefined;
  late: (room: RoomId, event: Content) => void = () => undefined;

  receive: RoomCipher["receive"] = ({ toDevice, changedUsers }) => {
    if (this.failReceive > 0) {
      this.failReceive -= 1;
      return Promise.reject(new Error("the store is full"));
    }
    this.told.push(`receive ${String(toDevice.length)} ${changedUsers.join()}`.trim());
    for (const { key } of toDevice) {
      this.keys.add(String(key));
      this.onKey(String(key));
    }
    return Promise.resolve();
  };
  flush = (): Promise<void> => Promise.resolve(this.told.push("flush"));
  decrypt = (_room: RoomId, event: Content): Promise<Decryption> => {
    const { ciphertext } = event["content"] as { ciphertext: string };
    this.told.push(`decrypt ${ciphertext}`);
    if (this.failDecrypt) return Promise.reject(new Error("a bug"));
    if (!this.keys.has(ciphertext))
      return Promise.resolve({ kind: "unreadable", late: true, reason: "no-session" });
    return Promise.resolve({
      kind: "decrypted",
      type: "m.room.message",
      content: { body: ciphertext },
      signedDevice: true,
    });
  };
  encrypt: RoomCipher["encrypt"] = () => Promise.reject(new Error("the intake encrypts nothing"));
  sendsBy = (): void => undefined;
  verification = (): void => undefined;
  expectHistory = (id: RoomId, inviter: UserId): Promise<void> =>
    Promise.resolve(this.told.push(`history ${id} ${inviter}`));
  track = (users: readonly UserId[]): Promise<void> =>
    Promise.resolve(this.told.push(`track ${users.join()}`));
  roomEncryption = (id: RoomId): Promise<void> =>
    Promise.resolve(this.told.push(`encryption ${id}`));
  rotate = (id: RoomId): Promise<void> => Promise.resolve(this.told.push(`rotate ${id}`));
  lateHandled = (events: readonly EventId[]): Promise<void> =>
    Promise.resolve(this.told.push(`handled ${events.join()}`));
  onLate = (listener: (room: RoomId, event: Content) => void): void => {
    this.late = listener;
  };
}

let hearing: Hearing;
afterEach(async () => {
  await hearing.end();
});

async function start(members: readonly string[] = []): Promise<ToldCipher> {
  const cipher = new ToldCipher();
  const joined = new Set(members as readonly UserId[]);
  hearing = await Hearing.start({
    cipher,
    rooms: {
      encryption: (id) => Promise.resolve(hearing.encrypted.includes(id) ? "encrypted" : "none"),
      members: (): Promise<Members> => Promise.resolve({ joined, invited: new Set() }),
    },
  });
  hearing.handle = (batch) => {
    if (isFull(batch)) cipher.told.push(`handle ${bodies(batch).join()}`);
    return Promise.resolve();
  };
  return cipher;
}

const encrypted = (ciphertext: string, more: Content = {}): RawEvent =>
  rawEvent("m.room.encrypted", ada, { ciphertext, ...more });
const inRoom = (...timeline: RawEvent[]) => ({ join: { [room]: { timeline } } });
const isFull = (batch: Batch): boolean => batch.rooms.some(({ events }) => events.length > 0);
const bodies = (batch: Batch): unknown[] =>
  batch.rooms.flatMap(({ events }) => events.map(({ content, type }) => content["body"] ?? type));
const nextFull = (): Promise<Batch> => hearing.batches.next(isFull);
/** What the cipher was told up to and including the flush after the batch that has this body. */
async function toldAround(cipher: ToldCipher, body: string): Promise<string[]> {
  await cipher.told.next((line) => line.startsWith("handle") && line.includes(body));
  await cipher.told.next((line) => line === "flush");
  return cipher.told.all;
}

describe("order within one answer", () => {
  it("is keys, then encryption and leavers, then decryption, then the handler, then what the engine has to send", async () => {
    const cipher = await start([ada]);
    hearing.server.sync({
      join: {
        [room]: {
          state: [stateEvent("m.room.encryption", ada, MEGOLM)],
          timeline: [member("@bob:example.org", "leave", { before: "join" }), encrypted("secret")],
        },
      },
      toDevice: [{ key: "secret" }],
      deviceLists: { changed: [ada] },
    });
    void hearing.run();
    expect(await toldAround(cipher, "secret")).toEqual([
      `receive 1 ${ada}`,
      `encryption ${room}`,
      `rotate ${room}`,
      "decrypt secret",
      "handle m.room.member,secret",
      `track ${ada}`,
      "flush",
    ]);
    expect(hearing.encrypted).toEqual([room]);
  });

  it("tells of encryption without an engine too, so that nothing goes there unencrypted", async () => {
    hearing = await Hearing.start();
    hearing.handle = () => {
      expect(hearing.encrypted).toEqual([room]);
      return Promise.resolve();
    };
    hearing.server.sync(inRoom(stateEvent("m.room.encryption", ada, MEGOLM), encrypted("secret")));
    void hearing.run();
    expect((await nextFull()).rooms[0]?.events.map((event) => event.encryption)).toEqual([
      "none",
      "unreadable",
    ]);
    expect(hearing.logged.all.some(({ what }) => what === "sync.batch-failed")).toBe(false);
  });

  it("of a first sync: encryption is learnt from state and timeline, and nothing is decrypted", async () => {
    const cipher = await start([ada]);
    hearing.mark = undefined;
    hearing.server.initial = inRoom(
      stateEvent("m.room.encryption", ada, MEGOLM),
      member(ada, "join"),
      encrypted("old"),
    );
    void hearing.run();
    await hearing.batches.next();
    await cipher.told.next((line) => line === "flush");
    expect(cipher.told.all).toEqual(["receive 0", `encryption ${room}`, "flush"]);
  });
});

describe("members of an encrypted room", () => {
  it("are tracked when they come, and all of them when Usher comes", async () => {
    const cipher = await start([ada, usher]);
    hearing.encrypted.push(room);
    hearing.server.sync(
      inRoom(
        member("@bob:example.org", "join"),
        member("@eve:example.org", "join", { before: "join" }),
        message(ada, "1"),
      ),
    );
    hearing.server.sync(
      inRoom(
        member(usher, "join", { before: "invite" }),
        member("@bob:example.org", "join"),
        message(ada, "2"),
      ),
    );
    void hearing.run();
    await cipher.told.next((line) => line === "track @bob:example.org");
    await cipher.told.next((line) => line === `track ${ada},${usher}`);
    expect(cipher.told.all.filter((line) => line.startsWith("track"))).toHaveLength(2);
  });

  it("of a room that is not encrypted are nobody's concern", async () => {
    const cipher = await start();
    hearing.server.sync(inRoom(member("@bob:example.org", "join"), message(ada, "1")));
    void hearing.run();
    expect((await toldAround(cipher, "1")).some((line) => line.startsWith("track"))).toBe(false);
  });

  it.each([
    ["leaves", member("@bob:example.org", "leave", { before: "join" })],
    ["is banned", member("@bob:example.org", "ban", { by: ada, before: "join" })],
  ])("when one %s, the key is replaced before anything is answered", async (_name, event) => {
    const cipher = await start();
    hearing.server.sync(inRoom(event, message(ada, "1")));
    void hearing.run();
    const told = await toldAround(cipher, "1");
    expect(told.indexOf(`rotate ${room}`)).toBeGreaterThan(-1);
    expect(told.indexOf(`rotate ${room}`)).toBeLessThan(
      told.findIndex((line) => line.startsWith("handle")),
    );
  });

  it("may have left in a gap that was not filled", async () => {
    const cipher = await start();
    hearing.server.fault("/messages", { kind: "html", status: 502 });
    hearing.server.sync({
      join: { [room]: { timeline: [message(ada, "1")], limited: true, prevBatch: "page0" } },
    });
    void hearing.run();
    expect(await toldAround(cipher, "1")).toContain(`rotate ${room}`);
  });
});

describe("decryption", () => {
  it("puts the content in place of the ciphertext, with the relation that stood beside it", async () => {
    const cipher = await start();
    cipher.keys.add("secret");
    const relation = { rel_type: "m.thread", event_id: "$root" };
    hearing.server.sync(inRoom(encrypted("secret", { "m.relates_to": relation })));
    void hearing.run();
    expect((await nextFull()).rooms[0]?.events[0]).toMatchObject({
      type: "m.room.message",
      content: { body: "secret", "m.relates_to": relation },
      encryption: "decrypted",
      signedDevice: true,
    });
  });

  it("that breaks its promise and rejects costs that event only", async () => {
    const cipher = await start();
    cipher.failDecrypt = true;
    hearing.server.sync(inRoom(encrypted("secret"), message(ada, "clear")));
    void hearing.run();
    expect((await nextFull()).rooms[0]?.events.map((event) => event.encryption)).toEqual([
      "unreadable",
      "none",
    ]);
  });

  it("is not tried on what is left out: history before Usher came, repetitions, redacted events", async () => {
    const cipher = await start();
    const twice = encrypted("twice");
    const redacted = { ...encrypted("redacted"), unsigned: { redacted_because: {} } };
    hearing.server.sync(
      inRoom(encrypted("before"), member(usher, "join"), twice, twice, redacted, message(ada, "1")),
    );
    void hearing.run();
    expect((await toldAround(cipher, "1")).filter((line) => line.startsWith("decrypt"))).toEqual([
      "decrypt twice",
    ]);
  });
});

describe("an answer whose keys could not be stored", () => {
  it("does not count: neither the place in the stream nor anything else of it moves", async () => {
    const cipher = await start();
    cipher.failReceive = 1;
    hearing.server.sync(inRoom(message(ada, "1")));
    void hearing.run();
    expect(await hearing.logged.next()).toMatchObject({ what: "sync.failed", code: "Error" });
    expect([hearing.mark?.token, hearing.loop.lastHeard, hearing.batches.all]).toEqual([
      "s0",
      undefined,
      [],
    ]);
    hearing.clock.advance(1000);
    expect(bodies(await nextFull())).toEqual(["1"]);
    await hearing.saved.next(({ token }) => token === "s1");
  });
});

describe("late keys", () => {
  it("bring the event once, before what came with them, with the time that it waited", async () => {
    const cipher = await start();
    const late = encrypted("late");
    cipher.onKey = () => {
      cipher.late(room, late);
      cipher.late(room, late);
    };
    hearing.server.sync(inRoom(late));
    void hearing.run();
    expect((await nextFull()).rooms[0]?.events[0]?.encryption).toBe("unreadable");
    await hearing.server.waitForSync("s1");
    hearing.clock.advance(10_000);
    hearing.server.sync({ ...inRoom(message(ada, "after")), toDevice: [{ key: "late" }] });
    const batch = await nextFull();
    expect(batch).toMatchObject({ awayMs: 10_000, first: false });
    expect(
      batch.rooms.map(({ events }) =>
        events.map(({ content, encryption }) => [content["body"], encryption]),
      ),
    ).toEqual([[["late", "decrypted"]]]);
    expect(bodies(await nextFull())).toEqual(["after"]);
    await hearing.saved.next(({ token }) => token === "s2");
    expect(hearing.batches.all.flatMap(bodies).filter((body) => body === "late")).toHaveLength(1);
  });

  it("that come while nothing else does are not kept waiting for the next answer", async () => {
    const cipher = await start();
    const late = encrypted("late");
    void hearing.run();
    await hearing.server.waitForSync("s0");
    cipher.keys.add("late");
    cipher.late(room, late);
    expect(bodies(await nextFull())).toEqual(["late"]);
  });

  it("that do not fit after all change nothing, and a later one that fits still counts", async () => {
    const cipher = await start();
    const late = encrypted("late");
    void hearing.run();
    await hearing.server.waitForSync("s0");
    cipher.late(room, late);
    await cipher.told.next((line) => line === "decrypt late");
    cipher.keys.add("late");
    cipher.late(room, late);
    expect(bodies(await nextFull())).toEqual(["late"]);
    expect(hearing.batches.all.filter(isFull)).toHaveLength(1);
  });

  it("are said to be handled when all that follows from the event is done, and not where a stop cut that off", async () => {
    const cipher = await start();
    const [first, second] = [encrypted("first"), encrypted("second")];
    const work = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const begun = new Arrivals<string>();
    hearing.handle = async (batch) => {
      if (!isFull(batch)) return;
      begun.push(bodies(batch).join());
      await work.shift()?.promise;
    };
    const [one, two] = work;
    const ended = hearing.run();
    await hearing.server.waitForSync("s0");
    for (const key of ["first", "second"]) cipher.keys.add(key);
    cipher.late(room, first);
    await begun.next();
    expect(cipher.told.all.filter((line) => line.startsWith("handled"))).toEqual([]);
    one?.resolve();
    await cipher.told.next((line) => line === `handled ${first.event_id}`);
    cipher.late(room, second);
    await begun.next();
    const stopped = hearing.loop.stop();
    two?.reject(new Error("cut off"));
    await Promise.all([stopped, ended]);
    expect(cipher.told.all.filter((line) => line.startsWith("handled"))).toEqual([
      `handled ${first.event_id}`,
    ]);
  });

  it("after the end are nobody's", async () => {
    const cipher = await start();
    const ended = hearing.run();
    await hearing.batches.next();
    await hearing.loop.stop();
    await ended;
    cipher.keys.add("late");
    cipher.late(room, encrypted("late"));
    await new Promise(setImmediate);
    expect(cipher.told.all).not.toContain("decrypt late");
  });
});

it("nothing of it goes on after the end of hearing, which waits for what runs", async () => {
  const cipher = await start();
  const flushed = Promise.withResolvers<undefined>();
  cipher.flush = async () => {
    cipher.told.push("flush");
    await flushed.promise;
  };
  let over = false;
  const ended = hearing.run().then(() => (over = true));
  await cipher.told.next((line) => line === "flush");
  await hearing.loop.stop();
  await new Promise(setImmediate);
  expect(over).toBe(false);
  flushed.resolve(undefined);
  await ended;
});

it("a failing look-up of a room's encryption is tried again with the next batch", async () => {
  const cipher = new ToldCipher();
  let answers = 0;
  hearing = await Hearing.start({
    cipher,
    rooms: {
      encryption: () => {
        answers += 1;
        return answers === 1
          ? Promise.reject(new Error("502"))
          : Promise.resolve(answers === 2 ? "unknown" : "encrypted");
      },
      members: () => Promise.resolve({ joined: new Set([ada as UserId]), invited: new Set() }),
    },
  });
  hearing.server.sync(inRoom(member("@bob:example.org", "join")));
  void hearing.run();
  for (let n = 0; n < 2; n += 1) {
    expect(await hearing.logged.next()).toMatchObject({ what: "crypto.track-failed" });
    await cipher.told.next((line) => line === "flush");
    hearing.server.sync();
  }
  await cipher.told.next((line) => line === `track ${ada}`);
});

describe("keys of earlier messages", () => {
  it("are expected from whoever had invited Usher, and from nobody where it came by itself", async () => {
    const cipher = await start([ada]);
    const joined = (unsigned: Content): Content => ({
      ...member(hearing.server.me, "join"),
      unsigned,
    });
    const other = "!other:example.org" as RoomId;
    hearing.server.sync({});
    hearing.server.sync({
      join: {
        [room]: {
          timeline: [
            joined({
              prev_content: { membership: "invite" },
              prev_sender: ada,
            }) as unknown as RawEvent,
            encrypted("one"),
          ],
        },
        [other]: {
          timeline: [
            joined({
              prev_content: { membership: "leave" },
              prev_sender: ada,
            }) as unknown as RawEvent,
          ],
        },
      },
    });
    void hearing.run();
    await toldAround(cipher, "m.room.encrypted");
    expect(cipher.told.all.filter((line) => line.startsWith("history"))).toEqual([
      `history ${room} ${ada}`,
    ]);
  });
});
