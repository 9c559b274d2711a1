import { expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer } from "../../chat/command.ts";
import { createRenderer } from "../../chat/render.ts";
import { loadTemplates } from "../../chat/templates.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { OpenCipher } from "../../matrix/crypto/openCipher.ts";
import { EmojiVerifications } from "./emojiVerifications.ts";

const ada = "@ada:example.org" as UserId;

/** A comparison that has come as far as the emoji: what Ada and the operators' room are told. */
async function compared(room: RoomId | undefined): Promise<{
  readonly ada: readonly string[];
  readonly office: readonly string[];
}> {
  const told: { ada: Answer[]; office: string[] } = { ada: [], office: [] };
  let hear: Parameters<OpenCipher["onVerification"]>[0] = () => undefined;
  const answered: unknown[] = [];
  const verifications = new EmojiVerifications({
    encryption: {
      onVerification: (listener) => void (hear = listener),
      answerVerification: (...answer) => Promise.resolve(void answered.push(answer)),
    } as OpenCipher,
    operators: { room },
    matrix: {
      send: (_room, { body }) => (told.office.push(body), Promise.resolve("$sent" as EventId)),
    },
    renderer: createRenderer(loadTemplates()),
    calledAs: "!usher",
    tell: (_user, answer) => (told.ada.push(answer), Promise.resolve(true)),
    log: silentLog,
  });
  hear({ user: ada, flow: "f", phase: "emoji", emoji: [{ symbol: "🐶", description: "Dog" }] });
  await verifications.answer(ada, true);
  expect(answered).toEqual([[ada, "f", true]]);
  return { ada: told.ada.map((answer) => sentenceOf(answer)), office: told.office };
}

it("tells who compares whom to ask, where operators see the emoji", async () => {
  const told = await compared("!office:example.org" as RoomId);
  expect(told.ada).toHaveLength(1);
  expect(told.ada[0]).toContain("ask them, by another way than this chat");
  expect(told.office[0]).toContain("🐶 Dog");
  expect(told.office[0]).toContain("`!usher admin verify @ada:example.org yes`");
});

it("tells who compares that nobody can see the emoji, where operators have no room", async () => {
  const told = await compared(undefined);
  expect(told.ada).toHaveLength(1);
  expect(told.ada[0]).toContain("Nobody can see mine");
  expect(told.ada[0]).toContain("will end by itself after a minute");
  expect(told.ada[0]).not.toContain("ask them");
  expect(told.office).toEqual([]);
});
