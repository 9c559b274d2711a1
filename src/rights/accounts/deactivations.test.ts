import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { heardBy, silentLog } from "../../kernel/log.ts";
import { makeStandIn } from "../../privacy/erased.ts";
import type { AccountState } from "../../matrix/synapseAdmin.ts";
import { deactivationsDocument } from "../../store/deactivations.ts";
import { definedDocuments } from "../../store/documents.ts";
import { erasureDocument, receiptDocument } from "../../store/erasures.ts";
import { roomDocument } from "../../store/room.ts";
import { AccountQuestions } from "./accountQuestions.ts";
import { GRACE_MS } from "./deactivation.ts";
import { Deactivations } from "./deactivations.ts";
import { KnownPeople } from "./knownPeople.ts";

const HOUR = 3_600_000;
const ELSE = "@cleo:elsewhere.example" as UserId;

let world: ErasureWorld;
/** What the homeserver says of accounts; of others that they are in use. */
let states: Map<UserId, AccountState | "silent">;
let asked: UserId[];

const admin = {
  accountState: (person: UserId): Promise<AccountState> => {
    asked.push(person);
    const state = states.get(person) ?? "active";
    return state === "silent"
      ? Promise.reject(new UsherError("room-unreachable", { status: 502 }))
      : Promise.resolve(state);
  },
};

/** As a process has it; `mayAsk`: whether it has an admin's token. */
function open(mayAsk: boolean): { deactivations: Deactivations; questions: AccountQuestions } {
  const { clock, documents, server } = world;
  const deps = {
    documents,
    clock,
    me: server.me,
    log: heardBy(silentLog, world.lines),
    knownPeople: new KnownPeople({ documents, holdings: world.holdings, me: server.me, clock }),
  };
  const deactivations = new Deactivations({
    ...deps,
    admin: mayAsk ? admin : undefined,
    erasures: world.erasures,
  });
  return { deactivations, questions: new AccountQuestions({ ...deps, admin, deactivations }) };
}

async function stored(): Promise<string> {
  const all: unknown[] = [];
  for (const type of definedDocuments())
    for await (const one of world.stored.scan(type)) all.push(one);
  return JSON.stringify(all);
}

async function receipts(): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { document } of world.stored.scan(receiptDocument))
    found.push(document.receipt?.state);
  return found;
}

beforeEach(async () => {
  world = new ErasureWorld();
  states = new Map();
  asked = [];
  const one = { event: "$e" as EventId, calledAs: "!usher", at: 1, replyTo: "$e" as EventId };
  await world.stored.update(roomDocument, ROOM, (room) => ({
    ...room,
    inviter: ANN,
    journal: [ANN, BOB, ELSE].map((person) => ({ ...one, person, line: "list" })),
  }));
});

describe("R26 an account that the module says was deactivated", () => {
  it("is erased when 72 hours are over, to the millisecond, and nobody is told; others' things stay", async () => {
    const { deactivations } = open(false);
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() });
    world.clock.advance(GRACE_MS - 1);
    await deactivations.eraseDue();
    expect(await stored()).toContain(ANN);
    world.clock.advance(1);
    await deactivations.eraseDue();
    const left = await stored();
    expect(left).not.toContain(ANN);
    expect(left).toContain(BOB);
    expect(await receipts()).toEqual(["verified"]);
    expect(world.apart).toEqual([]);
    expect(world.remembered.has(ANN)).toBe(false);
  });

  it("counts from when it was, not from when it was told", async () => {
    const { deactivations } = open(false);
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    await deactivations.eraseDue();
    expect(await receipts()).toEqual(["verified"]);
  });

  it("is not erased where it is taken into use again in time", async () => {
    const { deactivations } = open(false);
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() });
    world.clock.advance(GRACE_MS - 1);
    await deactivations.heard(ANN, { is: "active", at: world.clock.now() });
    world.clock.advance(30 * DAY_MS);
    await deactivations.eraseDue();
    expect(await receipts()).toEqual([]);
    // What the module said before may come again for a while.
    await deactivations.sweep();
    expect(await stored()).toContain('"activeAt"');
    world.clock.advance(1);
    await deactivations.sweep();
    expect(await stored()).toContain('"accounts":[]');
  });

  it("of a stranger is kept nowhere", async () => {
    const { deactivations } = open(false);
    const stranger = "@stranger:example.org" as UserId;
    await deactivations.heard(stranger, { is: "deactivated", at: world.clock.now() });
    expect(await stored()).not.toContain(stranger);
  });

  it("replaces a question that waits for its word, and goes on with an erasure that was begun", async () => {
    const { deactivations } = open(false);
    await world.ask(ANN, "privacy erase", { what: "all" });
    const begun = { id: "receipt", tries: 2 };
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    await deactivations.eraseDue();
    expect(await receipts()).toEqual(["verified"]);
    const work = {
      standIn: "@forgotten-1:erased.invalid" as UserId,
      receipt: begun.id,
      began: [],
      tries: begun.tries,
    };
    const due = world.clock.now() + HOUR;
    await world.stored.update(erasureDocument, BOB, () => ({
      request: {
        ...{ person: BOB, at: 1, now: true, words: [], wrong: 0, due, work },
        state: "partial" as const,
      },
    }));
    await deactivations.heard(BOB, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    await deactivations.eraseDue();
    const { request } = (await world.stored.get(erasureDocument, BOB)) ?? {};
    expect(request).toMatchObject({ state: "partial", due, work });
  });

  it.each([{ kind: "widget" }, { room: ROOM }, { item: "board" }])(
    "takes the place of an erasure of less than all: of %j",
    async (only) => {
      const work = { standIn: makeStandIn(), receipt: "receipt", began: [], tries: 2 };
      const due = world.clock.now() + HOUR;
      await world.stored.update(erasureDocument, ANN, () => ({
        request: {
          ...{ person: ANN, at: 1, now: true, words: [], wrong: 0, due, work, only },
          state: "partial" as const,
        },
      }));
      const { deactivations } = open(false);
      await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
      await deactivations.eraseDue();
      expect(await receipts()).toEqual(["verified"]);
      expect(await stored()).not.toContain(ANN);
    },
  );
});

describe("R26 R27 that somebody is erased", () => {
  it("is written down for backups before anything goes, and nothing goes where it cannot be", async () => {
    const { deactivations } = open(false);
    world.fail = (what) => {
      if (what === "set tombstone") throw new Error("EROFS");
    };
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    await deactivations.eraseDue();
    expect((await world.stored.get(roomDocument, ROOM))?.inviter).toBe(ANN);
    expect(world.logged).toContain("erasure.failed");
    world.fail = () => undefined;
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(world.tombstones.map(({ erasure: _, ...of }) => of)).toEqual([
      { person: ANN, only: {} },
    ]);
  });
});

describe("R26 right before it erases", () => {
  it("Usher asks once more, so that a lost word of the account's being in use again is found", async () => {
    const { deactivations } = open(true);
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    await deactivations.eraseDue();
    expect(asked).toEqual([ANN]);
    expect(await receipts()).toEqual([]);
    await deactivations.eraseDue();
    expect(asked).toEqual([ANN]);
  });

  it("a silent homeserver is waited for a day at most, and asked each hour", async () => {
    states.set(ANN, "silent");
    const { deactivations } = open(true);
    await deactivations.heard(ANN, { is: "deactivated", at: world.clock.now() - GRACE_MS });
    for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
      await deactivations.eraseDue();
      world.clock.advance(10 * 60_000);
    }
    expect(asked).toHaveLength(24);
    expect(await receipts()).toEqual([]);
    await deactivations.eraseDue();
    expect(await receipts()).toEqual(["verified"]);
  });
});

describe("R26 within 30 days", () => {
  it("what fails is tried again each day, told to the operators from day 20 on, once a day, and done in the end", async () => {
    const { deactivations } = open(false);
    const since = world.clock.now();
    world.fail = (what) => {
      if (what === "update room") throw new Error("EIO");
    };
    await deactivations.heard(ANN, { is: "deactivated", at: since });
    let toldFirst: number | undefined;
    for (let hours = 0; hours < 22 * 24; hours += 1) {
      world.clock.advance(HOUR);
      await deactivations.eraseDue();
      await world.erasures.runDue();
      if (toldFirst === undefined && world.logged.includes("erasure.late"))
        toldFirst = world.clock.now() - since;
    }
    expect(toldFirst).toBe(20 * DAY_MS);
    expect(world.logged.filter((what) => what === "erasure.late")).toHaveLength(3);
    expect(world.logged).toContain("erasure.partial");
    expect(await receipts()).toEqual(["partial"]);
    world.fail = () => undefined;
    world.clock.advance(DAY_MS);
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(await stored()).not.toContain(ANN);
  });

  it("29 days without Usher, or without a word of the module: the first question finds it, and it is erased at once", async () => {
    const { questions } = open(true);
    await questions.round();
    world.clock.advance(1000);
    states.set(ANN, "deactivated");
    const since = world.clock.now();
    world.clock.advance(29 * DAY_MS);
    const next = open(true);
    await next.questions.round();
    await next.deactivations.eraseDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(world.clock.now() - since).toBeLessThan(30 * DAY_MS);
  });

  it("a lost word of the module is found the next day, with the rest of the 72 hours to take it back", async () => {
    const { deactivations, questions } = open(true);
    await questions.round();
    const lastAt = world.clock.now();
    world.clock.advance(HOUR);
    states.set(ANN, "deactivated");
    world.clock.advance(23 * HOUR);
    await questions.round();
    expect((await world.stored.get(deactivationsDocument, "self"))?.accounts).toEqual([
      { person: ANN, deactivatedSince: lastAt + 1 },
    ]);
    await deactivations.eraseDue();
    expect(await receipts()).toEqual([]);
  });
});

describe("R26 the daily questions", () => {
  it("are about people of this homeserver that something is kept about, and nobody else", async () => {
    await open(true).questions.round();
    expect(asked.sort()).toEqual([ANN, BOB]);
  });

  it("are asked once a day, and at the next start where a time was missed", async () => {
    const { questions } = open(true);
    await questions.round();
    world.clock.advance(DAY_MS - 1);
    await questions.round();
    expect(asked).toHaveLength(2);
    world.clock.advance(1);
    await open(true).questions.start();
    await expect.poll(() => asked.length).toBe(4);
  });

  it("are asked again an hour after one was not answered, and what is found then counts from the last time when all were", async () => {
    const { questions } = open(true);
    await questions.round();
    const lastAt = world.clock.now();
    world.clock.advance(DAY_MS);
    states.set(BOB, "silent").set(ANN, "unknown");
    await questions.round();
    world.clock.advance(HOUR - 1);
    await questions.round();
    expect(asked).toHaveLength(4);
    world.clock.advance(1);
    states.set(BOB, "deactivated");
    await questions.round();
    expect((await world.stored.get(deactivationsDocument, "self"))?.accounts).toEqual([
      { person: BOB, deactivatedSince: lastAt + 1 },
    ]);
  });

  it("end after five that fail in a row, and take no silence and no unknown account for a deactivation", async () => {
    const many = Array.from(
      { length: 9 },
      (_, index) => `@p${String(index)}:example.org` as UserId,
    );
    for (const person of many) states.set(person, "silent");
    const one = { event: "$e" as EventId, calledAs: "!usher", at: 1, replyTo: "$e" as EventId };
    await world.stored.update(roomDocument, ROOM, (room) => ({
      ...room,
      inviter: undefined,
      journal: many.map((person) => ({ ...one, person, line: "list" })),
    }));
    world.remembered.clear();
    await open(true).questions.round();
    expect(asked).toHaveLength(5);
    expect((await world.stored.get(deactivationsDocument, "self"))?.accounts).toEqual([]);
    expect((await open(true).deactivations.facts()).completedAt).toBeUndefined();
  });

  it("that are not answered for three days are told to the operators, once a day", async () => {
    const told = (): number =>
      world.logged.filter((what) => what === "account-questions.unanswered").length;
    const { questions } = open(true);
    await questions.round();
    states.set(ANN, "silent");
    for (let hours = 0; hours < 71; hours += 1) {
      world.clock.advance(HOUR);
      await questions.round();
    }
    expect(told()).toBe(0);
    for (let hours = 71; hours < 5 * 24; hours += 1) {
      world.clock.advance(HOUR);
      await questions.round();
    }
    expect(told()).toBe(3);
  });

  it("that are not answered the very first time are told of at once", async () => {
    states.set(ANN, "silent");
    await open(true).questions.round();
    expect(world.logged).toContain("account-questions.unanswered");
  });
});
