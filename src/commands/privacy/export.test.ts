import { beforeEach, describe, expect, it } from "vitest";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer } from "../../chat/command.ts";
import type { ReplyTarget } from "../../chat/replyTarget.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import { KeyedQueue } from "../../kernel/tasks.ts";
import type { Content } from "../../matrix/port.ts";
import type { ExportPlace } from "../../rights/export/placeExport.ts";
import { privacyExport } from "./export.ts";

const ROOM = "!room:example.org" as RoomId;
const DIRECT = "!direct:example.org" as RoomId;
const CLEAR = "!clear:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const EVENT = "$asked" as EventId;
const THREAD = "$thread" as EventId;
const ENCRYPTED: readonly [string, Content][] = [
  ["m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" }],
];

let server: MemoryHomeserver;
let queue: KeyedQueue;
let sent: ExportPlace[];
let apart: { readonly target: ReplyTarget; readonly answer: Answer }[];
/** Where Usher has spoken with Ann alone. */
let others: readonly RoomId[];
/** Whether the homeserver deletes the file when it is time. */
let deletes: boolean;
/** How many files there are, and how many things are in none. */
let files: number;
let leftOut: number;
/** What making and sending waits for. */
let making: Promise<void>;

beforeEach(() => {
  server = new MemoryHomeserver();
  server.make(ROOM, { creator: ANN, joined: [ANN, BOB, server.me] });
  server.make(DIRECT, { creator: ANN, joined: [ANN, server.me], more: ENCRYPTED });
  server.make(CLEAR, { creator: ANN, joined: [ANN, server.me] });
  queue = new KeyedQueue((error) => {
    throw error;
  });
  [files, leftOut] = [1, 0];
  [sent, apart, others, making, deletes] = [[], [], [DIRECT], Promise.resolve(), false];
});

/** What comes of `privacy export` by Ann in the room, in that room's turn. */
async function ask(
  room: RoomId,
  { where, thread }: { readonly where?: "here"; readonly thread?: EventId } = {},
): Promise<Answer> {
  const matrix = Object.assign(server, {
    privateRoom: () => Promise.resolve(DIRECT),
    rememberedPrivateRooms: () => Promise.resolve(others),
  });
  const command = privacyExport({
    matrix,
    queue,
    canEncrypt: true,
    log: silentLog,
    speaker: {
      say: (target, answer) => {
        apart.push({ target, answer: answer as Answer });
        return Promise.resolve("$said" as EventId);
      },
    },
    exports: {
      oneAtATime: (person, work) => {
        expect(person).toBe(ANN);
        return work();
      },
      send: async (asked, place) => {
        expect(asked).toMatchObject({ person: ANN, event: EVENT });
        await making;
        sent.push(place);
        const until = Date.UTC(2026, 11, 2, 6, 45);
        return { name: "usher-data-2026-11-29.zip", files, leftOut, until, deletes };
      },
    },
  });
  if (command.changes) throw new Error("It changes nothing");
  expect(command.signedDevice).toBe(true);
  const about = { room, person: ANN, event: EVENT, thread, direct: false, operator: false };
  const work = Promise.withResolvers<Answer>();
  await queue.run(room, async () => {
    try {
      work.resolve(await command.answer({ where } as never, { ...about, calledAs: "" }));
    } catch (error) {
      work.reject(error);
    }
  });
  return work.promise;
}

describe("R31 privacy export", () => {
  it("sends the file by direct message where others are in the room, with what becomes of it", async () => {
    expect(sentenceOf(await ask(ROOM))).toBe("I sent you a direct message.");
    expect(sent).toEqual([{ room: DIRECT }]);
    expect(apart).toMatchObject([{ target: { room: DIRECT }, answer: { onlyFor: ANN } }]);
    const words = sentenceOf(apart[0]?.answer);
    expect(words).toContain(
      "The file `usher-data-2026-11-29.zip` holds everything I keep about you",
    );
    expect(words).toContain(
      "I take the message with the file away after 72 hours, on 2026-12-02 06:45",
    );
    expect(words).toContain("the homeserver may keep the sealed bytes");
  });

  it("sends it where they asked, under the command, in an encrypted room of the two", async () => {
    const answer = await ask(DIRECT, { thread: THREAD });
    expect(answer).toMatchObject({ onlyFor: ANN, template: "privacy/export" });
    expect(sent).toEqual([{ room: DIRECT, replyTo: EVENT, thread: THREAD }]);
    expect(apart).toEqual([]);
  });

  it("is told in her other rooms with Usher", async () => {
    others = [DIRECT, CLEAR];
    await ask(DIRECT);
    await expect.poll(() => apart).toHaveLength(1);
    expect(apart).toMatchObject([{ target: { room: CLEAR }, answer: { onlyFor: ANN } }]);
    expect(sentenceOf(apart[0]?.answer)).toMatch(/asked for a file[^]*If that was not you/);
  });

  it("says what an unencrypted chat means, to who insists on one and has no other", async () => {
    server.identities = { is: "none" };
    const answer = await ask(CLEAR, { where: "here" });
    expect(answer.onlyFor).toBe(ANN);
    expect(sentenceOf(answer)).toContain("the homeserver can read the file");
    expect(sent).toEqual([{ room: CLEAR, replyTo: EVENT }]);
  });

  it("says how many files there are, that each opens by itself, and what becomes of them all", async () => {
    [files, leftOut] = [3, 1];
    const about = { dpo: "privacy@example.org" };
    const words = sentenceOf(await ask(DIRECT), about);
    expect(words).toContain("I sent 3 files; the first is named `usher-data-2026-11-29.zip`");
    expect(words).toContain("Each opens by itself");
    expect(words).toContain("I take the messages with the files away after 72 hours");
    expect(words).toContain("their keys go with the messages; the homeserver may keep the sealed");
    expect(words).toContain("I left out 1 thing, larger by itself than what my homeserver takes");
    expect(words).toContain("write to the data-protection officer, privacy@example.org");
    [leftOut, deletes] = [2, true];
    server.identities = { is: "none" };
    const clear = sentenceOf(await ask(CLEAR, { where: "here" }));
    expect(clear).toContain("and have my homeserver delete the files");
    expect(clear).toContain("the homeserver can read the files.");
    expect(clear).toContain("I left out 2 things");
    deletes = false;
    expect(sentenceOf(await ask(CLEAR, { where: "here" }))).toContain(
      "may keep them when the messages are gone",
    );
  });

  it("says beforehand that the file is deleted, and not only its message taken away, where that is so", async () => {
    deletes = true;
    server.identities = { is: "none" };
    for (const answer of [await ask(DIRECT), await ask(CLEAR, { where: "here" })]) {
      const words = sentenceOf(answer);
      expect(words).toContain("(UTC), and have my homeserver delete the file");
      expect(words).toContain("that is not mine may keep what it has fetched");
      expect(words).not.toMatch(/may keep (?:the sealed|it when)/);
    }
  });

  it("makes nothing where they insist on a room that others read", async () => {
    await expect(ask(ROOM, { where: "here" })).rejects.toMatchObject({ code: "room-not-private" });
    expect([sent, apart]).toEqual([[], []]);
  });

  it("lets the room's other commands be answered while it is made", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    making = promise;
    const answer = ask(DIRECT);
    let other = false;
    await queue.run(DIRECT, () => Promise.resolve(void (other = true)));
    expect([other, sent]).toEqual([true, []]);
    resolve();
    await answer;
    expect(sent).toHaveLength(1);
  });

  it.each(["export-running", "export-disk-full", "export-too-large"] as const)(
    "has a sentence for %s that says what to do",
    (code) => {
      const view = { kibibytes: 7, most: 5, files: 100 };
      const said = sentenceOf(new UsherError(code, view), { dpo: "dpo@example.org" });
      expect(said).toMatch(/ask again|dpo@example\.org/i);
    },
  );
});
