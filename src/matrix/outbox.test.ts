import { describe, expect, it } from "vitest";
import { ManualClock, systemClock, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { HomeserverCall } from "./client.ts";
import { noCipher, type RoomCipher } from "./crypto/cipher.ts";
import { HomeserverError } from "./errors.ts";
import { MESSAGE, Outbox } from "./outbox.ts";
import type { Content } from "./port.ts";
import type { Once } from "./transaction.ts";
import { declareState } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

const TOPIC = declareState("org.example.topic", ACCOUNT);

const red = "!red:x" as RoomId;
const blue = "!blue:x" as RoomId;
const first: Once = { cause: "$asked", step: "answer" };
const text = (body: string): Content => ({ msgtype: "m.notice", body });
const limited = (retryAfterMs: number): HomeserverError =>
  new HomeserverError({ kind: "answered", status: 429, retryAfterMs });
const broken = new HomeserverError({ kind: "network" });
/** All that can happen without time passing has happened. */
const calm = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
};

interface Request {
  readonly path: string;
  readonly body: Content;
  answer(): void;
  fail(error: HomeserverError): void;
}

interface Options {
  readonly clock?: Clock;
  readonly cipher?: RoomCipher;
  readonly encryption?: (room: RoomId) => Promise<"none" | "encrypted">;
  readonly readers?: () => Promise<readonly UserId[]>;
  /** How the requests go, in turn; those beyond are left to the test. */
  readonly outcomes?: readonly (HomeserverError | "ok")[];
}

function make({
  clock = new ManualClock(),
  cipher = noCipher,
  encryption,
  readers = () => Promise.resolve(["@a:x" as UserId, "@usher:x" as UserId]),
  outcomes = [],
}: Options = {}): {
  outbox: Outbox;
  requests: Request[];
} {
  const requests: Request[] = [];
  const call: HomeserverCall = (_method, path, { body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const number = requests.length;
      const request: Request = {
        path: decodeURIComponent(path.replace("/_matrix/client/v3/rooms/", "")),
        body: body as Content,
        answer: () => {
          resolve({ event_id: `$e${String(number)}` });
        },
        fail: reject,
      };
      requests.push(request);
      signal?.addEventListener("abort", () => {
        reject(new HomeserverError({ kind: "aborted" }));
      });
      const outcome = outcomes[number];
      if (outcome === "ok") request.answer();
      else if (outcome !== undefined) request.fail(outcome);
    });
  const outbox = new Outbox({
    call,
    clock,
    random: () => 0,
    cipher,
    encryption: encryption ?? (() => Promise.resolve("none")),
    readers,
  });
  return { outbox, requests };
}

/** Writes what it was given in a form that can be read again. */
const glassCipher: RoomCipher = {
  ...noCipher,
  available: true,
  encrypt: (room, members, type, content) =>
    Promise.resolve({
      type: "m.room.encrypted",
      content: { algorithm: "glass", ciphertext: JSON.stringify({ room, members, type, content }) },
    }),
};

describe("order", () => {
  it("a room's messages go in the order in which they were given, the next when the one before has arrived", async () => {
    const { outbox, requests } = make();
    const all = ["one", "two", "three"].map((body) =>
      outbox.send(red, MESSAGE, [text(body)], { cause: "$asked", step: body }),
    );
    await calm();
    expect(requests.map(({ body }) => body["body"])).toEqual(["one"]);
    requests[0]?.answer();
    await calm();
    requests[1]?.answer();
    await calm();
    requests[2]?.answer();
    expect(await Promise.all(all)).toEqual(["$e0", "$e1", "$e2"]);
    expect(requests.map(({ body }) => body["body"])).toEqual(["one", "two", "three"]);
  });

  it("what goes ahead does not wait for what was given before it, and those after it wait for the others only", async () => {
    const { outbox, requests } = make();
    const slow = outbox.setState(red, TOPIC, "", { topic: "slow" });
    const ahead = outbox.send(red, MESSAGE, [text("working")], first, { ahead: true });
    const after = outbox.send(red, MESSAGE, [text("done")], { ...first, step: "done" });
    await calm();
    expect(requests.map(({ body }) => body["body"] ?? body["topic"])).toEqual(["slow", "working"]);
    requests[1]?.answer();
    expect(await ahead).toBe("$e1");
    requests[0]?.answer();
    await slow;
    await calm();
    requests[2]?.answer();
    expect(await after).toBe("$e2");
    expect(requests).toHaveLength(3);
  });

  it("keeps the order when the first one has to be tried again", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({ clock, outcomes: [broken, "ok", "ok"] });
    const all = [
      outbox.send(red, MESSAGE, [text("one")], first),
      outbox.setState(red, TOPIC, "", { topic: "two" }),
    ];
    await calm();
    clock.advance(250);
    await Promise.all(all);
    expect(requests.map(({ body }) => body["body"] ?? body["topic"])).toEqual([
      "one",
      "one",
      "two",
    ]);
  });

  it("one room does not wait for another, and what fails harms only itself", async () => {
    const refusal = new HomeserverError({ kind: "answered", status: 403, errcode: "M_FORBIDDEN" });
    const { outbox, requests } = make({ outcomes: [refusal, "ok", "ok"] });
    const failed = outbox.send(red, MESSAGE, [text("one")], first);
    const next = outbox.send(red, MESSAGE, [text("two")], { cause: "$asked", step: "2" });
    const other = outbox.send(blue, MESSAGE, [text("three")], first);
    await expect(failed).rejects.toMatchObject({
      name: "UsherError",
      code: "room-unreachable",
      view: { status: 403, code: "M_FORBIDDEN", action: "send" },
    });
    await Promise.all([next, other]);
    expect(requests).toHaveLength(3);
  });

  it("no more than sixteen requests are under way at once", async () => {
    const { outbox, requests } = make();
    const all = Array.from({ length: 40 }, (_, i) =>
      outbox.send(`!${String(i)}:x` as RoomId, MESSAGE, [text("x")], first),
    );
    await calm();
    expect(requests).toHaveLength(16);
    for (let i = 0; i < 40; i++) {
      requests[i]?.answer();
      await calm();
    }
    expect(await Promise.all(all)).toHaveLength(40);
  });
});

describe("trying again", () => {
  it("row 11: a 429 is retried after Retry-After, and not before", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({ clock, outcomes: [limited(7000), "ok"] });
    const sent = outbox.send(red, MESSAGE, [text("one")], first);
    await calm();
    clock.advance(6999);
    await calm();
    expect(requests).toHaveLength(1);
    clock.advance(1);
    expect(await sent).toBe("$e1");
  });

  it("row 11: a limit holds every room back, and then lets one through at a time, those who came first before", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({ clock });
    const rooms = Array.from({ length: 4 }, (_, i) => `!${String(i)}:x` as RoomId);
    const all = rooms.map((room) => outbox.send(room, MESSAGE, [text("x")], first));
    await calm();
    for (const request of requests.slice()) request.fail(limited(1000));
    await calm();
    const late = outbox.send(blue, MESSAGE, [text("late")], first);
    await calm();
    expect(requests).toHaveLength(4);
    clock.advance(1000);
    for (let done = 1; done <= 5; done++) {
      await calm();
      expect(requests).toHaveLength(4 + done);
      requests.at(-1)?.answer();
    }
    await Promise.all([...all, late]);
    expect(requests.slice(4).map(({ path }) => path.split("/")[0])).toEqual([...rooms, blue]);
  });

  it("row 11: a hundred messages under a limit of one per five seconds all arrive", async () => {
    const clock = new ManualClock();
    let tokens = 10;
    let filledAt = clock.now();
    const { outbox, requests } = make({ clock });
    const all = Array.from({ length: 100 }, (_, i) =>
      outbox.send(`!${String(i)}:x` as RoomId, MESSAGE, [text("x")], first),
    );
    let answered = 0;
    for (let turn = 0; turn < 1500 && answered < requests.length + 1; turn++) {
      await new Promise(setImmediate);
      for (; answered < requests.length; answered++) {
        tokens = Math.min(10, tokens + (clock.now() - filledAt) / 5000);
        filledAt = clock.now();
        if (tokens >= 1) {
          tokens -= 1;
          requests[answered]?.answer();
        } else requests[answered]?.fail(limited(Math.ceil((1 - tokens) * 5000)));
      }
      if (turn % 3 === 2) clock.advance(1000);
    }
    expect(await Promise.all(all)).toHaveLength(100);
  });

  it("row 12: every try has the same transaction id, which derives from the cause and the step", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({
      clock,
      outcomes: [broken, new HomeserverError({ kind: "malformed", status: 200 }), "ok", "ok", "ok"],
    });
    const sent = outbox.send(red, MESSAGE, [text("one")], first);
    for (let i = 0; i < 3; i++) {
      await calm();
      clock.advance(1000);
    }
    await sent;
    const paths = requests.map(({ path }) => path);
    expect(new Set(paths).size).toBe(1);
    const again = make({ outcomes: ["ok", "ok"] });
    await again.outbox.send(red, MESSAGE, [text("one")], first);
    await again.outbox.send(red, MESSAGE, [text("one")], { ...first, step: "other" });
    expect(again.requests[0]?.path).toBe(paths[0]);
    expect(again.requests[1]?.path).not.toBe(paths[0]);
  });

  it("row 12: a message, a reaction and a redaction of the same step are different transactions", async () => {
    const { outbox, requests } = make({ outcomes: ["ok", "ok", "ok"] });
    await outbox.send(red, MESSAGE, [text("one")], first);
    await outbox.react(red, "$x" as EventId, "✅", first);
    await outbox.redact(red, "$x" as EventId, first);
    expect(new Set(requests.map(({ path }) => path.split("/").at(-1))).size).toBe(3);
    expect(requests[2]?.path).toMatch(/^!red:x\/redact\/\$x\//);
  });

  it("gives up after five tries, a reaction after two", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({
      clock,
      outcomes: Array.from({ length: 7 }, () => limited(100)),
    });
    const settled = Promise.allSettled([
      outbox.send(red, MESSAGE, [text("one")], first),
      outbox.react(red, "$x" as EventId, "✅", first),
    ]);
    for (let i = 0; i < 8; i++) {
      await calm();
      clock.advance(100);
    }
    const [message, reaction] = await settled;
    expect(message).toMatchObject({
      reason: { code: "room-limited", view: { status: 429, action: "send" } },
    });
    expect(reaction).toMatchObject({
      reason: { code: "room-limited", view: { status: 429, action: "react" } },
    });
    expect(requests).toHaveLength(7);
  });

  it("sends no courtesy while the homeserver limits, nor tries one again, and it holds nobody up", async () => {
    const { outbox, requests } = make({ clock: new ManualClock(), outcomes: [limited(100), "ok"] });
    const react = (): Promise<EventId> =>
      outbox.react(red, "$x" as EventId, "✅", first, "courtesy");
    await expect(react()).rejects.toMatchObject({ code: "room-limited" });
    await expect(react()).rejects.toMatchObject({
      code: "room-limited",
      view: { action: "react" },
    });
    await expect(outbox.redact(red, "$x" as EventId, first, "courtesy")).rejects.toMatchObject({
      code: "room-limited",
    });
    expect(requests).toHaveLength(1);
  });

  it("an answer without an event id is no success", async () => {
    const clock = new ManualClock();
    const outbox = new Outbox({
      call: () => Promise.resolve({ event_id: 5 }),
      clock,
      random: () => 0,
      cipher: noCipher,
      encryption: () => Promise.resolve("none"),
      readers: () => Promise.resolve([]),
    });
    const sent = outbox.send(red, MESSAGE, [text("one")], first);
    const failed = expect(sent).rejects.toMatchObject({
      code: "room-unreachable",
      view: { code: "malformed" },
    });
    for (let i = 0; i < 5; i++) {
      await calm();
      clock.advance(30_000);
    }
    await failed;
  });
});

describe("encryption", () => {
  it.each([
    ["who comes meanwhile makes it be encrypted again", ["a", "ab", "ab", "ab"], "ab"],
    ["who only leaves does not", ["ab", "a"], "ab"],
    ["where people keep coming, three times are enough", ["a", "b", "c", "d", "e"], "e"],
  ])("is for whoever is there when it is sent: %s", async (_, lists, readBy) => {
    const left = lists.values();
    const { outbox, requests } = make({
      cipher: glassCipher,
      encryption: () => Promise.resolve("encrypted"),
      readers: () => Promise.resolve([...(left.next().value ?? "nobody")] as UserId[]),
    });
    void outbox.send(red, MESSAGE, [text("one")], first);
    await calm();
    const { members } = JSON.parse(String(requests[0]?.body["ciphertext"])) as {
      members: readonly string[];
    };
    expect(members.join("")).toBe(readBy);
    expect([...left]).toEqual([]);
  });

  it("row 18: while it is not known whether the room is encrypted, nothing is sent, and then in the right way", async () => {
    const clock = new ManualClock();
    const answers = [
      () => Promise.reject(new HomeserverError({ kind: "answered", status: 502 })),
      () => Promise.reject(broken),
    ];
    const encryption = (): Promise<"encrypted"> =>
      (answers.shift() ?? (() => Promise.resolve("encrypted" as const)))();
    const { outbox, requests } = make({ clock, cipher: glassCipher, encryption, outcomes: ["ok"] });
    const sent = outbox.send(red, MESSAGE, [text("secret")], first);
    for (let i = 0; i < 3; i++) {
      await calm();
      clock.advance(1000);
    }
    await sent;
    expect(requests).toHaveLength(1);
    expect(requests[0]?.path).toContain("/m.room.encrypted/");
    expect(requests[0]?.body).not.toHaveProperty("body");
  });

  it("row 18: if it never becomes known, nothing was sent", async () => {
    const clock = new ManualClock();
    const { outbox, requests } = make({ clock, encryption: () => Promise.reject(broken) });
    const failed = expect(outbox.send(red, MESSAGE, [text("secret")], first)).rejects.toMatchObject(
      { code: "room-unreachable" },
    );
    for (let i = 0; i < 5; i++) {
      await calm();
      clock.advance(30_000);
    }
    await failed;
    expect(requests).toEqual([]);
  });

  it("without an engine nothing goes into an encrypted room but reactions", async () => {
    const { outbox, requests } = make({
      encryption: () => Promise.resolve("encrypted"),
      outcomes: ["ok"],
    });
    await expect(outbox.send(red, MESSAGE, [text("secret")], first)).rejects.toMatchObject({
      code: "room-encrypted-unreadable",
    });
    await outbox.react(red, "$x" as EventId, "✅", first);
    expect(requests.map(({ path }) => path.split("/")[2])).toEqual(["m.reaction"]);
    expect(requests[0]?.body).toEqual({
      "m.relates_to": { rel_type: "m.annotation", event_id: "$x", key: "✅" },
    });
  });

  it("the relation stays outside, and only there; everything else is inside, for those who are in the room", async () => {
    const relation = { rel_type: "m.replace", event_id: "$first" };
    const { outbox, requests } = make({
      cipher: glassCipher,
      encryption: () => Promise.resolve("encrypted"),
      outcomes: ["ok"],
    });
    await outbox.send(
      red,
      MESSAGE,
      [{ ...text("* x"), "m.new_content": text("x"), "m.relates_to": relation }],
      first,
    );
    const { ciphertext, ...outer } = requests[0]?.body ?? {};
    expect(outer).toEqual({ algorithm: "glass", "m.relates_to": relation });
    expect(JSON.parse(ciphertext as string)).toEqual({
      room: red,
      members: ["@a:x", "@usher:x"],
      type: "m.room.message",
      content: { ...text("* x"), "m.new_content": text("x") },
    });
  });

  it("a refusal of the engine is what the person is told, and not tried again", async () => {
    const cipher: RoomCipher = {
      ...glassCipher,
      encrypt: () => Promise.reject(new UsherError("crypto-keys-unshared")),
    };
    const { outbox, requests } = make({ cipher, encryption: () => Promise.resolve("encrypted") });
    await expect(outbox.send(red, MESSAGE, [text("x")], first)).rejects.toMatchObject({
      code: "crypto-keys-unshared",
    });
    expect(requests).toEqual([]);
  });
});

describe("size", () => {
  it("sends the first form that fits, measured in bytes", async () => {
    const { outbox, requests } = make({ outcomes: ["ok", "ok"] });
    await outbox.send(red, MESSAGE, [text("é".repeat(31_000)), text("short")], first);
    await outbox.send(red, MESSAGE, [text("é".repeat(29_000)), text("short")], {
      ...first,
      step: "2",
    });
    expect(requests.map(({ body }) => (body["body"] as string).length)).toEqual([5, 29_000]);
  });

  it("measures what encryption adds", async () => {
    const heavy: RoomCipher = {
      ...glassCipher,
      encrypt: (_room, _members, _type, content) =>
        Promise.resolve({
          type: "m.room.encrypted",
          content: { ciphertext: Buffer.from(JSON.stringify(content)).toString("base64") },
        }),
    };
    const { outbox, requests } = make({
      cipher: heavy,
      encryption: () => Promise.resolve("encrypted"),
      outcomes: ["ok"],
    });
    await outbox.send(red, MESSAGE, [text("x".repeat(50_000)), text("short")], first);
    expect(JSON.stringify(requests[0]?.body).length).toBeLessThan(200);
  });

  it("refuses what fits in no form", async () => {
    const { outbox, requests } = make();
    await expect(
      outbox.send(red, MESSAGE, [text("x".repeat(70_000))], first),
    ).rejects.toMatchObject({
      code: "room-unreachable",
      view: { status: 413, code: "M_TOO_LARGE" },
    });
    expect(requests).toEqual([]);
  });
});

describe("stop", () => {
  it("waits for what was given, and takes nothing more", async () => {
    const { outbox, requests } = make({ clock: systemClock });
    const sent = outbox.send(red, MESSAGE, [text("one")], first);
    await calm();
    const stopped = outbox.stop(10_000);
    await expect(outbox.send(red, MESSAGE, [text("two")], first)).rejects.toMatchObject({
      view: { code: "aborted" },
    });
    requests[0]?.answer();
    expect(await stopped).toBe(true);
    expect(await sent).toBe("$e0");
  });

  it("gives up what does not get done in time: under way, waiting for its turn, or held back by a limit", async () => {
    const { outbox, requests } = make({ outcomes: [limited(100_000)] });
    const all = Promise.allSettled(
      [red, red, blue].map((room, i) =>
        outbox.send(room, MESSAGE, [text("x")], { ...first, step: String(i) }),
      ),
    );
    await calm();
    expect(await outbox.stop(0)).toBe(false);
    expect((await all).map((one) => one.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(requests.length).toBeLessThan(4);
  });
});
