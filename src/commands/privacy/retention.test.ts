import { decode } from "fast-png";
import { beforeEach, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/days.ts";
import type { FileContent } from "../../matrix/fileContent.ts";
import { LOG } from "../../privacy/records/log.ts";
import { DISCLOSURE } from "../../privacy/records/cases.ts";
import { CHANGES } from "../../privacy/records/commands.ts";
import { RECEIPT } from "../../privacy/records/rights.ts";
import type { Retention } from "../../retention/retention.ts";
import { privacyRetention } from "./retention.ts";

const clock = new ManualClock(Date.UTC(2026, 10, 29, 6, 20));
const AT = Date.UTC(2026, 10, 29, 5, 59);
let files: FileContent[];

beforeEach(() => {
  files = [];
});

async function answered(
  report: ReturnType<Retention["report"]>,
  operator = false,
): Promise<string> {
  const command = privacyRetention({
    clock,
    retention: { report: () => report },
    matrix: {
      sendFile: (_, file) => {
        files.push(file);
        return Promise.resolve("$picture" as never);
      },
    },
  });
  const talk = new MemoryConversation({ commands: [command] });
  if (operator) talk.operators.add(ALICE);
  await talk.say("!usher privacy retention");
  return talk.said.map(({ body }) => body).join("\n");
}

const now = clock.now();
const STANDINGS = [
  { record: LOG, limit: "7 days", oldest: now - 3 * DAY_MS, lastGood: AT, stopped: false },
  { record: CHANGES, limit: "30 days", oldest: now - 5 * HOUR_MS, lastGood: AT, stopped: false },
  // Nobody is told of this one.
  { record: RECEIPT, limit: "36 months", oldest: undefined, lastGood: AT, stopped: false },
];

it("R55 tells anyone how old the oldest of each is, what was promised, and when it was last looked at", async () => {
  const said = await answered({ at: AT, standings: STANDINGS });
  expect(said).toContain("at 2026-11-29 05:59 UTC");
  expect(said).toContain("(14 days at most), here after 7 days: 3 days");
  expect(said).toContain("what it takes to undo the last changes (30 days): 5 hours");
  expect(said).toContain("All that was to go by then is gone. I look each hour.");
  expect(said).toContain("`privacy notice retention` says what");
  expect(said.match(/^- /gm)).toHaveLength(2);
  expect(files).toEqual([]);
});

it("R55 says so where something could not be taken away, and when that last went well", async () => {
  const failed = STANDINGS.map((one) => ({ ...one, lastGood: AT - 2 * HOUR_MS }));
  const said = await answered({ at: AT, standings: failed });
  expect(said).toContain("I could not take away all that should go.");
  expect(said).toContain("That last went well at 2026-11-29 03:59 UTC; I try again each hour");
  expect(said).not.toContain("is gone. I look");
  const never = STANDINGS.map((one) => ({
    ...one,
    oldest: now,
    lastGood: undefined,
    stopped: false,
  }));
  expect(await answered({ at: AT, standings: never })).toContain("That has not gone well yet");
  const none = STANDINGS.map((one) => ({ ...one, oldest: undefined }));
  expect(await answered({ at: AT, standings: none })).toContain(": there is none");
  const fresh = STANDINGS.map((one) => ({ ...one, oldest: now - HOUR_MS / 2 }));
  expect(await answered({ at: AT, standings: fresh })).toContain(": less than an hour");
});

it("R64 tells none but operators whether anything was given to others, for one who must not hear of it may be the only one here", async () => {
  const given = { record: DISCLOSURE, limit: "36 months", lastGood: AT, stopped: false };
  const [some, none] = [now - 2 * DAY_MS, undefined].map((oldest) => [{ ...given, oldest }]);
  const said = await answered({ at: AT, standings: some ?? [] });
  expect(said).toContain("how old I do not tell; `!usher privacy data` counts those about you");
  expect(said).toBe(await answered({ at: AT, standings: none ?? [] }));
  expect(await answered({ at: AT, standings: some ?? [] }, true)).toContain("2 days");
});

it("says so before the first look", async () => {
  expect(await answered(undefined)).toContain("have not looked yet");
});

it("R55 gives operators a picture beside: a bar as long as the part of the time that has passed, red where that is over", async () => {
  const late = [...STANDINGS.slice(0, 1), { ...STANDINGS[1], oldest: now - 31 * DAY_MS }];
  const said = await answered({ at: AT, standings: late as typeof STANDINGS }, true);
  expect(said).toContain("usher-retention-2026-11-29.png shows the same");
  expect(files.map(({ name, mimetype }) => [name, mimetype])).toEqual([
    ["usher-retention-2026-11-29.png", "image/png"],
  ]);
  const { width, height, data, channels } = decode(
    Buffer.concat(await Array.fromAsync(files[0]?.bytes.open() ?? [])),
  );
  expect([width, height, channels]).toEqual([480, 64, 3]);
  const at = (x: number, y: number): readonly number[] => [
    ...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3),
  ];
  const row = (y: number): readonly string[] =>
    Array.from({ length: width }, (_, x) => at(x, y).join());
  const [blue, grey, red] = ["0,90,181", "221,221,221", "220,50,32"];
  expect(row(20).filter((one) => one === blue)).toHaveLength(Math.round((464 * 3) / 14));
  expect(row(20).filter((one) => one === grey)).toHaveLength(464 - Math.round((464 * 3) / 14));
  expect(row(44).filter((one) => one === red)).toHaveLength(464);
});
