import { beforeEach, expect, it } from "vitest";
import { theKinds } from "../../../scripts/noticeDocuments.ts";
import { MemoryConversation, ALICE, ROOM } from "../../../test/harness/memoryConversation.ts";
import { EMPTY, FULL } from "../../../test/harness/noticeFacts.ts";
import { edition, editionsOf } from "../../../test/harness/noticeEditions.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import { Notice } from "../../notice/notice.ts";
import type { NoticeConfig } from "../../notice/view.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { adminArticle30 } from "./article30.ts";

let files: FileContent[];
beforeEach(() => {
  files = [];
});

/** What an operator is answered, and what the file says. */
async function asked(
  config: NoticeConfig,
  office: RoomId = ROOM,
): Promise<{ readonly said: string; readonly file: string }> {
  const command = adminArticle30({
    matrix: {
      sendFile: (_, file) => {
        files.push(file);
        return Promise.resolve("$file" as EventId);
      },
    },
    clock: new ManualClock(Date.UTC(2026, 10, 29)),
    operators: { room: office },
    notice: new Notice({ config, canEncrypt: true, kinds: theKinds() }),
    editions: editionsOf(edition(3)),
    asText: (answer) => sentenceOf(answer),
  });
  const talk = new MemoryConversation({ commands: [command] });
  talk.operators.add(ALICE);
  await talk.say("!usher admin article30");
  let file = "";
  for await (const chunk of files[0]?.bytes.open() ?? []) file += Buffer.from(chunk).toString();
  return { said: talk.said[0]?.body ?? "", file };
}

it("R42, R44 hands operators every kind of data with purpose, basis, recipients and retention", async () => {
  const { said, file } = await asked(FULL);
  const personal = allRecords().filter(({ facts }) => facts.basis !== "no personal data");
  expect(said).toContain("`usher-article-30-2026-11-29.md` is the record of processing");
  expect(said).toContain(`${String(personal.length)} kinds of data`);
  expect(files).toMatchObject([
    { name: "usher-article-30-2026-11-29.md", mimetype: "text/markdown" },
  ]);
  for (const { id, facts } of personal) {
    const [, entry = ""] = file.split(`\n### ${id}: ${facts.title}\n`);
    const [lines = ""] = entry.split("\n###");
    for (const part of [facts.purpose, facts.basis, facts.necessity, facts.layer])
      expect(lines).toContain(part);
    expect(lines).toMatch(/- Kept: \S/);
    expect(lines).toMatch(/- On erasure: \S/);
  }
  expect(file.match(/\n### /g)).toHaveLength(personal.length);
});

it("R5, R70, R72 says who answers for the data, who gets it and how it is kept safe", async () => {
  const { file } = await asked(FULL);
  for (const part of [
    "with version 3 of the privacy notice",
    "- Controller: Verein Beispiel, Am Markt 1, Bonn; dpo@club.test",
    "- Run by: Verein Beispiel, Club France, Club Italia, Büro Nord",
    "- Host: Rechner, Bonn: https://rechner.test/privacy",
    "- Protection from floods: Schild",
    "- Other integration manager: Manager two",
    "- From 2027-01-01 on the controller is Neuer Verein",
    "- Backups: kept 30 days",
    "- Disks are sealed (vouched for on 2026-11-01)",
  ])
    expect(file).toContain(part);
  expect(files[0]?.onlyFor).toBeUndefined();
});

it("says so where the operator says nothing, and outside their room is for the one who asks", async () => {
  const { file } = await asked(EMPTY, "!office:example.org" as RoomId);
  for (const part of [
    "- Controller: not said",
    "- Run by: not said",
    "- Data-protection officer: none named",
    "- Supervisory authority: not said",
    "- Transfers to third countries: none by the controller",
    "- Backups: none by Usher",
  ])
    expect(file).toContain(part);
  expect(files[0]?.onlyFor).toBe(ALICE);
});
