import { describe, expect, it } from "vitest";
import { FULL, theKinds } from "../../../test/harness/noticeFacts.ts";
import { MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { Catalogue } from "../../integrations/catalogue.ts";
import type { LiveCatalogue } from "../../integrations/liveCatalogue.ts";
import { Notice } from "../../notice/notice.ts";
import { SECTIONS } from "../../notice/sections.ts";
import { noticeCommands } from "./notice.ts";

const notice = new Notice({ config: FULL, canEncrypt: true, kinds: theKinds() });

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

/** What is answered in a room: of the two, or of several. */
async function answers(line: string, alone = false): Promise<string> {
  const offer = { catalogue } as LiveCatalogue;
  const talk = new MemoryConversation({ commands: noticeCommands({ notice, offer }) });
  if (alone) talk.members.delete([...talk.members][2] as never);
  await talk.say(`!usher ${line}`);
  return talk.said.map(({ body }) => body).join("\n\n");
}

describe("R33 privacy notice", () => {
  it("lists its sections in a room of several people, and shows all of it there only if asked", async () => {
    const contents = await answers("privacy notice");
    for (const name of SECTIONS) expect(contents).toContain(`- \`${name}\`: `);
    expect(contents.split("\n")).toHaveLength(SECTIONS.length + 1);
    const all = await answers("privacy notice all");
    expect(all).toContain("Who answers for your data");
    expect(all).toContain("What the words mean");
  });

  it("shows all of it in a chat of the two", async () => {
    expect(await answers("privacy notice", true)).toBe(await answers("privacy notice all", true));
  });

  it.each(SECTIONS)("shows the section %s alone", async (name) => {
    const said = await answers(`privacy notice ${name}`);
    const whole = sentenceOf(notice.whole());
    expect(whole).toContain(said);
    expect(said.length).toBeLessThan(whole.length / 3);
  });

  it("names the sections to who asks for none of them", async () => {
    expect(await answers("privacy notice retentoin")).toContain("retention");
  });
});

describe("R33 what is asked most", () => {
  it.each([
    ["who", "Verein Beispiel answers for your data"],
    ["basis", "legitimate interest"],
    ["who-can-see", "my operators"],
    ["retention", "; until I leave the room"],
    ["delegation", "Manager two"],
    ["security", "security@club.test"],
  ])("privacy %s is that section of the notice", async (name, part) => {
    const said = await answers(`privacy ${name}`);
    expect(said).toBe(await answers(`privacy notice ${name}`));
    expect(said).toContain(part);
  });

  it("R62 privacy sharing names what can be added and is run by others, with their policies", async () => {
    const said = await answers("privacy sharing");
    expect(said).toContain("run by others:\n- Entry 1: Board Ltd, privacy policy (https://board");
    expect(said).toContain("four rare cases");
    expect(said).not.toMatch(/Entry [02]/);
  });
});
