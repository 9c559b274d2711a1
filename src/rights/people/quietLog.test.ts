import { beforeEach, describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { createLog, pseudonym, type Log } from "../../kernel/log.ts";
import { detached } from "../../kernel/tasks.ts";
import { QuietLog } from "./quietLog.ts";

const ANN = pseudonym("@ann:example.org" as UserId);
const BOB = pseudonym("@bob:example.org" as UserId);
const ROOM = pseudonym("!room:example.org" as RoomId);

let lines: Record<string, unknown>[];
let quiet: QuietLog;
let log: Log;

beforeEach(() => {
  lines = [];
  quiet = new QuietLog();
  const written = createLog("debug", {
    write: (line) => {
      const { level: _, time: __, ...fields } = JSON.parse(line) as Record<string, unknown>;
      lines.push(fields);
    },
  });
  log = quiet.over(written);
});

function everything(who: typeof ANN | undefined): void {
  const fields = { ...(who === undefined ? {} : { who }), where: ROOM, command: "list" };
  log.debug({ class: "bot", what: "seen", ...fields });
  log.info({ class: "bot", what: "done", ...fields });
  log.warn({ class: "bot", what: "odd", code: "x", ...fields });
  log.error({ class: "bot", what: "broken", reference: "4711", ...fields });
}

const FAULTS = [
  { class: "bot", what: "odd", code: "x" },
  { class: "bot", what: "broken", reference: "4711" },
];

describe("R37 the log, of whoever restricted everything", () => {
  it("says nothing under their pseudonym, but what is broken", () => {
    quiet.know((who) => who === ANN);
    everything(ANN);
    expect(lines).toEqual(FAULTS);
    expect(JSON.stringify(lines)).not.toContain(ANN);
  });

  it("says nothing in the work that their event asks for, also later in it, and all of others beside", async () => {
    quiet.know((who) => who === ANN);
    let go: () => void = () => undefined;
    const waited = new Promise<void>((resolve) => (go = resolve));
    const work = quiet.during(ANN, async () => {
      await waited;
      everything(undefined);
    });
    quiet.during(BOB, () => {
      everything(BOB);
    });
    expect(lines).toHaveLength(4);
    expect(lines[1]).toEqual({
      class: "bot",
      what: "done",
      who: BOB,
      where: ROOM,
      command: "list",
    });
    go();
    await work;
    expect(lines.slice(4)).toEqual(FAULTS);
  });

  it("says all of others whom their event has something to do with, and of what is done for all and only begun in it", async () => {
    quiet.know((who) => who === ANN);
    const begun: Promise<void>[] = [];
    quiet.during(ANN, () => {
      everything(BOB);
      begun.push(
        detached(() => Promise.resolve().then(() => log.info({ class: "bot", what: "for-all" }))),
      );
    });
    await Promise.all(begun);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatchObject({ what: "done", who: BOB, where: ROOM, command: "list" });
    expect(lines[4]).toMatchObject({ what: "for-all" });
  });

  it("says everything as long as nobody is known to have", () => {
    quiet.during(ANN, () => {
      everything(ANN);
    });
    expect(lines).toHaveLength(4);
  });
});
