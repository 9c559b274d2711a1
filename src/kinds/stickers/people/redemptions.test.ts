import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { EventId, UserId } from "../../../kernel/ids.ts";
import type { FileMessage } from "../../../matrix/fileContent.ts";
import { definedDocuments, type Documents } from "../../../store/documents.ts";
import { makeStandIn } from "../../../privacy/erased.ts";
import { StoredDocuments } from "../../../rights/holdings/storedDocuments.ts";
import { PERSON_PACKS } from "../dataMap.ts";
import { readCode } from "./codeText.ts";
import { Codes } from "./codes.ts";
import { personPacksDocument } from "./document.ts";
import { PersonPacks } from "./personPacks.ts";
import { MOST_TRIES, MOST_TRYING, Redemptions } from "./redemptions.ts";

const ADA = "@ada:example.org" as UserId;
const BEN = "@ben:example.org" as UserId;
const MADE = "$made" as EventId;
const SENT = "$file" as EventId;
const event = (name: string): EventId => `$${name}` as EventId;
const message = (lines: readonly string[]): FileMessage => ({
  ...{ encrypted: true, content: { body: lines.join(" ") } },
});

class Killed extends Error {}

/** Documents of a process that is killed before its n-th write, or right after it. */
function dying(documents: Documents, writes: number, when: "before" | "after"): Documents {
  let left = writes;
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0 || (left === 0 && when === "before")) throw new Killed();
    const done = await work();
    if (left === 0) throw new Killed();
    return done;
  };
  return {
    ...documents,
    update: (type, id, change) => write(() => documents.update(type, id, change)),
    delete: (type, id) => write(() => documents.delete(type, id)),
  };
}

function started(documents: Documents) {
  const clock = new ManualClock();
  const [codes, personPacks] = [new Codes(documents), new PersonPacks(documents)];
  return { clock, codes, personPacks, redemptions: new Redemptions({ codes, personPacks, clock }) };
}

/** The codes that a command has handed out. */
async function made(documents: Documents, count: number): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  const place = (all: readonly string[]) => Promise.resolve(message((lines = all)));
  await new Codes(documents).make({ event: MADE, pack: "cats", count }, place, () =>
    Promise.resolve(SENT),
  );
  return lines;
}

const KILLS = Array.from({ length: 5 }, (_, index) =>
  (["before", "after"] as const).map((when) => [when, index + 1] as const),
).flat();

describe("a code", () => {
  it("makes a pack somebody's once, and in no document it or who used it is found", async () => {
    const documents = memoryDocuments();
    const [first = "", second = ""] = await made(documents, 2);
    const { redemptions, personPacks } = started(documents);
    const typed = ` ${first.toLowerCase().replace("-", " ")} `;
    expect(await redemptions.redeem(ADA, typed, event("1"))).toEqual({ pack: "cats", free: false });
    expect(await personPacks.enabled(ADA)).toEqual(["cats"]);
    await expect(redemptions.redeem(BEN, first, event("2"))).rejects.toMatchObject({
      code: "sticker-code",
    });
    expect(await redemptions.redeem(ADA, second, event("3"))).toEqual({ pack: "cats", free: true });
    expect(await redemptions.redeem(BEN, second, event("4"))).toEqual({
      ...{ pack: "cats", free: false },
    });
    const stored = JSON.stringify(await all(documents));
    for (const code of [first, second]) expect(stored).not.toContain(readCode(code)?.secret);
    expect(stored).not.toContain("$1");
    expect(stored).not.toContain("$4");
  });

  it("that is no code, is one letter off or of no batch is refused, ten times in an hour", async () => {
    const documents = memoryDocuments();
    const [code = ""] = await made(documents, 1);
    const { redemptions, clock } = started(documents);
    const wrong = ["", "x", `${code}Z`, code.replace(/.$/, (last) => (last === "A" ? "B" : "A"))];
    const tries = [...wrong, ...wrong, "ABCDEFGH-12345-12345-12345-12345", "U"];
    for (const [index, typed] of tries.entries())
      await expect(redemptions.redeem(ADA, typed, event(String(index)))).rejects.toMatchObject({
        code: "sticker-code",
        view: { left: MOST_TRIES - index - 1 },
      });
    const refused = { code: "sticker-code-tries" };
    await expect(redemptions.redeem(ADA, code, event("x"))).rejects.toMatchObject(refused);
    clock.advance(60 * 60 * 1_000);
    expect(await redemptions.redeem(ADA, code, event("y"))).toEqual({ pack: "cats", free: false });
  });

  it("is taken however many accounts of one server have tried others, of which so many are kept", async () => {
    const documents = memoryDocuments();
    const [code = ""] = await made(documents, 1);
    const { redemptions } = started(documents);
    const trying = (at: number) => `@guess-${String(at)}:example.org` as UserId;
    const fails = (person: UserId, step: string, left: number) =>
      expect(redemptions.redeem(person, "x", event(step))).rejects.toMatchObject({
        view: { left },
      });
    await fails(ADA, "a", MOST_TRIES - 1);
    await fails(ADA, "b", MOST_TRIES - 2);
    for (let at = 0; at <= MOST_TRYING; at += 1)
      await redemptions.redeem(trying(at), "x", event("x")).catch(() => undefined);
    await fails(trying(MOST_TRYING), "c", MOST_TRIES - 2);
    await fails(ADA, "d", MOST_TRIES - 1);
    expect(await redemptions.redeem(BEN, code, event("y"))).toEqual({ pack: "cats", free: false });
  });

  it("is one person's where two give it at once", async () => {
    const documents = memoryDocuments();
    const [code = ""] = await made(documents, 1);
    const { redemptions, personPacks } = started(documents);
    const both = await Promise.allSettled([
      redemptions.redeem(ADA, code, event("1")),
      redemptions.redeem(BEN, code, event("2")),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const theirs = [await personPacks.redeemed(ADA), await personPacks.redeemed(BEN)];
    expect(theirs.flat()).toEqual(["cats"]);
  });

  it.each(KILLS)("is neither lost nor used twice, killed %s write %d", async (when, writes) => {
    for (const again of ["command", "start alone"]) {
      const documents = memoryDocuments();
      const [code = "", other = ""] = await made(documents, 2);
      const { redemptions } = started(dying(documents, writes, when));
      const cut = await redemptions.redeem(ADA, code, event("1")).catch((error: unknown) => error);
      const next = started(documents);
      await next.redemptions.resume();
      if (again === "command") await next.redemptions.redeem(ADA, code, event("1"));
      const isTheirs = await next.personPacks.hasRedeemed(ADA, "cats");
      if (!(cut instanceof Killed)) expect(isTheirs).toBe(true);
      expect(await next.personPacks.redeeming(ADA)).toBeUndefined();
      const second = next.redemptions.redeem(BEN, code, event("2"));
      if (isTheirs) await expect(second).rejects.toMatchObject({ code: "sticker-code" });
      else expect(await second).toEqual({ pack: "cats", free: false });
      expect(await next.redemptions.redeem(ADA, other, event("3"))).toEqual({
        ...{ pack: "cats", free: isTheirs },
      });
    }
  });
});

describe("new codes", () => {
  it.each(KILLS)("are handed out once and all known, killed %s write %d", async (when, writes) => {
    const documents = memoryDocuments();
    /** By transaction, as a homeserver keeps them. */
    const sent = new Map<string, FileMessage>();
    const make = (store: Documents) =>
      new Codes(store).make(
        { event: MADE, pack: "cats", count: 3 },
        (lines) => Promise.resolve(message(lines)),
        (file) => {
          if (!sent.has("codes")) sent.set("codes", file);
          return Promise.resolve(SENT);
        },
      );
    await make(dying(documents, writes, when)).catch(() => undefined);
    await make(documents);
    await make(documents);
    const lines = String(sent.get("codes")?.content["body"]).split(" ");
    expect(lines).toHaveLength(3);
    const { codes, redemptions } = started(documents);
    const stored = await all(documents);
    expect(stored).toHaveLength(1);
    for (const line of lines) expect(JSON.stringify(stored)).not.toContain(line);
    for (const line of lines) {
      const code = readCode(line);
      expect(code && (await codes.find(code))?.pack).toBe("cats");
    }
    const [code = ""] = lines;
    expect((await redemptions.redeem(ADA, code, event("1"))).pack).toBe("cats");
  });

  it("are others where the file could not be sent as it was placed", async () => {
    const documents = memoryDocuments();
    const placed: (readonly string[])[] = [];
    let tries = 0;
    await new Codes(documents).make(
      { event: MADE, pack: "cats", count: 1 },
      (lines) => {
        placed.push(lines);
        return Promise.resolve(message(lines));
      },
      () => Promise.resolve((tries += 1) === 1 ? undefined : SENT),
    );
    const { redemptions } = started(documents);
    const [before = "", after = ""] = placed.flat();
    await expect(redemptions.redeem(ADA, before, event("1"))).rejects.toMatchObject({
      code: "sticker-code",
    });
    expect((await redemptions.redeem(ADA, after, event("2"))).pack).toBe("cats");
  });
});

describe("R49 R53 of a person's packs", () => {
  it("the ids are kept, and no other column", async () => {
    const documents = memoryDocuments();
    const { personPacks } = started(documents);
    await personPacks.enable(ADA, "cats");
    expect(await documents.get(personPacksDocument, ADA)).toEqual({
      person: ADA,
      packs: { cats: { enabled: true, redeemed: false } },
    });
    expect([...personPacksDocument.records.keys()]).toEqual(["person", "packs", "redeeming"]);
    expect([await personPacks.enable(ADA, "cats"), await personPacks.disable(ADA, "dogs")]).toEqual(
      [false, false],
    );
    expect(await personPacks.disable(ADA, "cats")).toBe(true);
    expect(await documents.get(personPacksDocument, ADA)).toBeUndefined();
  });

  it("R31 is handed out to them, and R36 goes whole with them", async () => {
    const documents = memoryDocuments();
    const { personPacks } = started(documents);
    for (const person of [ADA, BEN]) await personPacks.enable(person, "cats");
    const holding = new StoredDocuments(documents);
    const about = await Array.fromAsync(holding.about(ADA));
    expect(about).toEqual([
      {
        ...{ record: PERSON_PACKS, room: undefined },
        handedOut: { person: ADA, packs: { cats: { enabled: true, redeemed: false } } },
      },
    ]);
    await holding.erase({ person: ADA, standIn: makeStandIn() }, {});
    expect(await personPacks.enabled(ADA)).toEqual([]);
    expect(await personPacks.enabled(BEN)).toEqual(["cats"]);
  });
});

async function all(documents: Documents): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const type of definedDocuments())
    for await (const { id, document } of documents.scan(type))
      found.push([type.kind, id, document]);
  return found;
}
