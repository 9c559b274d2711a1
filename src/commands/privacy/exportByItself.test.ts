import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import { dueDate } from "../../rights/cases/dueDates.ts";
import { personDocument } from "../../store/people.ts";
import { exportByItself } from "./exportByItself.ts";

const ANN = "@ann:example.org" as UserId;
const DIRECT = "!direct:example.org" as RoomId;
const known = {
  id: "3f9c0a51e27b",
  facts: { person: ANN, at: 0, due: dueDate(0), extended: false },
} as const;

let documents: ReturnType<typeof memoryDocuments>;
beforeEach(() => {
  documents = memoryDocuments();
});

function attempt(fault?: UsherError, facts: object = known.facts) {
  const done: unknown[] = [];
  const sent = exportByItself(
    {
      exports: {
        oneAtATime: (_, work) => work(),
        send: ({ person, event }, { room }) => {
          if (fault !== undefined) return Promise.reject(fault);
          done.push([person, event, room]);
          return Promise.resolve({
            name: "usher-data.zip",
            until: 0,
            deletes: false,
            files: 1,
            leftOut: 0,
          });
        },
      },
      matrix: {
        privateRoom: () => Promise.resolve(DIRECT),
        identity: () => Promise.resolve({ is: "known", masterKey: "of now" }),
      },
      documents,
      speaker: {
        say: ({ room }, answer, step) => {
          done.push([room, step, "template" in answer ? answer : answer.code]);
          return Promise.resolve("$said" as EventId);
        },
      },
      canEncrypt: true,
      log: silentLog,
    },
    { ...known, facts: { kind: "export", state: "open", ...facts } as never, words: undefined },
  );
  return { sent, done };
}

describe("R31 R66 an export that Usher sends by itself", () => {
  it("goes to its person alone, under one name for one case, with its words", async () => {
    const { sent, done } = attempt();
    expect(await sent).toBe(true);
    expect(done).toMatchObject([
      [ANN, "$case-3f9c0a51e27b", DIRECT],
      [DIRECT, "export", { template: "privacy/export", onlyFor: ANN, view: { sealed: true } }],
    ]);
  });

  it("is not sent where that fails, or nobody is there any more", async () => {
    expect(await attempt(new UsherError("export-too-large")).sent).toBe(false);
    expect(await attempt(undefined, { person: undefined }).sent).toBe(false);
  });

  it("is not sent to whoever has another identity by now than they had", async () => {
    const seen = (masterKey: string) =>
      documents.update(personDocument, ANN, () => ({
        person: ANN,
        identity: { masterKey, seen: "2026-11-29" },
      }));
    await seen("of then");
    const { sent, done } = attempt();
    expect([await sent, done]).toEqual([false, []]);
    await seen("of now");
    expect(await attempt().sent).toBe(true);
  });
});
