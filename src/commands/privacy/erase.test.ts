import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { auditDocument } from "../../store/audit.ts";
import { definedDocuments } from "../../store/documents.ts";
import { erasureDocument, receiptDocument } from "../../store/erasures.ts";
import type { Quotes } from "../../rights/erasure/quotes.ts";
import { roomDocument } from "../../store/room.ts";
// The kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const EVENT = "$e" as EventId;
const OTHER = "!other:example.org" as RoomId;
const MINUTE = 60_000;
const HOUR = 3_600_000;

let world: ErasureWorld;

/** Ann and Bob have each put a widget into the room, Ann as an operator had Usher do something. */
async function furnish(): Promise<void> {
  const widget = { url: "https://pad.example.org", name: "Pad", addedAt: 1, cause: EVENT };
  const change = { cause: EVENT, at: 1, deed: "add", id: "a", name: "Pad", person: ANN };
  const widgets = [
    { ...widget, id: "a", addedBy: ANN },
    { ...widget, id: "b", addedBy: BOB },
  ];
  const state = { type: "t", key: "a", before: null, after: {} };
  const changes = [{ ...change, state, recordBefore: null, recordAfter: widgets[0] }];
  await world.stored.update(roomDocument, ROOM, (one) => ({
    ...one,
    inviter: ANN,
    widgets,
    changes,
  }));
  await world.people.used(ANN);
  await world.stored.update(auditDocument, "2026-11", () => ({
    entries: [{ at: 1, who: ANN, what: "admin leave", targets: [ROOM], event: EVENT }],
  }));
}

/** Asks, and gives the word. */
async function wordOf(when?: "now"): Promise<string> {
  const said = await world.ask(ANN, "privacy erase", { what: "all", when });
  return /confirm ([a-z]+)/.exec(said)?.[1] ?? "";
}

const confirm = (word: string, person = ANN, room = DIRECT): Promise<string> =>
  world.ask(person, "confirm", { word }, room);

/** All that is stored, as text. */
async function bytes(): Promise<string> {
  const all: unknown[] = [];
  for (const type of definedDocuments())
    for await (const stored of world.stored.scan(type)) all.push(stored);
  return JSON.stringify(all);
}

async function receipts(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { document } of world.stored.scan(receiptDocument))
    found.push(document.receipt?.state ?? "none");
  return found;
}

beforeEach(async () => {
  world = new ErasureWorld();
  await furnish();
});

describe("R36 privacy erase: the question", () => {
  it("says what goes, what stays without a name, what is kept and what is not Usher's", async () => {
    world.operators.push(ANN);
    const said = await world.ask(ANN, "privacy erase", { what: "all" });
    expect(said).toMatch(/Erased:\n- 1 of: the rooms I make[^]*- 1 of: what it takes to undo/);
    expect(said).toMatch(/Left without your name[^]*- 1 of: who invited me[^]*- 1 of: the widgets/);
    expect(said).toMatch(/Kept, and why:[^]*only my operators can take it away/);
    expect(said).toMatch(/these are public keys, and[^]*until/);
    expect(said).toContain("Not mine to erase");
    expect(said).toMatch(/say `confirm [a-z]{12}` here within 10 minutes/);
    expect(await bytes()).toContain('"addedBy":"@ann');
  });

  it("is asked where nobody else reads it, and confirmed there", async () => {
    const said = await world.ask(ANN, "privacy erase", { what: "all" }, ROOM);
    expect(said).toBe("I sent you a direct message.");
    const [{ room, body } = { room: ROOM, body: "" }] = world.apart;
    expect(room).toBe(DIRECT);
    const word = /confirm ([a-z]+)/.exec(body)?.[1] ?? "";
    expect(await refusalOf(confirm(word, ANN, ROOM))).toContain("Nothing of yours waits here");
    expect(await confirm(word)).toContain("privacy cancel");
  });

  it("is confirmed by nobody else, by no old word, and by no word after five wrong ones", async () => {
    const word = await wordOf("now");
    expect(await refusalOf(confirm(word, BOB))).toContain("Nothing of yours waits here");
    for (const left of [4, 3, 2, 1])
      await expect(confirm("wrong")).rejects.toMatchObject({
        code: "erasure-word-wrong",
        view: { left },
      });
    expect(await refusalOf(confirm("wrong"))).toContain("That is not the word either");
    expect(await refusalOf(confirm(word))).toContain("Nothing of yours waits here");
    const late = await wordOf("now");
    world.clock.advance(10 * MINUTE);
    expect(await refusalOf(confirm(late))).toContain(
      "That word has expired: it could be said for 10 minutes",
    );
    expect(await bytes()).toContain('"addedBy":"@ann');
    expect(await world.stored.get(erasureDocument, ANN)).toBeUndefined();
  });

  it("is confirmed by the word with what a sentence or a copy puts around it", async () => {
    world.erasures.begin = () => undefined;
    const word = await wordOf("now");
    expect(await confirm(`“${word.toUpperCase()}”.`)).toContain("I erase it now");
  });

  it("keeps only a hash of the word, and goes when nobody confirms it", async () => {
    const word = await wordOf();
    expect(await bytes()).not.toContain(word);
    world.clock.advance(9 * MINUTE);
    await world.erasures.sweep();
    expect(await world.ask(ANN, "privacy status")).toContain("have not confirmed it");
    world.clock.advance(MINUTE);
    await world.erasures.sweep();
    expect(await world.ask(ANN, "privacy status")).toContain("Nothing of yours waits to be erased");
  });
});

describe("R27 R29 R36 privacy erase: what follows", () => {
  it("waits for 72 hours, in which it can be called off", async () => {
    world.quotes.found = [{ room: ROOM, event: "$said" as EventId }];
    expect(await confirm(await wordOf())).toContain("2026-12-02 00:00 UTC");
    world.clock.advance(72 * HOUR - 1);
    await world.erasures.runDue();
    expect(await world.ask(ANN, "privacy status")).toContain("2026-12-02 00:00 UTC");
    expect(await world.ask(ANN, "privacy cancel")).toContain("nothing of yours is erased");
    world.clock.advance(HOUR);
    await world.erasures.runDue();
    expect([await receipts(), world.quotes.takenAway]).toEqual([[], []]);
    expect(await refusalOf(world.ask(ANN, "privacy cancel"))).toContain(
      "Nothing of yours waits here",
    );
  });

  it("erases after 72 hours, says so, and leaves no byte of the person; the other's things stand", async () => {
    world.operators.push(ANN);
    await confirm(await wordOf());
    const before = (await world.stored.get(roomDocument, ROOM))?.["widgets"];
    world.clock.advance(72 * HOUR);
    await world.erasures.runDue();
    expect(await bytes()).not.toContain("@ann");
    expect(world.remembered.has(ANN)).toBe(false);
    expect((await world.stored.get(roomDocument, ROOM))?.["widgets"]).toEqual([
      { id: "a", url: "https://pad.example.org", name: "Pad", addedAt: 1, cause: EVENT },
      (before as unknown[])[1],
    ]);
    // The configuration is the operators' to change.
    expect(world.logged).toContain("erasure.kept");
    expect(world.apart).toHaveLength(1);
    expect(world.apart[0]?.body).toContain("nothing is left but what this says");
    expect(await receipts()).toEqual(["verified"]);
  });

  it("takes away what Usher has said that names them, and the receipt says how much", async () => {
    world.quotes.found = ["$said1", "$said2"].map((event) => ({
      room: ROOM,
      event: event as EventId,
    }));
    world.erasures.begin = () => undefined;
    const said = await world.ask(ANN, "privacy erase", { what: "all", when: "now" });
    expect(said).toContain("I also take away what I have said that names you");
    await confirm(/confirm ([a-z]+)/.exec(said)?.[1] ?? "");
    await world.erasures.runDue();
    expect(world.quotes.takenAway).toEqual(["$said1", "$said2"]);
    expect(world.apart[0]?.body).toMatch(/Erased:[^]*- 2 of: what I say[^]*Not mine to erase/);
    expect(await receipts()).toEqual(["verified"]);
    expect(await bytes()).not.toContain("$said1");
  });

  it("gives a receipt that whoever has its secret can read anywhere, when all else is gone", async () => {
    world.erasures.begin = () => undefined;
    await confirm(await wordOf("now"));
    await world.erasures.runDue();
    const [, id = "", secret = ""] =
      /privacy receipt ([0-9a-f]+) ([0-9a-f]+)/.exec(world.apart[0]?.body ?? "") ?? [];
    const said = await world.ask(BOB, "privacy receipt", { id, secret }, ROOM);
    expect(said).toMatch(/nothing was found afterwards[^]*- 1 of: what it takes to undo/);
    for (const wrong of [
      { id, secret: "0" },
      { id: "0", secret },
    ])
      await expect(world.ask(BOB, "privacy receipt", wrong, ROOM)).rejects.toMatchObject({
        code: "receipt-unknown",
      });
    expect(await bytes()).not.toContain(secret);
  });

  it("ends also for whoever left so many rooms that none is made to tell them", async () => {
    world.erasures.begin = () => undefined;
    await confirm(await wordOf("now"));
    world.fail = (what) => {
      if (what === "say") throw new UsherError("private-rooms-enough");
    };
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(await bytes()).not.toContain("@ann");
  });

  it("is partial where something is left, told and tried again later, and verified in the end", async () => {
    world.erasures.begin = () => undefined;
    await confirm(await wordOf("now"));
    world.fail = (what) => {
      if (what === "forget rooms") throw new Error("The homeserver is down");
    };
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["partial"]);
    expect(world.logged).toContain("erasure.partial");
    expect(world.apart[0]?.body).toMatch(/could not erase everything[^]*- 1 of: the rooms I make/);
    const [, id = "", secret = ""] =
      /privacy receipt ([0-9a-f]+) ([0-9a-f]+)/.exec(world.apart[0]?.body ?? "") ?? [];
    expect(await world.ask(BOB, "privacy receipt", { id, secret }, ROOM)).toMatch(
      /- 1 of: the rooms I make/,
    );
    expect(await world.ask(ANN, "privacy status")).toContain("I try again after");
    expect(await refusalOf(world.ask(ANN, "privacy cancel"))).toContain(
      "It is too late to call it off",
    );
    world.fail = () => undefined;
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["partial"]);
    world.clock.advance(HOUR);
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(world.apart.map(({ step }) => step)).toEqual(["erased", "erased at last"]);
    expect(await bytes()).not.toContain("@ann");
  });
});

describe("R28 privacy erase: of less than all", () => {
  const inviterOf = async (room = ROOM): Promise<unknown> =>
    (await world.stored.get(roomDocument, room))?.inviter;

  async function erased(words: string, input: Readonly<Record<string, unknown>>): Promise<string> {
    world.erasures.begin = () => undefined;
    const said = await world.ask(ANN, words, { ...input, when: "now" });
    await confirm(/confirm ([a-z]+)/.exec(said)?.[1] ?? "");
    await world.erasures.runDue();
    expect(await receipts()).toEqual(["verified"]);
    expect(await world.stored.get(erasureDocument, ANN)).toBeUndefined();
    return said;
  }

  it("is of one kind, in every room, and nothing else goes", async () => {
    const change = { cause: EVENT, at: 2, deed: "add-bot", id: "p", name: "p", person: ANN };
    const bot = { ...change, user: BOB, level: { before: null, after: 0 } };
    await world.stored.update(roomDocument, ROOM, (one) => ({
      ...one,
      changes: [...(one.changes ?? []), bot],
    }));
    const said = await erased("privacy erase", { what: "widgets" });
    expect(said).toContain("what I keep about your widgets, in every room");
    expect(said).not.toContain("who invited me");
    const document = await world.stored.get(roomDocument, ROOM);
    expect(document?.changes).toEqual([bot]);
    expect(JSON.stringify(document?.["widgets"])).not.toContain(ANN);
    expect(await inviterOf()).toBe(ANN);
    expect(world.remembered.has(ANN)).toBe(true);
    const { entries } = (await world.stored.get(auditDocument, "2026-11")) ?? { entries: [] };
    expect(entries.map(({ who }) => who)).toEqual([ANN]);
  });

  it("is said to be one at a time, and which, where another is asked for meanwhile", async () => {
    const first = await world.ask(ANN, "privacy erase", { what: "widgets" });
    expect(await world.ask(ANN, "privacy status")).toContain(
      "asked me to erase what I keep about your widgets and have not",
    );
    await confirm(/confirm ([a-z]+)/.exec(first)?.[1] ?? first);
    const said = await world.ask(ANN, "privacy erase", { what: "all", when: "now" });
    expect(said).toMatch(/^I erase what I keep about your widgets from 2026-12-02 00:00 UTC on/);
    expect(said).toContain("what you ask now is not part of it. To have something else erased");
    expect(await world.ask(ANN, "privacy status")).toContain("I erase what I keep about your widg");
    world.erasures.begin = () => undefined;
    await world.ask(ANN, "privacy cancel");
    await confirm(await wordOf("now"));
    expect(await world.ask(ANN, "privacy erase", { what: "bots" })).toContain(
      "When it is done, ask again.",
    );
  });

  it("is of one room, and of no other", async () => {
    await world.stored.update(roomDocument, DIRECT, (one) => ({ ...one, inviter: ANN }));
    const said = await erased("privacy erase room", { room: ROOM });
    expect(said).toContain("in the room `!room:example.org`");
    expect(JSON.stringify(await world.stored.get(roomDocument, ROOM))).not.toContain(ANN);
    expect(await inviterOf(DIRECT)).toBe(ANN);
    expect(world.remembered.has(ANN)).toBe(true);
  });
});

describe("R36 an erasure that is cut off", () => {
  it("ends verified, with one receipt and one message, wherever that was", async () => {
    for (let steps = 0; ; steps += 1) {
      world = new ErasureWorld();
      await furnish();
      world.erasures.begin = () => undefined;
      await confirm(await wordOf("now"));
      let done = 0;
      world.fail = () => {
        // Whatever this process would still do, it does no more.
        if (done >= steps) throw new Error("killed");
        done += 1;
      };
      await world.erasures.runDue();
      const finished = done < steps;
      world.fail = () => undefined;
      await world.restart();
      // What was put off when the homeserver answered nothing any more is tried again.
      world.clock.advance(HOUR);
      await world.erasures.runDue();
      expect([steps, await receipts()]).toEqual([steps, ["verified"]]);
      expect(world.apart.filter(({ step }) => step === "erased")).toHaveLength(1);
      expect(await bytes()).not.toContain("@ann");
      const [, id = "", secret = ""] =
        /privacy receipt ([0-9a-f]+) ([0-9a-f]+)/.exec(world.apart[0]?.body ?? "") ?? [];
      const said = await world.ask(BOB, "privacy receipt", { id, secret }, ROOM);
      expect(said).toContain("was erased, and");
      expect(said).toMatch(/- 1 of: what it takes to undo/);
      if (finished) {
        expect(steps).toBeGreaterThan(6);
        return;
      }
    }
  });
});

describe("R36 R66 an erasure that cannot be done", () => {
  const at = async (days: number): Promise<void> => {
    world.clock.advance(Date.UTC(2026, 10, 29) + days * 24 * HOUR - world.clock.now());
    await world.erasures.runDue();
  };
  const days = (): readonly string[] =>
    world.toOperators.map(({ step }) => step.split(",")[0] ?? "");

  /** Erasing it fails from now on. */
  async function stuck(): Promise<void> {
    world.erasures.begin = () => undefined;
    await confirm(await wordOf("now"));
    world.fail = (what) => {
      if (what === "forget rooms") throw new Error("The homeserver is down");
    };
    await world.erasures.runDue();
  }

  it("is told to operators on day 7, 20 and 25 once each, and on day 28 to each of them alone", async () => {
    await stuck();
    for (let day = 0; day <= 30; day += 0.5) await at(day);
    expect(days()).toEqual([7, 20, 25, 28].map((day) => `waits since ${String(day)}`));
    expect(world.toOperators.map(({ each }) => each)).toEqual([false, false, false, true]);
    expect(world.toOperators[0]?.body).toContain("I cannot erase everything (day 7 of 30");
    expect(world.toOperators[3]?.body).toMatch(/cannot wait any longer[^]*before 2026-12-30/);
  });

  it("is told of the newest day alone after Usher was away, and is done at once on the last", async () => {
    await stuck();
    await at(8);
    await world.restart();
    await at(27.9);
    expect(days()).toEqual(["waits since 7", "waits since 25"]);
    // What failed a moment ago waits a day for its next try; on the last day it does not.
    world.fail = () => undefined;
    await at(28);
    expect(await receipts()).toEqual(["verified"]);
    expect(days().at(-1)).toBe("waits since 28");
  });

  it("is told of no more when it is done", async () => {
    await stuck();
    world.fail = () => undefined;
    await at(1);
    await at(9);
    expect(await receipts()).toEqual(["verified"]);
    expect(days()).toEqual([]);
  });
});

describe("R36 privacy erase: what comes in between", () => {
  const quote = (event: string) => ({ room: ROOM, event: event as EventId });
  const gate = () => Promise.withResolvers<undefined>();

  it("of what was called off while Usher looked for it nothing goes with what is asked instead", async () => {
    const word = await wordOf();
    await confirm(word);
    world.clock.advance(72 * HOUR);
    const looking = gate();
    const looked: unknown[] = [];
    world.quotes.find = async (...[, { room }]: Parameters<Quotes["find"]>) => {
      looked.push(room);
      if (room === undefined) await looking.promise;
      return [quote(room === undefined ? "$everywhere" : "$there")];
    };
    const running = world.erasures.runDue();
    await expect.poll(() => looked).toEqual([undefined]);
    await world.ask(ANN, "privacy cancel");
    const said = await world.ask(ANN, "privacy erase room", { room: OTHER, when: "now" });
    await confirm(/confirm ([a-z]+)/.exec(said)?.[1] ?? "");
    looking.resolve(undefined);
    await running;
    await world.erasures.runDue();
    await expect.poll(() => world.quotes.takenAway).toEqual(["$there"]);
    expect(looked).toEqual([undefined, OTHER]);
    expect(await bytes()).toContain('"addedBy":"@ann');
  });

  it("an account that is deactivated while less than all goes is erased as a whole, after that", async () => {
    const going = gate();
    let takes = 0;
    world.quotes.found = [quote("$said")];
    world.quotes.takeAway = async () => {
      takes += 1;
      if (takes === 1) await going.promise;
      return 1;
    };
    const said = await world.ask(ANN, "privacy erase room", { room: OTHER, when: "now" });
    await confirm(/confirm ([a-z]+)/.exec(said)?.[1] ?? "");
    await expect.poll(() => takes).toBe(1);
    await world.erasures.eraseDeactivated(ANN, world.clock.now());
    going.resolve(undefined);
    await expect.poll(async () => (await receipts()).length).toBe(1);
    await world.erasures.runDue();
    expect(world.tombstones.map(({ only }) => only)).toEqual([{ room: OTHER }, {}]);
    expect(await receipts()).toHaveLength(2);
  });
});
