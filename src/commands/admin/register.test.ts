import { beforeEach, describe, expect, it } from "vitest";
import { ANN, ErasureWorld } from "../../../test/harness/erasureWorld.ts";
import { shownInDisclosures } from "./disclosures.ts";
import { refusalOf, sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { parseLine } from "../../chat/parse.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import { StoredDocuments } from "../../rights/holdings/storedDocuments.ts";
import { Summaries } from "../../rights/summary/summaries.ts";
import { disclosureDocument, GROUNDS, sweepDisclosures } from "../../store/disclosures.ts";
import { unheardCommands } from "../../../scripts/unheardCommands.ts";

const DORA = "@dora:example.org" as UserId;
const BEN = "@ben:example.org" as UserId;
const RECIPIENT = "Court of Bonn";
const GIVEN = { user: ANN, ground: "law", text: "Her rooms.", recipient: RECIPIENT, untold: false };

let world: ErasureWorld;
beforeEach(() => {
  world = new ErasureWorld();
});

const enters = (more = {}): Promise<string> =>
  world.ask(DORA, "admin disclosure add", { ...GIVEN, ...more });
async function handedOut(): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const { record, handedOut: one } of new StoredDocuments(world.stored).about(ANN))
    if (record.id === "D21") found.push(one);
  return found;
}
const stored = async (): Promise<string> =>
  JSON.stringify(await Array.fromAsync(world.stored.scan(disclosureDocument)));

describe("R64 what is given to others about somebody", () => {
  it("has one of four grounds and no other", () => {
    for (const ground of GROUNDS)
      expect(
        parseLine(`admin disclosure add ${ANN} ${ground} Court Her rooms.`, unheardCommands()),
      ).toMatchObject({ input: { ground } });
    expect(
      parseLine(`admin disclosure add ${ANN} curiosity Court Her rooms.`, unheardCommands()),
    ).toMatchObject({ error: { code: "argument-invalid" } });
    expect(parseLine(`admin disclosure add ${ANN} law`, unheardCommands())).toMatchObject({
      error: { code: "argument-missing" },
    });
  });

  it("stands in the export of whoever it was about, with ground, day, recipient and what it was", async () => {
    expect(await enters({ on: Date.UTC(2026, 10, 20) })).toContain("@ann:example.org finds it");
    expect(await handedOut()).toMatchObject([
      {
        disclosure: {
          ...{ ground: "law", on: Date.UTC(2026, 10, 20), recipient: RECIPIENT },
          what: "Her rooms.",
        },
      },
    ]);
  });

  it("stands in no export where the law forbids to tell", async () => {
    expect(await enters({ untold: true })).toContain("in no export of @ann:example.org's");
    expect(await handedOut()).toEqual([]);
    expect(await stored()).toContain(ANN);
  });

  it("is shown as it will be entered before a yes: a word taken for text is seen", async () => {
    const given = { text: `categories=rooms ${"very ".repeat(60)}long`, untold: true };
    const shown = await world.preview(DORA, "admin disclosure add", { ...GIVEN, ...given });
    expect(shown).toContain("this about @ann:example.org was given to Court of Bonn on 2026-11-");
    expect(shown).toMatch(/because of a duty by law:\n+- categories=rooms very [^]*…/);
    expect(shown).toContain("They are not told, as the law forbids it: no export has it.");
    const short = await world.preview(DORA, "admin disclosure add", GIVEN);
    expect(short).toMatch(/- Her rooms\.\n+They find it in their export\./);
  });

  it("is listed for the data-protection officer, the newest first, of all or of one, ten at a time", async () => {
    expect(await world.ask(DORA, "admin disclosures")).toBe(
      "Nothing is entered as given to others.",
    );
    await enters({ on: Date.UTC(2026, 10, 20) });
    await enters({ on: Date.UTC(2026, 10, 22), user: BEN, untold: true, text: "His widgets." });
    const said = await world.ask(DORA, "admin disclosures");
    expect(said).toMatch(
      /2 times something was given to others, the newest first:[^]*2026-11-22, about @ben:example\.org, to Court of Bonn, because of a duty by law: His widgets\. \(they must not be told\)[^]*2026-11-20, about @ann/,
    );
    expect(await world.ask(DORA, "admin disclosures", { user: ANN })).toMatch(
      /^1 time something about @ann:example\.org was given to others(?![^]*ben)/,
    );
    const none = await world.ask(DORA, "admin disclosures", { user: DORA });
    expect(none).toBe("Nothing about @dora:example.org is entered as given to others.");
    for (let more = 0; more < 10; more += 1) await enters({ text: "Her rooms. ".repeat(300) });
    expect((await world.ask(DORA, "admin disclosures")).length).toBeLessThan(6_000);
    expect(await world.ask(DORA, "admin disclosures", { user: ANN })).toContain(
      "1 entry more, older than these: `!usher admin disclosures @ann:example.org from=11` goes on.",
    );
    expect(await world.ask(DORA, "admin disclosures", { user: ANN, from: 11 })).toContain(
      "2026-11-20",
    );
    const standIn = "@forgotten-1:erased.invalid" as UserId;
    await new StoredDocuments(world.stored).erase({ person: ANN, standIn }, {});
    expect(await world.ask(DORA, "admin disclosures")).toContain("about somebody who was erased");
  });

  it("that must not be told leaves no trace in the record of looks that its person is handed", async () => {
    const shown = shownInDisclosures({ documents: world.stored });
    await enters();
    await enters({ user: BEN, untold: true });
    expect(await shown({})).toEqual([ANN]);
    expect(await shown({ user: BEN })).toEqual([]);
  });

  it("stays without the name after an erasure, and goes after three years", async () => {
    await enters();
    const standIn = "@forgotten-1:erased.invalid" as UserId;
    await new StoredDocuments(world.stored).erase({ person: ANN, standIn }, {});
    expect(await stored()).toContain(RECIPIENT);
    expect(await stored()).not.toContain("ann");
    world.clock.advance(3 * 365 * DAY_MS);
    await sweepDisclosures(world.stored, world.clock);
    expect(await stored()).toContain(RECIPIENT);
    world.clock.advance(2 * DAY_MS);
    await sweepDisclosures(world.stored, world.clock);
    expect(await stored()).toBe("[]");
  });

  it("is of no day to come, and says what it was", async () => {
    const on = world.clock.now() + DAY_MS;
    expect(await refusalOf(enters({ on }))).toContain("is yet to come");
    expect(await refusalOf(enters({ text: undefined }))).toContain("nothing to pass on yet");
  });
});

describe("R78 admin complaints", () => {
  it("lists each with how it ended, and nothing of what anybody wrote", async () => {
    expect(await world.ask(DORA, "admin complaints")).toBe("Nobody has complained.");
    const complains = async (text: string): Promise<string> =>
      /[0-9a-f]{16}/.exec(await world.ask(ANN, "privacy complain", { text }))?.[0] ?? "none";
    const first = await complains("Nobody answers me.");
    await world.ask(ANN, "privacy human", { text: "Where is my widget?" });
    world.clock.advance(40 * DAY_MS);
    const second = await complains("Still nobody.");
    expect(await world.ask(DORA, "admin complaints")).toContain(`overdue: \`${first}\``);
    await world.ask(DORA, "admin case", { id: first, what: "answer", text: "Sorry." });
    const said = await world.ask(DORA, "admin complaints");
    expect(said).toContain("2 complaints, the newest first");
    expect(said).toMatch(new RegExp(`${second}[^]*${first}.*answered on 2027-01-08, too late`));
    expect(said).not.toMatch(/Nobody answers|ann/);
  });
});

describe("R68 a month in numbers", () => {
  it("counts cases, erasures, looks and what was given to others, and names nobody", async () => {
    const id = /[0-9a-f]{16}/.exec(await world.ask(ANN, "privacy human", { text: "Why?" }))?.[0];
    await world.ask(DORA, "admin case", { id });
    await enters();
    const said = await world.ask(DORA, "admin summary", { span: { days: 30 } });
    expect(said).toContain("cases that came: 1 (privacy human: 1)");
    expect(said).toContain("open now: 1, overdue of these: 0");
    expect(said).toContain("looks at people's data: request 1");
    expect(said).toContain("given to others: law 1");
    expect(said).toMatch(/the record: as it was written, last link `[0-9a-f]{64}`/);
    expect(said).not.toMatch(/@|Why|Court/);
    const before = await world.ask(DORA, "admin summary");
    expect(before).toContain("From 2026-10-01 to 2026-10-31 (UTC), without names");
    expect(before).toContain("given to others: nothing");
  });

  it("is told to operators when it is over, once, also after restarts, and not of the time before", async () => {
    const told: string[] = [];
    const life = (): Promise<void> =>
      new Summaries({
        documents: world.stored,
        audit: world.audit,
        clock: world.clock,
        log: silentLog,
        tellOperators: (answer) => {
          told.push(sentenceOf(answer, { calledAs: "" }).slice(0, 15));
          return Promise.resolve(true);
        },
      }).tell();
    await life();
    for (let day = 0; day < 70; day += 1) {
      world.clock.advance(DAY_MS);
      await life();
    }
    expect(told).toEqual(["From 2026-11-01", "From 2026-12-01", "From 2027-01-01"]);
  });
});
