import { describe, expect, it } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Identity } from "../matrix/port.ts";
import type { Answer } from "./command.ts";
import { Letters } from "./letters.ts";
import type { ReplyTarget } from "./replyTarget.ts";

const ann = "@ann:x" as UserId;
const once = { cause: "$asked" as EventId, step: "secret" };
const known: Identity = { is: "known", masterKey: "first" };

/** What was asked for, and said. */
function lettersTo(identity: Identity, canEncrypt = true) {
  const asked: unknown[] = [];
  const said: unknown[] = [];
  const letters = new Letters({
    canEncrypt,
    calledAs: "!usher",
    matrix: {
      identity: () => Promise.resolve(identity),
      privateRoom: (user, only) => {
        asked.push([user, only]);
        return Promise.resolve("!private:x" as RoomId);
      },
    },
    speaker: {
      say: ({ room, event, apart }: ReplyTarget, saying: Answer | UsherError, step: string) => {
        if (saying instanceof UsherError) throw saying;
        said.push({ room, event, apart, step, ...saying });
        return Promise.resolve("$said" as EventId);
      },
    },
  });
  return { letters, asked, said };
}

describe("what is told one person alone", () => {
  it.each([
    ["encrypted, where a device of theirs can read that", known, true, "encrypted", false],
    ["encrypted, where nobody can say", { is: "unreachable" }, true, "encrypted", false],
    ["unencrypted, where none of theirs can", { is: "none" }, true, "unencrypted", true],
    ["in any, where Usher cannot encrypt", known, false, undefined, true],
  ] as const)("goes into a room of theirs: %s", async (_, identity, canEncrypt, only, clear) => {
    const { letters, asked, said } = lettersTo(identity, canEncrypt);
    expect(await letters.areClear(ann)).toBe(clear);
    await letters.send(ann, { template: "connection-secret/webhook", view: {} }, once);
    expect(asked).toEqual([[ann, only]]);
    // By itself, and refused by whoever sends it unless the room is private right then.
    expect(said).toEqual([
      {
        ...{ room: "!private:x", event: "$asked", apart: true, step: "secret" },
        ...{ template: "connection-secret/webhook", view: {}, onlyFor: ann },
      },
    ]);
  });
});
