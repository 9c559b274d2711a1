import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Request } from "../../chat/command.ts";
import type { ReplyTarget } from "../../chat/replyTarget.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";
import { OperatorsNamed } from "../../rights/holdings/operatorsNamed.ts";
import { PrivateRooms } from "../../rights/holdings/privateRooms.ts";
import { StoredDocuments } from "../../rights/holdings/storedDocuments.ts";
import { recordAudit } from "../../store/audit.ts";
import { roomDocument } from "../../store/room.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { privacyData } from "./data.ts";
// Kinds have their parts in rooms' documents.
import "../../kinds/index.ts";

const ROOM = "!room:example.org" as RoomId;
const DIRECT = "!direct:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const EVENT = "$asked" as EventId;
const about = { calledAs: "", dpo: "dpo@example.org", support: undefined };

let server: MemoryHomeserver;
let documents: ReturnType<typeof memoryDocuments>;
let apart: { readonly target: ReplyTarget; readonly answer: Answer }[];

function make(
  room: RoomId,
  joined: readonly UserId[],
  more: readonly [string, Content][] = [],
): void {
  server.make(room, { creator: ANN, joined: [...joined, server.me], more });
}

const ENCRYPTED: readonly [string, Content][] = [
  ["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }],
];

/** What comes of `privacy data` by Ann in the room: what is said there, and whether to her alone. */
async function ask(
  room: RoomId,
  {
    where,
    canEncrypt = true,
    operators = [],
  }: { where?: "here"; canEncrypt?: boolean; operators?: UserId[] } = {},
): Promise<{ readonly said: string; readonly onlyFor: UserId | undefined }> {
  const matrix = Object.assign(server, {
    privateRoom: (user: UserId, only?: "encrypted") => {
      expect([user, only]).toEqual([ANN, canEncrypt ? "encrypted" : undefined]);
      return Promise.resolve(DIRECT);
    },
    forgetPrivateRooms: () => Promise.reject(new Error("Nothing is to be forgotten")),
    peopleOfPrivateRooms: () => Promise.resolve([ANN]),
    rememberedPrivateRooms: (user: UserId) => Promise.resolve(user === ANN ? [DIRECT] : []),
  });
  const command = privacyData({
    matrix,
    canEncrypt,
    speaker: {
      say: (target, answer) => {
        apart.push({ target, answer: answer as Answer });
        return Promise.resolve("$said" as EventId);
      },
    },
    holdings: [
      new StoredDocuments(documents),
      new PrivateRooms(matrix),
      new OperatorsNamed(operators),
    ],
  });
  const request = {
    room,
    person: ANN,
    event: EVENT,
    thread: undefined,
    direct: false,
    operator: false,
    calledAs: "",
  };
  if (command.changes) throw new Error("It changes nothing");
  const answer = await command.answer({ where } as never, request satisfies Request);
  return { said: sentenceOf(answer, about), onlyFor: answer.onlyFor };
}

beforeEach(async () => {
  server = new MemoryHomeserver();
  documents = memoryDocuments();
  apart = [];
  make(ROOM, [ANN, BOB]);
  make(DIRECT, [ANN], [...ENCRYPTED]);
  await documents.update(roomDocument, ROOM, (document) => ({
    ...document,
    inviter: ANN,
    journal: [BOB, ANN, ANN].map((person) => ({
      event: EVENT,
      person,
      calledAs: "!usher",
      line: "list",
      at: 0,
      replyTo: EVENT,
    })),
  }));
});

describe("R34 privacy data: where it is said", () => {
  it("is by direct message where others are in the room, which is told that alone", async () => {
    expect(await ask(ROOM)).toEqual({ said: "I sent you a direct message.", onlyFor: undefined });
    expect(apart).toMatchObject([
      { target: { room: DIRECT, event: EVENT, apart: true }, answer: { onlyFor: ANN } },
    ]);
  });

  it("is here, to this person alone, in an encrypted room of the two", async () => {
    expect(await ask(DIRECT)).toMatchObject({ onlyFor: ANN });
    expect(apart).toEqual([]);
  });

  it("is elsewhere where a room of the two is not encrypted, and though they insist: who holds only the account reads nothing there", async () => {
    const clear = "!clear:example.org" as RoomId;
    make(clear, [ANN]);
    const { said, onlyFor } = await ask(clear);
    expect(said).toBe(
      "I sent you a direct message. This chat is not encrypted, so I sent it to one that is: read it there, on a device that you have verified.",
    );
    expect(onlyFor).toBeUndefined();
    expect(apart).toHaveLength(1);
    expect(await ask(clear, { where: "here" })).toMatchObject({ onlyFor: undefined });
    expect(apart).toHaveLength(2);
    expect(await ask(clear, { canEncrypt: false })).toMatchObject({ onlyFor: ANN });
    expect(apart).toHaveLength(2);
  });

  it("is nowhere for who has no identity, and so no device that could read it, until they insist", async () => {
    const clear = "!clear:example.org" as RoomId;
    make(clear, [ANN]);
    server.identities = { is: "none" };
    expect((await ask(clear)).said).toContain("say the same again with `here` at the end");
    expect(apart).toEqual([]);
    expect(await ask(clear, { where: "here" })).toMatchObject({ onlyFor: ANN });
    expect((await ask(ROOM)).said).toContain("Start a chat with me and ask there.");
  });

  it("is nowhere where they insist on a room that others read", async () => {
    await expect(ask(ROOM, { where: "here" })).rejects.toMatchObject({ code: "room-not-private" });
    expect(apart).toEqual([]);
  });
});

describe("R34 privacy data: what it says", () => {
  it("counts what is kept about the person, and lists what there is nothing of", async () => {
    const { said } = await ask(DIRECT);
    expect(said).toContain("I keep 4 things about you:");
    expect(said).toMatch(
      /- 1 of: who invited me and when.*; kept until I leave the room; seen by my operators/,
    );
    expect(said).toMatch(
      /- 2 of: commands I am working on.*; kept until the command is done; seen by nobody/,
    );
    expect(said).toMatch(/- 1 of: the rooms I make to speak with one person/);
    expect(said).toMatch(/- 0 of: commands that wait for a yes/);
    expect(said).toMatch(
      /cannot count for one person:[^]*that a command ran, under a name that means nothing/,
    );
    expect(said).toContain("data-protection officer, dpo@example.org");
  });

  it("counts an operator's deeds, and that the configuration names them", async () => {
    const clock = new ManualClock(0);
    await recordAudit(documents, clock, {
      who: ANN,
      what: "admin leave",
      targets: [ROOM],
      event: EVENT,
    });
    const { said } = await ask(DIRECT, { operators: [ANN] });
    // The deed, and the random word that its record has for them.
    expect(said).toContain("I keep 7 things about you:");
  });

  it("says so where there is nothing", async () => {
    documents = memoryDocuments();
    server.make(DIRECT, { creator: ANN, joined: [ANN, server.me], more: ENCRYPTED });
    const { said } = await ask(DIRECT);
    expect(said).toMatch(/^I keep 1 thing about you:/);
  });
});
