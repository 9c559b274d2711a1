import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer } from "../../chat/command.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { createLog } from "../../kernel/log.ts";
import type { SentExport } from "../../rights/export/exports.ts";
import { exportLate } from "./exportLate.ts";

const ANN = "@ann:example.org" as UserId;
const ROOM = "!two:example.org" as RoomId;
const EVENT = "$asked" as EventId;
const sent: SentExport = { name: "usher-data.zip", files: 1, leftOut: 0, until: 0, deletes: false };

async function said(of: SentExport | undefined, fault?: UsherError) {
  let logged = "";
  const answers: Answer[] = [];
  await exportLate(
    {
      matrix: { encryption: () => Promise.resolve("encrypted") },
      speaker: {
        say: ({ room, event }, answer) => {
          expect([room, event]).toEqual([ROOM, EVENT]);
          if (fault !== undefined) return Promise.reject(fault);
          answers.push(answer as Answer);
          return Promise.resolve("$said" as EventId);
        },
      },
      log: createLog("info", { write: (line) => (logged += line) }),
    },
    { person: ANN, event: EVENT },
    ROOM,
    of,
  );
  return { answers, logged };
}

describe("R66 what became of an export that came late", () => {
  it("is said to its person alone: what belongs to the file, or that it does not come", async () => {
    const [came, given] = [await said(sent), await said(undefined)].map(({ answers }) => answers);
    for (const answers of [came, given]) expect(answers).toMatchObject([{ onlyFor: ANN }]);
    expect(sentenceOf(came?.[0])).toContain("its key goes with the message");
    expect(sentenceOf(given?.[0])).toContain("I have given it up. I have told the people who run");
  });

  it("is logged without an id where it cannot be said", async () => {
    const { logged } = await said(undefined, new UsherError("room-unreachable", {}));
    expect(logged).toContain("export.late-untold");
    expect(logged).not.toContain(ANN);
  });
});
