import type { Answer } from "../../chat/command.ts";
import { describe, expect, it } from "vitest";
import { theKinds } from "../../../scripts/noticeDocuments.ts";
import { FULL } from "../../../test/harness/noticeFacts.ts";
import { edition, editionsOf, WORDINGS } from "../../../test/harness/noticeEditions.ts";
import { MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { Catalogue } from "../../integrations/catalogue.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { Notice } from "../../notice/notice.ts";
import { SECTIONS } from "../../notice/sections.ts";
import { noticeCommands } from "./notice.ts";

const notice = new Notice({ config: FULL, canEncrypt: true, kinds: theKinds() });

const editions = editionsOf(
  edition(1),
  edition(2, { changed: ["text"], wording: 2 }),
  edition(3, { changed: ["kept", "hosting"], wording: 2 }),
  edition(4, { changed: ["text", "age"], wording: 4 }),
);

/** A widget of the operator's, one of a stranger's, and one at an address that people name. */
const catalogue = new Catalogue(
  [
    { by: "operator" as const },
    { by: "third-party" as const, who: "Board Ltd", policy: "https://board.test/privacy" },
    { by: "address" as const },
  ].map((host, index) => ({
    kind: "widget",
    id: `entry-${String(index)}`,
    name: `Entry ${String(index)}`,
    description: "something",
    price: "free",
    host,
    enabled: true,
  })),
  [{ kind: "widget", plural: "widgets" }],
);

const messages = (answer: Answer): number => (answer.template === "privacy/notice" ? 2 : 1);

/** What is answered in a room: of the two, or of several. */
async function answers(line: string, alone = false): Promise<string> {
  const offer = { catalogue } as LiveCatalogue;
  const commands = noticeCommands({ notice, offer, editions, wordings: WORDINGS, messages });
  const talk = new MemoryConversation({ commands });
  if (alone) talk.members.delete([...talk.members][2] as never);
  await talk.say(`!usher ${line}`);
  return talk.said.map(({ body }) => body).join("\n\n");
}

describe("R33 privacy notice", () => {
  it.each([false, true])(
    "lists its sections, and shows all of it only if asked, alone: %s",
    async (alone) => {
      const contents = await answers("privacy notice", alone);
      for (const name of SECTIONS) expect(contents).toContain(`- \`${name}\`: `);
      expect(contents.split("\n")).toHaveLength(SECTIONS.length + 1);
      expect(contents).toContain("My privacy notice is in version 4, of 2026-11-04.");
      expect(contents).toContain("privacy notice all` shows all of it, which takes 2 messages.");
      const all = await answers("privacy notice all", alone);
      expect(all).toMatch(/^My privacy notice, version 4, of 2026-11-04\.\n/);
      expect(all).toContain("Who answers for your data");
      expect(all).toContain("What the words mean");
    },
  );

  it.each(SECTIONS)("shows the section %s alone", async (name) => {
    const said = await answers(`privacy notice ${name}`);
    const whole = sentenceOf(notice.whole());
    expect(whole).toContain(said);
    expect(said.length).toBeLessThan(whole.length / 2);
  });

  it("names the sections to who asks for none of them", async () => {
    expect(await answers("privacy notice retentoin")).toContain("retention");
  });
});

describe("R10, R82 privacy history", () => {
  it("lists every version, newest first, with its day, its hash and what was new", async () => {
    expect((await answers("privacy history")).split("\n").slice(1, -2)).toEqual([
      "- 4, 2026-11-04, `4f4f4f4f4f4f4f4f`: Words 4 are new. Words 3 are new. New is: from which age on you may use me",
      "- 3, 2026-11-03, `3f3f3f3f3f3f3f3f`: new is: what I keep, and for how long; where I run, and who takes part in that",
      "- 2, 2026-11-02, `2f2f2f2f2f2f2f2f`: Words 2 are new.",
      "- 1, 2026-11-01, `1f1f1f1f1f1f1f1f`: the first version",
    ]);
    expect(await answers("privacy history 99")).toBe(
      `There is no version 99. ${await answers("privacy history")}`,
    );
  });

  it("shows what a version said", async () => {
    const said = await answers("privacy history 2");
    expect(said).toContain("Version 2 of the privacy notice, of 2026-11-02, as it was.");
    expect(said).toContain("\n\nThe text of version 2.\n- a line\n\nThe end.");
    expect(said).toContain("2f".repeat(32));
  });
});

describe("R33 what is asked most", () => {
  it.each([
    ["who", "Verein Beispiel answers for your data"],
    ["basis", "legitimate interest"],
    ["who-can-see", "my operators"],
    ["delegation", "Manager two"],
    ["security", "security@club.test"],
  ])("privacy %s is that section of the notice", async (name, part) => {
    const said = await answers(`privacy ${name}`);
    expect(said).toBe(await answers(`privacy notice ${name}`));
    expect(said).toContain(part);
  });

  it("R77 is heard from who only looks for security", async () => {
    expect(await answers("security")).toBe(await answers("privacy security"));
  });

  it("R62 privacy sharing names what can be added and is run by others, with their policies", async () => {
    const said = await answers("privacy sharing");
    expect(said).toContain("run by others:\n- Entry 1: Board Ltd, privacy policy (https://board");
    expect(said).toContain("four rare cases");
    expect(said).not.toMatch(/Entry [02]/);
  });
});
