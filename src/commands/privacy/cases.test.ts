import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { ANN, BOB, DIRECT, ErasureWorld, ROOM } from "../../../test/harness/erasureWorld.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asUserId, type EventId, type RoomId, type UserId } from "../../kernel/ids.ts";
import { exportDocument } from "../../store/exports.ts";
import { auditDocument } from "../../store/audit.ts";
import { caseDocument, type CaseDocument } from "../../store/cases.ts";

const OLGA = asUserId("@olga:example.org") as UserId;
const OTTO = asUserId("@otto:example.org") as UserId;
const HOUR = 3_600_000;
const DUE = "2026-12-30";

let world: ErasureWorld;

beforeEach(() => {
  world = new ErasureWorld();
});

const idIn = (said: string | undefined): string => /[0-9a-f]{16}/.exec(said ?? "")?.[0] ?? "none";
const asks = async (words = "privacy human", text = "Where is my widget?"): Promise<string> =>
  idIn(await world.ask(ANN, words, { text }));
const replies = (id: string, what: string, text = "It is mended.", by = OLGA): Promise<string> =>
  world.ask(by, "admin case", { id, what, text });
const stored = (id: string): Promise<CaseDocument | undefined> =>
  world.stored.get(caseDocument, id);
const shown = async (id: string): Promise<string | undefined> => {
  await world.ask(OLGA, "admin case", { id });
  return world.apart.at(-1)?.body;
};
const told = (): string[] =>
  world.apart.filter(({ step }) => step === "case").map((one) => one.body);
const days = (): string[] => world.toOperators.map(({ step }) => step.split(",")[0] ?? "");

describe("R66 R78 R80 R8 what somebody asks of the people who run Usher", () => {
  it.each(["privacy human", "privacy complain", "privacy feedback"])(
    "%s is kept, acknowledged at once with its id and day, and told to the operators without its words",
    async (words) => {
      const said = await world.ask(ANN, words, { text: "Where is my widget?" });
      const id = idIn(said);
      expect(said).toContain(`as case \`${id}\``);
      expect(said).toContain(`before ${DUE} (UTC)`);
      expect((await stored(id))?.words[0]).toMatchObject({
        person: ANN,
        text: "Where is my widget?",
      });
      await world.cases.work();
      expect(world.toOperators).toHaveLength(1);
      const [{ body, each } = { body: "", each: true }] = world.toOperators;
      expect(body).toContain(`Somebody wrote to you: case \`${id}\` (\`${words}\`)`);
      expect(body).not.toContain("widget");
      expect(each).toBe(false);
    },
  );

  it("is taken over several lines, and no line is lost", async () => {
    world.below = "\nIt was there in March.\n\nIt is gone.";
    const id = await asks();
    expect((await stored(id))?.words[0]?.text).toBe(
      "Where is my widget?\nIt was there in March.\n\nIt is gone.",
    );
    expect(await world.ask(ANN, "privacy status")).toContain(
      "widget?\nIt was there in March.\n\nIt",
    );
  });

  it("is taken in a room of others, and what follows is said to them alone", async () => {
    expect(await world.ask(ANN, "privacy complain", { text: "Nobody answers." }, ROOM)).toBe(
      "I sent you a direct message.",
    );
    expect(world.apart[0]).toMatchObject({ room: DIRECT });
    expect(world.apart[0]?.body).toMatch(/as case `[0-9a-f]{16}`[^]*others can read it/);
  });

  it("is kept also where it cannot be acknowledged", async () => {
    world.fail = (what) => {
      if (what === "private room") throw new UsherError("private-rooms-enough");
    };
    await expect(
      world.ask(ANN, "privacy complain", { text: "Nobody answers." }, ROOM),
    ).rejects.toMatchObject({ code: "private-rooms-enough" });
    expect(await world.ask(OLGA, "admin cases")).toContain("1 case is open");
  });

  it("is refused empty, too long, and more than ten times a day", async () => {
    expect(await refusalOf(world.ask(ANN, "privacy human"))).toContain(
      "I have nothing to pass on yet",
    );
    world.below = "x".repeat(4_000);
    expect(await refusalOf(asks())).toContain("pass on at most 4000 at a time");
    world.below = "";
    for (let count = 0; count < 10; count += 1) await asks("privacy human", String(count));
    expect(await refusalOf(asks())).toContain("ten times today");
    expect(idIn(await world.ask(BOB, "privacy human", { text: "And I?" }, ROOM))).toBeDefined();
    world.clock.advance(DAY_MS);
    expect(await asks()).not.toBe("none");
  });

  it("is one case where the same message is heard again", async () => {
    const asked = { person: ANN, kind: "human", text: "Once", event: "$same" } as const;
    const first = await world.cases.open({ ...asked, event: asked.event as never });
    await world.restart();
    const again = await world.cases.open({ ...asked, event: asked.event as never });
    expect(again).toEqual(first);
  });

  it("is one case where the same words are said again before they are answered, and another one after", async () => {
    const first = await asks();
    expect(await asks()).toBe(first);
    expect(await asks("privacy complain")).not.toBe(first);
    expect(idIn(await world.ask(BOB, "privacy human", { text: "Where is my widget?" }))).not.toBe(
      first,
    );
    await replies(first, "answer");
    expect(await asks()).not.toBe(first);
  });

  it("is nobody else's, whoever sends the same event", async () => {
    const asked = { kind: "human", text: "Once", event: "$same" as EventId } as const;
    const anns = await world.cases.open({ ...asked, person: ANN });
    const bobs = await world.cases.open({ ...asked, person: BOB });
    expect(bobs.id).not.toBe(anns.id);
    expect(bobs.id).toMatch(/^[0-9a-f]{16}$/);
    // As where what is stored was tampered with.
    await world.stored.update(caseDocument, bobs.id, ({ words }) => ({ words, facts: anns.facts }));
    expect(await refusalOf(world.cases.open({ ...asked, person: BOB }))).toContain(
      "I know no case",
    );
  });

  it("is said to be done where whoever asked cannot read what follows, so that nobody asks twice", async () => {
    world.server.identities = { is: "none" };
    const said = await world.ask(ANN, "privacy human", { text: "Where is it?" }, ROOM);
    expect(said).toContain("you have no verified device to read it with. What you asked is done");
    expect(said).toContain("`privacy status here` tells you there");
  });
});

describe("R66 R78 the answer", () => {
  it("is shown to one operator alone beforehand, who is recorded, and closes it", async () => {
    const id = await asks("privacy complain", "Nobody answers.");
    expect(await world.ask(OLGA, "admin case", { id }, ROOM)).toBe("I sent you a direct message.");
    expect(world.apart.at(-1)?.body).toMatch(/privacy complain[^]*@ann[^]*Nobody answers\./);
    const entries = (await world.stored.get(auditDocument, "2026-11"))?.entries ?? [];
    expect(entries.map(({ who, targets }) => [who, targets])).toEqual([[OLGA, [id, ANN]]]);
    world.below = "Thank you.";
    expect(await replies(id, "answer")).toContain("is answered. I have told its person");
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatch(/It is the answer:\n\nIt is mended\.\nThank you\./);
    expect(told()[0]).toContain("data-protection authority");
    expect(await world.ask(OLGA, "admin cases")).toBe("No case is open.");
    expect(await world.ask(ANN, "privacy status")).toMatch(/: answered on 2026-11-29[^]*mended/);
  });

  it("may be a no, with its reason and the way to complain", async () => {
    const id = await asks();
    expect(await replies(id, "refuse", "That is not ours.")).toContain("is refused");
    expect(told()[0]).toMatch(/a no, with its reason:\n\nThat is not ours\.[^]*complain/);
  });

  it("is the first of two that come at once, and the second is told so", async () => {
    const id = await asks();
    const both = await Promise.allSettled([
      replies(id, "answer", "Yes.", OLGA),
      replies(id, "refuse", "No.", OTTO),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(told()).toHaveLength(1);
    expect(await refusalOf(replies(id, "answer"))).toContain("so nothing more can be done");
  });

  it("is given by no operator to their own case", async () => {
    const id = await asks();
    expect(await refusalOf(replies(id, "answer", "Granted.", ANN))).toContain(
      "another operator must decide it",
    );
    expect(await replies(id, "answer")).toContain("is answered");
  });

  it("waits for whoever cannot be told now, also over a restart, and is said once", async () => {
    const id = await asks();
    world.fail = (what) => {
      if (what === "private room") throw new UsherError("room-unreachable", { status: 403 });
    };
    expect(await replies(id, "answer")).toContain("I could not reach its person");
    await world.restart();
    await world.cases.start();
    await world.cases.work();
    expect(told()).toEqual([]);
    world.fail = () => undefined;
    expect(await shown(id)).toContain("could not be told yet");
    await world.cases.work();
    expect(told()).toEqual([]);
    world.clock.advance(HOUR);
    await world.cases.work();
    await world.cases.work();
    expect(told()).toHaveLength(1);
    await world.restart();
    await world.cases.start();
    expect(told()).toHaveLength(1);
  });

  it("is not said twice by a crash between saying it and writing that down", async () => {
    const id = await asks();
    world.fail = (what) => {
      if (what === "said") throw new Error("killed");
    };
    await replies(id, "answer");
    world.fail = () => undefined;
    await world.restart();
    await world.cases.start();
    await world.cases.work();
    expect(told()).toHaveLength(1);
    expect((await stored(id))?.words[0]?.replies[0]?.said).toBe(true);
  });

  it("needs a case that is there and words", async () => {
    expect(await refusalOf(replies("0".repeat(12), "answer"))).toMatch(
      /I know no case .* admin cases` lists those that are open/,
    );
    const id = await asks();
    expect(await refusalOf(world.ask(OLGA, "admin case", { id, what: "answer" }))).toContain(
      "I have nothing to pass on yet",
    );
  });
});

describe("R66 R78 a case of one's own", () => {
  it("is listed, and taken back by nobody else", async () => {
    const id = await asks();
    expect(await world.ask(ANN, "privacy status")).toMatch(
      new RegExp(`Case \`${id}\`[^]*open[^]*before ${DUE}[^]*privacy cancel ${id}`),
    );
    expect(await world.ask(BOB, "privacy status", {}, ROOM)).toBe("I sent you a direct message.");
    expect(world.apart.at(-1)?.body).not.toContain(id);
    expect(await refusalOf(world.ask(BOB, "privacy cancel", { id }, ROOM))).toContain(
      "I know no case",
    );
    expect(await world.ask(ANN, "privacy cancel", { id })).toContain(`taken case \`${id}\` back`);
    expect(await refusalOf(world.ask(ANN, "privacy cancel", { id }))).toContain(
      "so nothing more can be done",
    );
    expect(await refusalOf(replies(id, "answer"))).toContain("so nothing more can be done");
  });

  it("is listed beside the files that were sent", async () => {
    const at = world.clock.now();
    const file = { person: ANN, room: DIRECT, at, messages: ["$file" as EventId], leftOut: 0 };
    await world.stored.update(exportDocument, "$asked", () => file);
    expect(await world.ask(ANN, "privacy status")).toContain(
      "the file with your data of 2026-11-29 00:00 UTC: I take it away after 2026-12-02 00:00 UTC",
    );
  });

  it("ends when its person is erased: its words go, what it was and when stays", async () => {
    const id = await asks("privacy complain", "I am Ann.");
    const word = /confirm ([a-z]+)/.exec(
      await world.ask(ANN, "privacy erase", { what: "all", when: "now" }),
    )?.[1];
    world.erasures.begin = () => undefined;
    await world.ask(ANN, "confirm", { word });
    await world.erasures.runDue();
    const left = await stored(id);
    expect(left?.words).toEqual([]);
    expect(left?.facts).toMatchObject({ kind: "complain", state: "forgotten" });
    expect(left?.facts).not.toHaveProperty("person");
    expect(await refusalOf(replies(id, "answer"))).toContain("so nothing more can be done");
    expect(await shown(id)).toContain("asked to be forgotten");
  });

  it("goes three years after its end, and not before", async () => {
    const open = await asks();
    const ended = await asks("privacy human", "And that?");
    await replies(ended, "answer");
    world.clock.advance(3 * 365 * DAY_MS);
    await world.cases.sweep();
    expect(await stored(ended)).toBeDefined();
    world.clock.advance(2 * DAY_MS);
    await world.cases.sweep();
    expect(await stored(ended)).toBeUndefined();
    expect(await stored(open)).toBeDefined();
  });
});

describe("R66 a case that waits", () => {
  const after = async (ms: number): Promise<void> => {
    world.clock.advance(ms);
    await world.cases.work();
  };

  it("is told again on day 7, 20 and 25, once each, and on day 28 to each operator alone", async () => {
    await asks();
    for (let hour = 0; hour <= 30 * 24; hour += 1) await after(hour === 0 ? 0 : HOUR);
    expect(days()).toEqual([0, 7, 20, 25, 28].map((day) => `waits since ${String(day)}`));
    expect(world.toOperators.map(({ each }) => each)).toEqual([false, false, false, false, true]);
    expect(world.toOperators[2]?.body).toContain("(day 20 of 30)");
    expect(world.toOperators[4]?.body).toContain("This cannot wait any longer");
  });

  it("is told of the newest day alone after Usher was away, and once", async () => {
    await asks();
    await after(0);
    await world.restart();
    world.clock.advance(26 * DAY_MS);
    await world.cases.start();
    await after(0);
    await world.restart();
    await world.cases.start();
    await after(HOUR);
    expect(days()).toEqual(["waits since 0", "waits since 25"]);
  });

  it("is told later where operators cannot be told now", async () => {
    world.fail = (what) => {
      if (what === "tell operators") throw new Error("down");
    };
    await asks();
    await after(HOUR);
    expect(world.logged).toContain("case.failed");
    world.fail = () => undefined;
    await after(HOUR);
    expect(days()).toEqual(["waits since 0"]);
  });

  it("is told no more when it is answered", async () => {
    const id = await asks();
    await after(0);
    await replies(id, "answer");
    await after(27 * DAY_MS);
    expect(days()).toEqual(["waits since 0"]);
  });

  it("is listed by the day it is due, overdue ones named", async () => {
    const first = await asks();
    world.clock.advance(5 * DAY_MS);
    const second = await asks("privacy human", "And that?");
    world.clock.advance(26 * DAY_MS);
    const said = await world.ask(OLGA, "admin cases", {}, "!office:example.org" as RoomId);
    expect(said).toMatch(new RegExp(`overdue: \`${first}\`[^]*- \`${second}\``));
  });
});

describe("R66 many cases that wait", () => {
  it("are listed by twenty, those that are due first", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      if (count % 10 === 0) world.clock.advance(DAY_MS);
      ids.push(await asks("privacy human", String(count)));
    }
    const said = await world.ask(OLGA, "admin cases");
    expect(said).toContain("22 cases are open");
    expect(said).toContain("2 cases more, due later");
    expect(said.match(/[0-9a-f]{16}/g)).toHaveLength(20);
    expect(said).not.toContain(ids[21]);
    expect(said).toContain("`!usher admin cases 21` goes on");
    const rest = await world.ask(OLGA, "admin cases", { from: 21 });
    expect(ids.slice(20).every((id) => rest.includes(id))).toBe(true);
    expect(rest).not.toContain("due later");
  });
});

describe("R31 R66 an export that cannot be sent", () => {
  const fails = (event: string): Promise<void> =>
    world.cases.failed({
      ...{ person: ANN, kind: "export", text: "export-too-large" },
      event: event as EventId,
    });

  it("is one case until it is sent, however often it is asked for, and closed then", async () => {
    await fails("$1");
    await fails("$2");
    await world.cases.work();
    expect(world.toOperators.map(({ body }) => body)).toEqual([
      expect.stringContaining("(`privacy export`)"),
    ]);
    expect(await world.ask(ANN, "privacy status")).toMatch(/privacy export[^]*export-too-large/);
    await world.cases.done(ANN, "export");
    expect(await world.ask(OLGA, "admin cases")).toBe("No case is open.");
    await fails("$3");
    expect(await world.ask(OLGA, "admin cases")).toContain("1 case is open");
  });

  it("is no fault where it was closed in the moment in which it was sent", async () => {
    await fails("$1");
    await Promise.all([world.cases.done(ANN, "export"), world.cases.forget(ANN)]);
    expect(await world.ask(OLGA, "admin cases")).toBe("No case is open.");
  });

  it("is tried by itself when it must not wait any longer, again and again with longer waits, until it is sent", async () => {
    await asks();
    await fails("$other");
    const tried: number[] = [];
    world.exportByItself = async () => {
      tried.push(Math.floor((world.clock.now() - Date.UTC(2026, 10, 29)) / HOUR));
      if (tried.length < 4) return false;
      await world.cases.done(ANN, "export");
      return true;
    };
    for (let hour = 0; hour < 31 * 24; hour += 1) {
      await world.cases.work();
      world.clock.advance(HOUR);
    }
    expect(tried).toEqual([672, 673, 675, 679]);
    expect(await world.ask(OLGA, "admin cases")).toContain("1 case is open");
  });

  it("is kept nowhere where the disk is full, and that is logged", async () => {
    world.fail = (what) => {
      if (what === "update case") throw new Error("ENOSPC");
    };
    await fails("$1");
    expect(world.logged).toContain("case.failed");
  });
});

describe("R66 a case that is put off", () => {
  it("is so once, in time, with a reason that its person is told, by two months at most", async () => {
    const id = await asks();
    world.clock.advance(27 * DAY_MS);
    expect(await replies(id, "extend", "It takes an expert.")).toContain("before 2027-02-28");
    expect(told()[0]).toMatch(
      /more time, with its reason:\n\nIt takes an expert\.\n\nYou now have an/,
    );
    expect(told()[0]).toContain("before 2027-02-28 (UTC)");
    expect(await refusalOf(replies(id, "extend"))).toContain("has been put off once");
    expect(await world.ask(OLGA, "admin cases")).toContain("(put off)");
    expect(await world.ask(ANN, "privacy status")).toContain("later than at first");
    expect(await shown(id)).toContain("put off once");
    world.clock.advance(62 * DAY_MS);
    await world.cases.work();
    expect(days().at(-1)).toBe("waits since 28");
    expect(await replies(id, "answer")).toContain("is answered");
  });

  it("is not after its day, nor without a reason", async () => {
    const id = await asks();
    expect(await refusalOf(world.ask(OLGA, "admin case", { id, what: "extend" }))).toContain(
      "I have nothing to pass on yet",
    );
    world.clock.advance(31 * DAY_MS);
    expect(await refusalOf(replies(id, "extend"))).toContain("too late to put that case off");
  });
});
