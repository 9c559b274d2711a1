import { beforeEach, describe, expect, it, vi } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { edition, editionsOf, WORDINGS } from "../../test/harness/noticeEditions.ts";
import { readability } from "../../test/harness/readingGrade.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { View } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { createLog } from "../kernel/log.ts";
import type { Once } from "../matrix/transaction.ts";
import { personDocument } from "../store/people.ts";
import { Announcements } from "./announcements.ts";
import { NOTICE_PARTS, type Edition } from "./editions.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;

let documents: ReturnType<typeof memoryDocuments>;
let told: { readonly person: UserId; readonly said: string; readonly once: Once }[];
let deaf: UserId[];
let logged: string;
/** Whose homeserver never answers. */
let hanging: UserId | undefined;

beforeEach(() => {
  documents = memoryDocuments();
  [told, deaf, logged, hanging] = [[], [], "", undefined];
});

const knows = (person: UserId, noticeSeen?: string): Promise<unknown> =>
  documents.update(personDocument, person, () => ({
    person,
    ...(noticeSeen === undefined ? {} : { noticeSeen }),
  }));
const seenBy = async (person: UserId): Promise<string | undefined> =>
  (await documents.get(personDocument, person))?.noticeSeen;

/** A life of Usher with these versions of the notice. */
function life(all: readonly Edition[], facts: View = { successors: [] }): Announcements {
  return new Announcements({
    documents,
    editions: editionsOf(...all),
    wordings: WORDINGS,
    facts,
    log: createLog("info", { write: (line) => (logged += line) }),
    tell: (person, answer, once) => {
      if (person === hanging) return new Promise(() => undefined);
      if (deaf.includes(person)) return Promise.resolve(false);
      told.push({ person, said: sentenceOf(answer), once });
      return Promise.resolve(true);
    },
  });
}

const ONE = edition(1);
const TWO = edition(2, { changed: ["hosting", "contacts"] });
const THREE = edition(3, { changed: ["text", "hosting"], wording: 3 });

describe("R11 a new version of the notice", () => {
  it("is told to everybody else where it hangs with one", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await knows(ANN, "1");
      await knows(BOB, "1");
      for (hanging of [ANN, BOB]) {
        const announcing = life([ONE, TWO]).announce();
        await vi.advanceTimersByTimeAsync(30_000);
        await announcing;
      }
    } finally {
      vi.useRealTimers();
    }
    expect(told.map(({ person }) => person).toSorted()).toEqual([ANN, BOB]);
  });

  it("is told once to everybody about whom anything is kept, and never again", async () => {
    await knows(ANN, "1");
    await knows(BOB);
    for (let start = 0; start < 3; start += 1) {
      const announcements = life([ONE, TWO]);
      await announcements.announce();
      await announcements.announce();
    }
    expect(told.map(({ person }) => person).toSorted()).toEqual([ANN, BOB]);
    expect(told[0]?.said).toBe(
      [
        "My privacy notice has changed. It is version 2 now, of 2026-11-02. New is: where I run, and who takes part in that; whom to write to.",
        "`privacy notice` shows it. You need not do or agree to anything. `privacy export` gives you what I keep about you, and `privacy erase all` has it erased.",
      ].join("\n\n"),
    );
    expect(readability(told[0]?.said ?? "").grade).toBeLessThanOrEqual(9);
    expect([await seenBy(ANN), await seenBy(BOB)]).toEqual(["2", "2"]);
  });

  it("is not told where it is the first, nor to whom it was shown already", async () => {
    await knows(ANN);
    await life([ONE]).announce();
    await knows(BOB, "2");
    await knows(ANN, "2");
    await life([ONE, TWO]).announce();
    expect(told).toEqual([]);
  });

  it("says all that is new since the one that somebody knows, each thing once", async () => {
    await knows(ANN, "1");
    await knows(BOB, "2");
    await life([ONE, TWO, THREE]).announce();
    const said = new Map(told.map(({ person, said: words }) => [person, words.split("\n")[0]]));
    expect(said.get(ANN)).toBe(
      "My privacy notice has changed. It is version 3 now, of 2026-11-03. New is: where I run, and who takes part in that; whom to write to. New in its words: Words 3 are new. Words 2 are new.",
    );
    expect(said.get(BOB)).toBe(
      "My privacy notice has changed. It is version 3 now, of 2026-11-03. New is: where I run, and who takes part in that. New in its words: Words 3 are new. Words 2 are new.",
    );
  });

  it("says each part that can be new in words of its own", async () => {
    await knows(ANN, "1");
    await life([ONE, edition(2, { changed: [...NOTICE_PARTS] })]).announce();
    const parts = told[0]?.said.split("New is: ")[1]?.split(".")[0] ?? "";
    expect(new Set(parts.split("; ")).size).toBe(NOTICE_PARTS.length);
  });

  it("is said under one name, whatever is killed in between, and to each under their own", async () => {
    await knows(ANN, "1");
    await knows(BOB, "1");
    const write = documents.update;
    documents.update = () => Promise.reject(new Error("killed"));
    await expect(life([ONE, TWO]).announce()).rejects.toThrow("killed");
    documents.update = write;
    await life([ONE, TWO]).announce();
    const names = told.map(({ person, once }) => `${person} ${once.cause} ${once.step}`);
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(2);
    expect(new Set(told.map(({ once }) => once.cause)).size).toBe(2);
  });

  it("is tried again for whoever could not be told", async () => {
    await knows(ANN, "1");
    deaf = [ANN];
    const announcements = life([ONE, TWO]);
    await announcements.announce();
    expect(await seenBy(ANN)).toBe("1");
    deaf = [];
    await announcements.rounds[0]?.work();
    expect([told.length, await seenBy(ANN)]).toEqual([1, "2"]);
  });

  it("writes nothing of somebody who was erased while it was told", async () => {
    await knows(ANN, "1");
    const announcements = life([ONE, TWO]);
    const scan = documents.scan.bind(documents);
    documents.scan = async function* (type) {
      yield* scan(type);
      await documents.delete(personDocument, ANN);
    };
    await announcements.announce();
    expect(await documents.get(personDocument, ANN)).toBeUndefined();
  });

  it("R74 names who will answer for the data, from when, and offers export and erasure", async () => {
    await knows(ANN, "1");
    const successors = [{ name: "Neuer Verein", contact: "hello@neu.test", from: "2027-01-01" }];
    await life([ONE, edition(2, { changed: ["controller"] })], { successors }).announce();
    const [{ said } = { said: "" }] = told;
    expect(said).toContain("New is: who answers for your data.");
    expect(said).toContain("From 2027-01-01 on, Neuer Verein answers for your data (hello@neu.");
    expect(said).toContain("`privacy erase all` has it erased");
  });

  it("goes on beside all else at a start, ends with a stop, and logs what it fails of", async () => {
    await knows(ANN, "1");
    const stopped = life([ONE, TWO]);
    await stopped.stop();
    await stopped.announce();
    expect(told).toEqual([]);
    documents.scan = () => {
      throw new Error("unreadable");
    };
    const failing = life([ONE, TWO]);
    await failing.ready();
    await expect(failing.announce()).rejects.toThrow("unreadable");
    expect(logged).toContain("announcements.failed");
  });
});
