import { describe, expect, it } from "vitest";
import { theKinds } from "../../scripts/noticeDocuments.ts";
import { configOf, EMPTY, FULL } from "../../test/harness/noticeFacts.ts";
import { readability } from "../../test/harness/readingGrade.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { loadTemplates } from "../chat/templates.ts";
import { isPlaceholder } from "../config/placeholder.ts";
import { allRecords } from "../privacy/records/index.ts";
import { Notice } from "./notice.ts";
import { SECTIONS, type Section } from "./sections.ts";
import type { NoticeConfig } from "./view.ts";

const kinds = theKinds();

function noticeOf(config: NoticeConfig = FULL, canEncrypt = true): Notice {
  return new Notice({ config, canEncrypt, kinds });
}

/** What people read of a section. */
const said = (section: Section, config?: NoticeConfig, canEncrypt?: boolean): string =>
  sentenceOf(noticeOf(config, canEncrypt).section(section));

const all = (config?: NoticeConfig, canEncrypt?: boolean): string =>
  sentenceOf(noticeOf(config, canEncrypt).whole());

const CASES = [
  ["says everything", FULL, true],
  ["says nothing", EMPTY, false],
] as const;

describe("the notice", () => {
  it.each(CASES)("R1 is plain where the operator %s", (_, config, canEncrypt) => {
    for (const section of SECTIONS) {
      const { grade, longest, mean, of } = readability(said(section, config, canEncrypt));
      expect([section, Math.max(grade, 9)]).toEqual([section, 9]);
      expect([section, Math.max(mean, 20)]).toEqual([section, 20]);
      expect([longest <= 55, of]).toEqual([true, of]);
    }
    expect(readability(all(config, canEncrypt)).grade).toBeLessThanOrEqual(6);
  });

  it("R1 explains each word of the law that it uses", () => {
    const words = said("words");
    const text = SECTIONS.filter((one) => one !== "words")
      .map((one) => said(one))
      .join("\n");
    const ofLaw = [
      "controller",
      "data-protection officer",
      "legitimate interest",
      "authority",
      "homeserver",
    ];
    for (const word of ofLaw) expect([word, text.includes(word)]).toEqual([word, true]);
    for (const word of [...ofLaw, "personal data", "to object", "to restrict"])
      expect(words).toContain(`- ${word}`);
    expect(text).not.toMatch(/\b(?:data subject|pursuant|hereby|therein|processor|processing)\b/i);
  });

  it("is every section once, with its title, and every template is one of them", () => {
    const text = all();
    for (const section of SECTIONS) expect(text.split(said(section))).toHaveLength(2);
    const own = [...loadTemplates().keys()].filter((name) => name.startsWith("notice/"));
    expect(own.toSorted()).toEqual(
      [
        ...SECTIONS.flatMap((name) => [`notice/${name}`, `notice/titles/${name}`]),
        "notice/section",
        "notice/whole",
      ].toSorted(),
    );
  });

  it("R9 is the same text however Usher is called, and for whoever asks", () => {
    const whole = noticeOf().whole();
    const called = ["", "!porter"].map((calledAs) => sentenceOf(whole, { calledAs }));
    expect(called).toEqual([all(), all()]);
    expect(Object.keys(whole)).toEqual(["template", "view"]);
  });

  it("R83 names one operator throughout, and leaves no placeholder and no name of another", () => {
    const text = all();
    expect(text).not.toMatch(/\{\{|\}\}|undefined|\[object|nobody is named|not said|do not say/);
    expect(text).not.toMatch(/\b(?:Element|New Vector|vector\.im|Riot|matrix\.org)\b/i);
    expect(text.split(/\s+/).filter((word) => isPlaceholder(word))).toEqual([]);
    expect(said("who")).toContain("Verein Beispiel answers for your data");
  });
});

describe("who and where", () => {
  const affiliated: readonly (readonly [string, string[], string[]])[] = [
    ["no", [], []],
    ["one", ["Club France"], ["- Club France"]],
    ["three", ["A", "B", "C"], ["- A", "- B", "- C"]],
  ];
  it.each(affiliated)("R4 reads well with %s affiliates", (_, affiliates, lines) => {
    const text = said("who", configOf({ operator: { affiliates, agents: [] } }));
    expect(text.includes("These firms belong to it")).toBe(affiliates.length > 0);
    for (const line of lines) expect(text).toContain(`\n${line}\n`);
    expect(text).not.toContain("These work on me for it");
    expect(text).toContain("run by Verein Beispiel, also known as Club.");
  });

  it("R5 names the controller with address and contact, or says that it is not named", () => {
    expect(said("who")).toContain(
      "Verein Beispiel answers for your data and decides what it is used for. The law calls that the controller. Its address is: Am Markt 1, Bonn. Write to dpo@club.test.",
    );
    expect(said("who", EMPTY)).toContain("My settings do not say who answers for your data.");
    expect(said("who", EMPTY)).toContain("I am running on trial");
  });

  it("R30, R83 names a contact for each role, and the support where there is no officer", () => {
    for (const contact of ["help", "dpo", "complain", "security"])
      expect(said("who")).toContain(`${contact}@club.test`);
    const contacts = { ...FULL.operator.contacts, dpo: undefined };
    const without = said("who", configOf({ operator: { contacts } }));
    expect(without).toContain("about your data: help@club.test");
    expect(without).not.toContain("officer");
  });

  it("R6 says that it does not cover what others run", () => {
    expect(said("who")).toContain("does not cover bots like me that others run");
  });

  it("R3 lists every instance and the domains it covers", () => {
    expect(said("scope")).toContain("- Usher, `@usher:club.test`\n- Porter, `@porter:club.test`");
    expect(said("scope")).toContain("like this at: club.test, *.club.test.");
    expect(said("scope", EMPTY)).not.toContain("It also holds");
  });

  it("R7 leaves the homeserver to its own policy, with a link", () => {
    expect(said("scope")).toContain("the rules of club.test (https://club.test/homeserver)");
    expect(said("scope", EMPTY)).toContain("Ask those who run club.test for them.");
  });

  const federation: readonly (readonly [boolean | undefined, string])[] = [
    [true, "It talks to other homeservers"],
    [false, "It does not talk to other homeservers"],
    [undefined, "My settings do not say whether it talks"],
  ];
  it.each(federation)("R14 says whether the homeserver federates: %s", (federated, sentence) => {
    const homeserver = { ...FULL.notice.homeserver, federated };
    const text = said("integrations", configOf({ notice: { homeserver } }));
    expect(text).toContain(`I belong to the homeserver club.test. ${sentence}`);
    expect(text.match(/other homeservers/g)).toHaveLength(1);
  });

  it("R70 names each host with its place and policy, and says so where none is named", () => {
    expect(said("hosting")).toContain("- Rechner, Bonn: privacy policy (https://rechner.test");
    expect(said("hosting")).toContain("- Platte, Köln: privacy policy (https://platte.test");
    expect(said("transfers")).toContain("Rechner (Bonn), Platte (Köln).");
    expect(said("hosting", EMPTY)).toContain("My settings do not say whose machine I run on.");
    expect(said("transfers", EMPTY)).toContain("a machine that my settings do not name");
  });

  it("R71 names who keeps floods away only where somebody does", () => {
    expect(said("hosting")).toContain("Schild keeps floods of requests away");
    expect(said("hosting", EMPTY)).not.toContain("floods");
  });

  it("R72 shows each safeguard with the day on which it was vouched for", () => {
    expect(said("hosting")).toContain("- Disks are sealed (2026-11-01)");
    expect(said("hosting", EMPTY)).not.toContain("vouch");
  });

  it("says how long backups are kept, or that there are none", () => {
    expect(said("backups")).toContain("deleted after 30 days");
    expect(said("backups", EMPTY)).toContain("I make no copies");
  });

  it("R81 says who checked it, or that nobody has", () => {
    expect(said("review")).toContain("checked by Kanzlei on 2026-11-02.");
    const undated = said("review", configOf({ notice: { reviewedOn: undefined } }));
    expect(undated).toContain("checked by Kanzlei.");
    expect(said("review", EMPTY)).toContain("should have a lawyer read it");
  });
});

describe("what is kept and why", () => {
  it("R2 speaks of four kinds of integration", () => {
    const text = said("integrations");
    for (const kind of ["bots", "bridges", "widgets", "sticker packs"])
      expect(text).toContain(`- ${kind}: `);
    expect(text).toContain(
      "I bring in widgets, bots, bridges, connections and stickers in this version.",
    );
    expect(text).toContain("Some cost nothing and some do");
  });

  it("R22, R23 states the interest, and that Usher can be left", () => {
    expect(said("basis")).toContain("because of a legitimate interest: people want to use other");
    expect(said("basis")).toContain("nothing else depends on me, and you can leave me at any time");
    expect(said("integrations")).toContain("You need none of this to use Matrix");
  });

  it("R44, R45 has for each kind a line for each of the four layers, and none is blank", () => {
    const text = said("collect");
    for (const { plural } of kinds) {
      const [, table = ""] = text.split(`\n${plural}, and what of you lies where:\n`);
      const lines = table.split("\n").slice(0, 4);
      expect(lines.map((line) => line.replace(/:.*/, ""))).toEqual([
        "- homeservers",
        "- me",
        "- its own settings",
        "- services outside",
      ]);
      for (const line of lines) expect(line).toMatch(/: \S/);
    }
    expect(text).toContain("- its own settings: nothing\n");
    expect(kinds.map(({ plural }) => plural)).toEqual([
      "widgets",
      "bots",
      "bridges",
      "connections",
      "stickers",
    ]);
  });

  it("R46 says that a bot sees all in its room, and what its makers keep", () => {
    expect(said("collect")).toContain("the bot sees all that is said in its rooms");
    expect(said("collect")).toContain("those who run it keep that, and I have none of it");
    expect(said("seen")).toContain("A bot that I bring in sees all that is said in its room");
  });

  it("R48 says what a widget gets of whoever opens it", () => {
    expect(said("collect")).toContain(
      "at most your name, picture, Matrix ID, device, theme and language, and the room",
    );
  });

  it("R42 gives each thing that is kept about people its purpose, and until when it is kept", () => {
    const personal = allRecords().filter(({ facts }) => facts.basis !== "no personal data");
    expect(personal.length).toBeGreaterThan(15);
    const collect = said("collect").split("\n");
    for (const { facts } of personal)
      expect(collect.some((line) => line.endsWith(`: to ${facts.purpose}`))).toBe(true);
    const kept = said("retention").split("\n");
    expect(kept.filter((line) => line.startsWith("- "))).toHaveLength(personal.length);
    for (const line of kept.filter((one) => one.startsWith("- ")))
      expect(line).toMatch(/\d|until|as long as/);
  });

  it("R43 promises no profiles, no counting and no ads", () => {
    expect(said("collect")).toContain("I make no profile of anybody. I count nobody");
    expect(said("sharing")).toContain("nobody gets it for ads");
  });

  it("R40 says that no machine decides anything about people", () => {
    expect(said("rights")).toContain("no machine decides or guesses anything about you");
  });

  it("says of encrypted rooms what is so for this Usher", () => {
    expect(said("seen")).toContain("also where the room is encrypted, because I have its keys");
    expect(said("seen", FULL, false)).toContain("I cannot read encrypted rooms.");
    expect(said("identity")).toContain("only for a device that you have verified");
    expect(said("identity", FULL, false)).toContain("I cannot tell your devices apart");
  });

  it("R65 names the age, and that none is stored", () => {
    expect(said("children", { ...FULL, minimumAge: 18 })).toContain("If you are under 18, please");
    expect(said("children")).toContain("I never ask for an age and never store one");
  });

  it("R67 says where it is stored and which roles can see it, and names nobody", () => {
    const text = said("who-can-see");
    for (const role of ["you", "others in a room", "my operators", "those who look after"])
      expect(text).toContain(`- ${role}`);
    expect(text).toContain("one folder on the machine that I run on");
  });
});

describe("R21 every record about people", () => {
  it("has a legal basis, and says why it cannot be done without", () => {
    for (const { facts } of allRecords()) {
      expect(["legitimate interest", "legal obligation", "no personal data"]).toContain(
        facts.basis,
      );
      expect(facts.necessity.length).toBeGreaterThan(10);
    }
  });
});

describe("sharing, rights and complaints", () => {
  it("R62, R64 says how data can leave, and names the four rare cases", () => {
    const text = said("sharing");
    expect(text).toContain("Before you add something I say who runs it, what they get");
    const [, cases = ""] = text.split("four rare cases");
    expect(cases.split("\n").filter((line) => line.startsWith("- "))).toHaveLength(4);
  });

  it("R63 says who else does part of the work, as it is configured", () => {
    expect(said("delegation")).toContain("- Manager two, privacy policy (https://two.test/privacy");
    const none = said("delegation", configOf({ notice: { delegation: [] } }));
    expect(none).toContain("No other manager does any of my work.");
    expect(none).not.toContain("two.test");
  });

  it("R74 says what happens if the service is sold, and announces who comes next", () => {
    expect(said("sale")).toContain("From 2027-01-01 on, Neuer Verein answers for your data.");
    expect(said("sale")).toContain("`privacy export`");
    expect(said("sale", EMPTY)).not.toContain("From 2");
  });

  it("R75, R76 says how data is kept apart, and that no program is safe from everything", () => {
    expect(said("apart")).toContain("what you ask for is looked up for you alone");
    expect(said("apart")).toContain("no program is safe from every attack");
  });

  it("R77 says whom to tell of a weakness", () => {
    expect(said("security")).toContain("security@club.test");
    expect(said("security", EMPTY)).toContain("ask whoever runs this homeserver");
  });

  it("R33, R36 names the rights with the words for them", () => {
    for (const words of ["data", "correct", "erase all", "restrict", "resume", "export", "object"])
      expect(said("rights")).toContain(`\`privacy ${words}\``);
  });

  it("R26 says what becomes of it when an account is deactivated, as far as Usher can know", () => {
    expect(said("rights")).toContain("is erased three days later by itself");
    expect(said("rights", { ...FULL, synapse: {} })).toContain("I am not told when an account");
  });

  it("R41 says that a refusal has its reason, and links the guidance", () => {
    expect(said("rights")).toContain("I say why, where to read more, and where to complain");
    expect(said("rights")).toContain("your rights (https://aufsicht.test/rights)");
    expect(said("rights", EMPTY)).not.toContain("Read more");
  });

  it("R79 names the authority, with its page where that is known", () => {
    expect(said("complaints")).toContain("Aufsicht (https://aufsicht.test/complain), or to that");
    const authority = { name: "Aufsicht", url: undefined, guidanceUrl: undefined };
    const nameless = said("complaints", configOf({ notice: { supervisoryAuthority: authority } }));
    expect(nameless).toContain("your data: Aufsicht, or to that of your own country");
    expect(said("complaints", EMPTY)).toContain("answer for your data, or to that of your own");
  });

  it("R8, R11 asks for what is missing, and promises a word on each new version", () => {
    expect(said("changes")).toContain("write to help@club.test");
    expect(said("changes")).toContain("I tell everybody of whom I keep anything, once");
    expect(said("changes")).toContain("never have to agree to anything to see your data");
    expect(said("changes", EMPTY)).toContain("ask whoever runs this homeserver");
  });
});
