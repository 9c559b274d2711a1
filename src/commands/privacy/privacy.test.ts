import { beforeEach, describe, expect, it } from "vitest";
import { theKinds } from "../../../scripts/noticeDocuments.ts";
import { configOf, EMPTY, FULL } from "../../../test/harness/noticeFacts.ts";
import { readability } from "../../../test/harness/readingGrade.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { edition, editionsOf } from "../../../test/harness/noticeEditions.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Request } from "../../chat/command.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content, Identity } from "../../matrix/port.ts";
import { Notice } from "../../notice/notice.ts";
import type { NoticeConfig } from "../../notice/view.ts";
import { StoredDocuments } from "../../rights/holdings/storedDocuments.ts";
import { personDocument } from "../../store/people.ts";
import { roomDocument } from "../../store/room.ts";
import { privacy } from "./privacy.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const SEALED: readonly [string, Content][] = [
  ["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }],
];
const kinds = theKinds();

let identity: Identity;
let server: MemoryHomeserver;
let documents: ReturnType<typeof memoryDocuments>;

beforeEach(() => {
  identity = { is: "known", masterKey: "first" };
  server = new MemoryHomeserver();
  documents = memoryDocuments();
});

/** Ann has brought Usher into this room. */
function invited(): Promise<unknown> {
  return documents.update(roomDocument, ROOM, (room) => ({ ...room, inviter: ANN }));
}

/** What comes of `privacy` by Ann in a room of these people. */
async function ask({
  others = [],
  sealed = true,
  signedDevice = true,
  canEncrypt = true,
  config = FULL,
}: {
  others?: readonly UserId[];
  sealed?: boolean;
  signedDevice?: boolean;
  canEncrypt?: boolean;
  config?: NoticeConfig;
} = {}): Promise<{ readonly said: string; readonly onlyFor: UserId | undefined }> {
  server.make(ROOM, {
    creator: ANN,
    joined: [ANN, ...others, server.me],
    more: sealed ? SEALED : [],
  });
  const command = privacy({
    matrix: Object.assign(server, { identity: () => Promise.resolve(identity) }),
    documents,
    editions: editionsOf(edition(1)),
    holdings: [new StoredDocuments(documents)],
    notice: new Notice({ config, canEncrypt, kinds }),
    canEncrypt,
  });
  const request: Request = {
    room: ROOM,
    person: ANN,
    event: "$asked" as EventId,
    thread: undefined,
    direct: others.length === 0,
    operator: false,
    signedDevice,
    calledAs: "!usher",
  };
  if (command.changes) throw new Error("It changes nothing");
  const answer: Answer = await command.answer({} as never, request);
  return { said: sentenceOf(answer), onlyFor: answer.onlyFor };
}

const WITHHELD =
  "How much I keep about you is for you alone: `!usher privacy data` tells it by direct message.";

describe("R33 privacy", () => {
  it("is five lines: how much, what can be asked, who answers, all about it, how to complain", async () => {
    await invited();
    const { said, onlyFor } = await ask();
    expect(said.split("\n")).toEqual([
      "I keep 1 thing about you: `!usher privacy data` says what.",
      "You can take it with you (`!usher privacy export`), have it erased (`!usher privacy erase all`), corrected or not used, or object: `!usher privacy notice rights` says how.",
      "Verein Beispiel answers for it; with questions, write to the data-protection officer, dpo@club.test.",
      "All about it (version 1, of 2026-11-01): `!usher privacy notice`, or privacy notice (https://club.test/privacy).",
      "To complain: `!usher privacy complain` and what is wrong. If you are under 16, please do not use me.",
    ]);
    expect(onlyFor).toBe(ANN);
  });

  it("says 0 as nothing", async () => {
    expect((await ask()).said).toContain("I keep nothing about you: `!usher privacy data`");
  });

  it.each([
    ["in a room of several", { others: [BOB] }],
    ["where the homeserver can read it", { sealed: false }],
    ["to a device that its owner has not signed", { signedDevice: false }],
    [
      "in an unencrypted room of several where Usher cannot encrypt",
      { others: [BOB], sealed: false, canEncrypt: false },
    ],
  ])("R69 withholds the count %s, and answers all the same", async (_, how) => {
    await invited();
    const { said, onlyFor } = await ask(how);
    const lines = said.split("\n");
    expect([lines.length, lines[0], onlyFor]).toEqual([5, WITHHELD, undefined]);
  });

  it("R69 withholds the count where a third can come in and read along", async () => {
    await invited();
    server.make(ROOM, { creator: ANN, joined: [ANN, BOB, server.me], more: SEALED });
    const { said } = await ask({ others: [BOB] });
    expect(said).toContain(WITHHELD);
  });

  it("R34 withholds the count from whoever is another by their identity than was first seen", async () => {
    await invited();
    const seen = "2026-11-01";
    await documents.update(personDocument, ANN, () => ({
      person: ANN,
      identity: { masterKey: "first", seen },
    }));
    expect((await ask()).said).toContain("I keep 2 things about you");
    identity = { is: "known", masterKey: "second" };
    expect((await ask()).said).toContain(WITHHELD);
  });

  it("tells the count in an unencrypted chat of the two where Usher cannot encrypt", async () => {
    await invited();
    const { said, onlyFor } = await ask({ sealed: false, signedDevice: false, canEncrypt: false });
    expect([said.split("\n")[0], onlyFor]).toEqual([
      "I keep 1 thing about you: `!usher privacy data` says what.",
      ANN,
    ]);
  });
});

describe("R30 whom privacy names", () => {
  const { contacts } = FULL.operator;
  it.each([
    ["the officer first", FULL, "write to the data-protection officer, dpo@club.test."],
    [
      "support where there is no officer",
      configOf({ operator: { contacts: { ...contacts, dpo: undefined } } }),
      "with questions, write to help@club.test.",
    ],
    ["whoever runs the homeserver, else", EMPTY, "My settings do not say who answers for it"],
    ["that it runs on trial", EMPTY, "I am running on trial, and who runs me may be made up."],
  ])("%s", async (_, config, part) => {
    const { said } = await ask({ config });
    expect(said).toContain(part);
    expect(said.includes("https://")).toBe(config.operator.noticeUrl !== undefined);
    expect(said.includes("trial")).toBe(config.mode === "trial");
    expect(readability(said).grade).toBeLessThanOrEqual(9);
  });
});
