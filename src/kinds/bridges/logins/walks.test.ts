import { decode } from "fast-png";
import scanned from "qr/decode.js";
import { beforeEach, describe, expect, it } from "vitest";
import type { Answer, Request } from "../../../chat/command.ts";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { createLog } from "../../../kernel/log.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomEvent, RoomPower } from "../../../matrix/port.ts";
import type { Batch } from "../../../matrix/intake.ts";
import type { Step } from "./logins.ts";
import { MadeLogins } from "./madeLogins.ts";
import { Walks } from "./walks.ts";

const me = "@usher:x" as UserId;
const ann = "@ann:x" as UserId;
const room = "!dm:x" as RoomId;
const bridge = { id: "telegram", name: "Telegram", bot: "@telegrambot:x" as UserId };
const AT = { process: "p1", once: "t1", instructions: "" };
const PHONE: Step = {
  ...AT,
  ...{ step: "phone", type: "user_input", is: "input", instructions: "Use the app's number" },
  fields: [{ id: "phone", name: "Phone number", description: "with +", options: [] }],
};
const CODE: Step = {
  ...AT,
  ...{ step: "code", type: "user_input", is: "input" },
  fields: [
    { id: "code", name: "Code", description: "", options: [] },
    { id: "kind", name: "Kind", description: "", options: ["Main", "Other"] },
  ],
};
const DONE: Step = { ...AT, step: "end", type: "complete", is: "done", login: "1234567" };
const qr = (data: string): Step => ({
  ...{ ...AT, step: "qr", type: "display_and_wait", is: "show" },
  ...{ how: "qr", data, instructions: "Scan it" },
});

/** A bridge that says what a test says, the chat of Ann with Usher, and what is said and taken away there. */
class World {
  readonly clock = new ManualClock();
  readonly said: Answer[] = [];
  readonly pictures: Uint8Array[] = [];
  readonly redacted: EventId[] = [];
  readonly asked: unknown[] = [];
  readonly cancelled: string[] = [];
  readonly lines: string[] = [];
  flows = [{ id: "phone", name: "Phone", description: "By a code" }];
  logins: { id: string; name: string; up: boolean }[] = [];
  /** What the bridge answers to each step in turn; what waits for a promise is slow. */
  script: (Step | UsherError | Promise<Step>)[] = [];
  mayRedact = true;
  mayActFor = true;
  #count = 0;

  readonly documents = memoryDocuments();
  readonly made = new MadeLogins({ documents: this.documents, clock: this.clock });
  walks = this.#usher();

  /** A new Usher on what is stored, after a crash of the one before or a stop. */
  async restart(): Promise<void> {
    this.walks = this.#usher();
    await this.walks.start();
    await this.walks.ready();
  }

  #usher(): Walks {
    return new Walks({
      clock: this.clock,
      documents: this.documents,
      made: this.made,
      calledAs: "!usher",
      log: createLog("info", { write: (line) => void this.lines.push(line) }),
      mayActFor: () => this.mayActFor,
      speaker: {
        say: (_, answer) => {
          if (answer instanceof UsherError) throw answer;
          this.said.push(answer);
          return Promise.resolve("$said" as EventId);
        },
      },
      matrix: {
        me,
        power: () => Promise.resolve(this.#power()),
        redact: (_, event) => {
          this.redacted.push(event);
          return Promise.resolve();
        },
        sendFile: async (_, { bytes }) => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of bytes.open()) chunks.push(chunk);
          this.pictures.push(new Uint8Array(Buffer.concat(chunks)));
          return `$picture${String(this.pictures.length)}` as EventId;
        },
      },
    });
  }

  readonly ways = {
    words: { login: "login", logout: "logout" },
    byUsher: {
      standing: () => Promise.resolve({ flows: this.flows, logins: this.logins }),
      start: (_: UserId, flow: string) => this.#step({ start: flow }),
      next: (person: UserId, { step }: { step: string }, typed?: object) => {
        expect(person).toBe(ann);
        return this.#step({ step, typed });
      },
      cancel: (_: UserId, { process }: { process: string }) => {
        this.cancelled.push(process);
        return Promise.resolve();
      },
      logout: () => Promise.resolve(),
    },
  };

  begin(way?: string, more: Partial<Request> = {}): Promise<Answer> {
    const request = { room, person: ann, event: "$login", ...more } as Request;
    return this.walks.begin(request, { bridge, ways: this.ways }, way);
  }

  /** Somebody says this; what is left of it for others. */
  async says(body: string, more: Partial<RoomEvent> = {}): Promise<readonly RoomEvent[]> {
    this.#count += 1;
    const event = {
      ...{ roomId: room, sender: ann, type: "m.room.message", redacted: false },
      ...{ eventId: `$typed${String(this.#count)}`, encryption: "none", originServerTs: 0 },
      content: { msgtype: "m.text", body },
      ...more,
    } as RoomEvent;
    const batch = { rooms: [{ roomId: room, events: [event], gap: false }], invites: [] };
    const left = this.walks.sift(batch as unknown as Batch);
    await settled();
    return left.rooms.flatMap(({ events }) => events);
  }

  get last(): Answer | undefined {
    return this.said.at(-1);
  }

  #step(asked: unknown): Promise<Step> {
    this.asked.push(asked);
    const next = this.script.shift();
    if (next === undefined) throw new Error("The bridge was asked more than a test says");
    return next instanceof UsherError ? Promise.reject(next) : Promise.resolve(next);
  }

  #power(): RoomPower {
    const users = { [ann]: 100, [me]: this.mayRedact ? 100 : 0 };
    return { version: "11", creators: new Set([ann]), levels: { users } };
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe("a log-in that is typed", () => {
  it("asks for each thing in turn, passes it on once, and believes the bridge's list alone", async () => {
    world.script = [PHONE, CODE, DONE];
    world.logins = [{ id: "1234567", name: "+49 123", up: true }];
    const first = await world.begin();
    expect(first).toMatchObject({
      template: "login/ask",
      onlyFor: ann,
      view: { instructions: "Use the app's number", name: "Phone number", typed: undefined },
    });
    expect(await world.says("+49 123")).toEqual([]);
    expect(world.last).toMatchObject({
      template: "login/ask",
      view: { name: "Code", typed: { template: "login-typed/taken" } },
    });
    await world.says("54321");
    expect(world.last).toMatchObject({
      view: { name: "Kind", options: [{ number: "1", option: "Main" }, { option: "Other" }] },
    });
    await world.says("third");
    expect(world.last).toMatchObject({ view: { name: "Kind" } });
    await world.says("2");
    expect(world.last).toMatchObject({ template: "login/done", view: { name: "+49 123" } });
    expect(world.asked).toEqual([
      { start: "phone" },
      { step: "phone", typed: { phone: "+49 123" } },
      { step: "code", typed: { code: "54321", kind: "Other" } },
    ]);
    expect(world.redacted).toHaveLength(4);
    expect(await world.made.of(ann)).toMatchObject([{ bridge: "telegram", login: "1234567" }]);
    // Over: what is said now is for others again.
    expect(await world.says("help")).toHaveLength(1);
    expect(JSON.stringify([world.said, world.lines])).not.toContain("54321");
  });

  it("is not done where the bridge does not list it", async () => {
    world.script = [DONE];
    expect(await world.begin()).toMatchObject({ template: "login/unlisted" });
    expect(await world.made.of(ann)).toEqual([]);
  });

  it("says so where what was typed stays in the chat", async () => {
    [world.mayRedact, world.script] = [false, [PHONE, CODE]];
    await world.begin();
    await world.says("+49 123");
    expect(world.redacted).toEqual([]);
    expect(world.last).toMatchObject({ view: { typed: { template: "login-typed/stays" } } });
  });

  it("is chosen by number, id or name where there are several ways", async () => {
    world.flows.push({ id: "qr", name: "QR code", description: "" });
    for (const [way, id] of [
      ["2", "qr"],
      ["QR", "qr"],
      ["phone", "phone"],
    ]) {
      world.script = [PHONE];
      expect(await world.begin()).toMatchObject({ template: "login/ways" });
      await world.says("no such way");
      expect(world.last).toMatchObject({ template: "login/ways" });
      await world.says(way ?? "");
      expect(world.asked.at(-1)).toEqual({ start: id });
    }
    world.script = [PHONE];
    await world.begin("qr code");
    expect(world.asked.at(-1)).toEqual({ start: "qr" });
  });

  it("fails with the bridge's reason, in which nothing of what was typed is", async () => {
    const line = "M_UNKNOWN: wrong password hunter2!";
    world.script = [
      PHONE,
      new UsherError("bridge-refused", { name: "T", line, advice: undefined }),
    ];
    await world.begin();
    await world.says("hunter2!");
    expect(world.last).toMatchObject({
      template: "login/failed",
      view: {
        why: { template: "error/bridge-refused", view: { line: "M_UNKNOWN: wrong password …" } },
      },
    });
    expect(world.cancelled).toEqual(["p1"]);
    expect(await world.says("again")).toHaveLength(1);
  });

  it("takes no pictures and no corrections, and nothing from a device that is not signed where one began it", async () => {
    world.script = [PHONE];
    await world.begin(undefined, { signedDevice: true });
    await world.says("+49 123", { signedDevice: false });
    expect(world.last).toMatchObject({ template: "login/unsigned" });
    for (const content of [
      { msgtype: "m.image", body: "a" },
      { msgtype: "m.text", body: "* b", "m.relates_to": { rel_type: "m.replace" } },
    ]) {
      expect(await world.says("", { content, signedDevice: true })).toEqual([]);
      expect(world.last).toMatchObject({ template: "login/as-text" });
    }
    expect(world.redacted).toHaveLength(3);
    expect(world.asked).toHaveLength(1);
  });

  it("leaves alone what others say, reactions, and commands that call Usher", async () => {
    world.script = [PHONE];
    await world.begin();
    const other = "@bob:x" as UserId;
    expect(await world.says("+49", { sender: other })).toHaveLength(1);
    expect(await world.says("", { type: "m.reaction" })).toHaveLength(1);
    expect(await world.says("!usher help")).toHaveLength(1);
    expect(world.asked).toHaveLength(1);
  });
});

describe("a log-in that is shown", () => {
  const code = "https://example.org/login?token=abc&n=1";

  it("shows a picture that can be scanned, a fresh one in its place, and goes on when it was", async () => {
    const [fresh, after] = [Promise.withResolvers<Step>(), Promise.withResolvers<Step>()];
    world.script = [qr(code), fresh.promise, after.promise];
    world.logins = [{ id: "1234567", name: "", up: true }];
    expect(await world.begin()).toMatchObject({
      template: "login/show",
      view: { qr: true, instructions: "Scan it" },
    });
    expect(read(world.pictures[0])).toBe(code);
    await world.says("well?");
    expect(world.last).toMatchObject({ template: "login/busy" });
    fresh.resolve(qr(`${code}2`));
    await settled();
    expect(read(world.pictures[1])).toBe(`${code}2`);
    expect(world.redacted).toContain("$picture1");
    after.resolve(DONE);
    await settled();
    expect(world.last).toMatchObject({ template: "login/done", view: { name: "1234567" } });
    expect(world.redacted).toContain("$picture2");
  });

  it("shows letters as letters", async () => {
    const never = Promise.withResolvers<Step>().promise;
    const step: Step = { ...AT, step: "c", type: "d", is: "show", how: "text", data: "AB-CD" };
    world.script = [step, never];
    expect(await world.begin()).toMatchObject({ view: { qr: false, code: "AB-CD" } });
    expect(world.pictures).toEqual([]);
  });

  it("asks again where the bridge is silent meanwhile, and gives up where it stays so", async () => {
    const silent = new UsherError("bridge-silent", { name: "Telegram" });
    world.script = [qr(code), silent, silent, DONE];
    world.logins = [{ id: "1234567", name: "n", up: true }];
    await world.begin();
    for (let turn = 0; turn < 3; turn += 1) {
      await settled();
      world.clock.advance(5000);
    }
    await settled();
    expect(world.last).toMatchObject({ template: "login/done" });
    world.script = [qr(code), silent, silent, silent, silent];
    await world.begin();
    for (let turn = 0; turn < 5; turn += 1) {
      await settled();
      world.clock.advance(5000);
    }
    await settled();
    expect(world.last).toMatchObject({ template: "login/failed" });
  });

  it("ends where codes come without end, and where nobody scans one in time", async () => {
    world.script = Array.from({ length: 40 }, () => qr(code));
    await world.begin();
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect(world.last).toMatchObject({ template: "login/failed" });
    expect(world.pictures.length).toBeLessThanOrEqual(30);
    world.script = [qr(code), Promise.withResolvers<Step>().promise];
    await world.begin();
    world.clock.advance(600_000);
    await settled();
    expect(world.last).toMatchObject({ template: "login/late" });
    expect(world.cancelled).toEqual(["p1", "p1"]);
  });

  it("says nothing more of what comes after it was cancelled", async () => {
    const late = Promise.withResolvers<Step>();
    world.script = [qr(code), late.promise];
    await world.begin();
    expect(await world.says("!usher cancel")).toEqual([]);
    expect(world.last).toMatchObject({ template: "login/cancelled" });
    expect(world.redacted).toEqual(["$picture1"]);
    late.resolve(PHONE);
    await settled();
    expect(world.last).toMatchObject({ template: "login/cancelled" });
    expect(world.cancelled).toEqual(["p1"]);
  });
});

describe("a log-in that Usher cannot walk through", () => {
  it.each(["cookies", "webauthn", "client_http", "something new"])(
    "is handed over to the bridge's bot, with what to write there: %s",
    async (type) => {
      world.script = [{ ...AT, step: "x", type, is: "elsewhere" }];
      expect(await world.begin()).toMatchObject({
        template: "login/by-hand",
        view: { bot: bridge.bot, words: "login", why: { template: "login-why/browser" } },
      });
      expect(world.cancelled).toEqual(["p1"]);
      expect(await world.says("hello")).toHaveLength(1);
    },
  );

  it("is handed over where the bridge knows no way", async () => {
    world.flows = [];
    expect(await world.begin()).toMatchObject({ view: { why: { template: "login-why/no-way" } } });
  });

  it("is over where it cannot begin, and where nothing may be done for its person any more", async () => {
    world.script = [new UsherError("bridge-silent", { name: "Telegram" })];
    await expect(world.begin()).rejects.toMatchObject({ code: "bridge-silent" });
    expect(await world.says("hello")).toHaveLength(1);
    world.script = [PHONE];
    await world.begin();
    world.mayActFor = false;
    await world.says("+49 123");
    expect(world.asked).toHaveLength(2);
    expect(await world.says("hello")).toHaveLength(1);
  });

  it("is replaced by the next one in the same chat, and forgotten when Usher stops", async () => {
    world.script = [PHONE, PHONE];
    await world.begin();
    await world.begin();
    expect(world.last).toMatchObject({ template: "login/cancelled" });
    expect(world.cancelled).toEqual(["p1"]);
    world.walks.stop();
    expect(await world.says("hello")).toHaveLength(1);
    expect(world.clock.waiting).toBe(0);
  });
});

describe("a log-in that goes on when Usher is stopped", () => {
  const cutOff = (said: boolean, taken: boolean): object => ({
    template: "login/cut-off",
    onlyFor: ann,
    view: { id: "telegram", said, taken },
  });

  it("is told to be over, and what is said next there is read by nobody, once", async () => {
    world.script = [PHONE];
    await world.begin();
    await world.restart();
    expect(world.said).toEqual([expect.objectContaining(cutOff(false, false))]);
    expect(await world.says("hello", { sender: "@bob:x" as UserId })).toHaveLength(1);
    expect(await world.says("!usher help")).toHaveLength(1);
    expect(await world.says("hunter2")).toEqual([]);
    expect(world.redacted).toEqual(["$typed3"]);
    expect(world.last).toMatchObject(cutOff(true, true));
    expect(await world.says("help")).toHaveLength(1);
    await world.restart();
    expect(world.said).toHaveLength(2);
    expect(await world.says("help")).toHaveLength(1);
  });

  it("is remembered over a stop in good order, and says so where what was typed stays", async () => {
    [world.mayRedact, world.script] = [false, [PHONE]];
    await world.begin();
    world.walks.stop();
    await settled();
    await world.restart();
    expect(await world.says("hunter2")).toEqual([]);
    expect(world.last).toMatchObject(cutOff(true, false));
  });

  it("is not begun once more where its command is read again after a crash", async () => {
    world.script = [PHONE];
    await world.begin();
    await world.restart();
    expect(await world.begin()).toMatchObject(cutOff(false, false));
    expect(world.asked).toHaveLength(1);
  });

  it("gives way to the next log-in, and is forgotten an hour after it was begun", async () => {
    world.script = [PHONE, PHONE];
    await world.begin();
    await world.restart();
    expect(await world.says("login telegram")).toHaveLength(1);
    await world.begin(undefined, { event: "$another" as EventId });
    await world.says("cancel");
    expect(world.last).toMatchObject({ template: "login/cancelled" });
    await world.restart();
    expect(await world.says("help")).toHaveLength(1);
    world.script = [PHONE];
    await world.begin();
    world.walks.stop();
    await world.restart();
    world.clock.advance(3_600_001);
    expect(await world.says("help")).toHaveLength(1);
    await world.restart();
    expect(world.said.filter(({ template }) => template === "login/cut-off")).toHaveLength(2);
  });
});

function read(picture: Uint8Array | undefined): string {
  const { width, height, data } = decode(picture ?? new Uint8Array());
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : Number(data[Math.floor(at / 4)]),
  );
  return scanned({ width, height, data: rgba });
}
