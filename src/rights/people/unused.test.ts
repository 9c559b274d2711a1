import { beforeEach, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer } from "../../chat/command.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { DAY_MS, dayOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { LogListeners, heardBy, silentLog } from "../../kernel/log.ts";
import type { Documents } from "../../store/documents.ts";
import { openEnvelope } from "../../store/envelope.ts";
import { personDocument } from "../../store/people.ts";
import { Unused } from "./unused.ts";

const ANN = "@ann:example.org" as UserId;
const OLGA = "@olga:example.org" as UserId;
const RENE = "@rene:example.org" as UserId;

let documents: Documents;
let clock: ManualClock;
let told: [string, UserId, Answer][];
let erased: [string, UserId][];
let logged: string[];
let deaf: boolean;

beforeEach(() => {
  [documents, clock, told, erased, logged, deaf] = [
    memoryDocuments(),
    new ManualClock(Date.UTC(2027, 0, 1)),
    [],
    [],
    [],
    false,
  ];
});

const today = (): string => dayOf(clock.now());
const use = (person: UserId): Promise<unknown> =>
  documents.update(personDocument, person, ({ warned: _, ...known }) => ({
    ...known,
    person,
    lastUsed: today(),
  }));

function unused(months = 12): Unused {
  const lines = new LogListeners();
  lines.add(({ what }) => logged.push(what));
  return new Unused({
    ...{ documents, clock, months, log: heardBy(silentLog, lines) },
    operators: [OLGA],
    restrictions: { against: (person) => (person === RENE ? { person, at: 1 } : undefined) },
    tell: (person, answer) => {
      told.push([today(), person, answer]);
      return Promise.resolve(!deaf);
    },
    erase: async (person) => {
      if (logged.includes("fail")) throw new Error("full");
      erased.push([today(), person]);
      await documents.delete(personDocument, person);
    },
  });
}

/** Looks each day. */
async function pass(days: number, of: Unused): Promise<void> {
  for (let day = 0; day < days; day++) {
    clock.advance(DAY_MS);
    await of.look();
  }
}

it("whoever has not used Usher for twelve months is warned 30 and 7 days before, and then goes", async () => {
  await use(ANN);
  await pass(400, unused());
  expect(told.map(([day, person]) => [day, person])).toEqual([
    ["2027-12-02", ANN],
    ["2027-12-25", ANN],
  ]);
  expect(erased).toEqual([["2028-01-01", ANN]]);
  expect(logged).toContain("unused.erased");
  const said = told.map(([, , answer]) => sentenceOf(answer));
  expect(said[0]).toContain("You have not used me since 2027-01-01.");
  expect(said[0]).toContain(
    "for 12 months I do not keep: on 2028-01-01 I erase what I keep about you. I will say so once more.",
  );
  expect(said[1]).toContain("This is the last time that I say so.");
});

it("who uses it meanwhile stays, and is warned anew a year later", async () => {
  await use(ANN);
  const looking = unused();
  await pass(360, looking);
  expect(told).toHaveLength(2);
  await use(ANN);
  await pass(334, looking);
  expect(told).toHaveLength(2);
  await pass(60, looking);
  expect([told.length, erased.length]).toEqual([4, 1]);
});

it("an Usher that was off for long warns first, and leaves a week each time; whoever cannot be told goes as well", async () => {
  deaf = true;
  await use(ANN);
  clock.advance(700 * DAY_MS);
  await pass(30, unused());
  const start = Date.UTC(2027, 0, 1) + 701 * DAY_MS;
  const [first, second] = [dayOf(start), dayOf(start + 7 * DAY_MS)];
  expect(told.map(([day]) => day)).toEqual([first, second]);
  expect(told.map(([, , { view }]) => view["goes"])).toEqual([
    dayOf(start + 14 * DAY_MS),
    dayOf(start + 14 * DAY_MS),
  ]);
  expect(erased).toEqual([[dayOf(start + 14 * DAY_MS), ANN]]);
});

it("R37 nobody goes who runs Usher, who wants it kept and unused, or of whom nobody knows when they used it; nor anybody where it is switched off", async () => {
  for (const person of [OLGA, RENE]) await use(person);
  await documents.update(personDocument, ANN, () => ({ person: ANN }));
  await pass(800, unused());
  await documents.update(personDocument, ANN, () => ({ person: ANN, lastUsed: "2020-01-01" }));
  await pass(30, unused(0));
  expect([told, erased]).toEqual([[], []]);
});

it("looks when it is ready and at each of its hours, once a day", async () => {
  await use(ANN);
  clock.advance(340 * DAY_MS);
  const looking = unused();
  await looking.ready();
  await expect.poll(() => told.length).toBe(1);
  const hour = looking.rounds[0]?.work ?? looking.look;
  for (let day = 0; day < 30; day++) {
    clock.advance(DAY_MS);
    await Promise.all([hour(), hour()]);
    await hour();
  }
  expect([told.length, erased.length]).toEqual([2, 1]);
});

it("tries again the next day what fails, and others go meanwhile", async () => {
  await use(ANN);
  await pass(364, unused());
  logged.push("fail");
  await pass(2, unused());
  expect([erased, logged]).toEqual([[], expect.arrayContaining(["unused.failed"])]);
  logged = [];
  await pass(1, unused());
  expect(erased).toHaveLength(1);
});

it("a document of the version before is of somebody who was not warned", () => {
  const document = {
    person: ANN,
    firstUsed: "2026-01-01",
    lastUsed: "2026-02-01",
    language: "en",
    noticeSeen: "1",
    identity: { masterKey: "k", seen: "2026-01-01" },
  };
  expect(openEnvelope(personDocument, { version: 1, id: ANN, document })).toMatchObject({
    ok: true,
    oldVersion: 1,
    document,
  });
});
