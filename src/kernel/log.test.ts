import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "./ids.ts";
import { ManualClock } from "./clock.ts";
import { DAY_MS } from "./days.ts";
import {
  createLog,
  errorFields,
  forgetPseudonyms,
  pseudonym,
  pseudonymsBy,
  type LogFields,
} from "./log.ts";

function listening(level: "debug" | "warn"): {
  readonly log: ReturnType<typeof createLog>;
  readonly lines: () => unknown[];
} {
  let text = "";
  const log = createLog(level, { write: (chunk: string) => (text += chunk) });
  return {
    log,
    lines: () =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as unknown),
  };
}

describe("the log", () => {
  it("writes the fields that are listed and drops every other", () => {
    const { log, lines } = listening("debug");
    const leaky = {
      class: "bot",
      what: "command.done",
      ms: 5,
      command: "add widget",
      body: "secret",
      token: "syt_x",
      code: undefined,
    } as unknown as LogFields;
    log.info(leaky);
    expect(lines()).toEqual([
      {
        level: 30,
        time: expect.any(Number) as number,
        class: "bot",
        what: "command.done",
        ms: 5,
        command: "add widget",
      },
    ]);
  });

  it("writes what is of its level and above", () => {
    const { log, lines } = listening("warn");
    for (const level of ["debug", "info", "warn", "error"] as const)
      log[level]({ class: "ops", what: level });
    expect(lines()).toMatchObject([{ what: "warn" }, { what: "error" }]);
  });

  it("does not compile with a field that is not declared, or with an id itself", () => {
    const { log, lines } = listening("warn");
    const room = "!den:example.org" as RoomId;
    const view = { code: "M_FORBIDDEN", body: "what they said" };
    // @ts-expect-error -- `body` is in no record of the data map
    log.warn({ class: "bot", what: "room.failed", body: "what they said" });
    // @ts-expect-error -- nor is it where it comes along
    log.warn({ class: "bot", what: "room.failed", ...view });
    // @ts-expect-error -- an id, where its pseudonym belongs
    const named: LogFields = { class: "bot", what: "room.failed", where: room };
    // @ts-expect-error -- a room's pseudonym, where a person's belongs
    const swapped: LogFields = { class: "bot", what: "room.failed", who: pseudonym(room) };
    log.warn({ class: "bot", what: "room.failed", where: pseudonym(room) });
    expect(JSON.stringify(lines())).not.toContain("what they said");
    expect([named, swapped]).toHaveLength(2);
  });

  it("R55 each line says its class, and goes where that does; what is about somebody is not of the class that is kept longest", () => {
    const written: [string, string][] = [];
    const log = createLog("info", {
      write: (line, of) => written.push([of, (JSON.parse(line) as LogFields).class]),
    });
    const who = pseudonym("@ann:x" as UserId);
    log.info({ class: "bot", what: "command.done", who, command: "list" });
    log.info({ class: "bridge", what: "relay.done", who });
    log.info({ class: "audit", what: "erasure.verified", who });
    log.info({ class: "ops", what: "sync.failed", code: "M_UNKNOWN" });
    expect(written).toEqual(["bot", "bridge", "audit", "ops"].map((of) => [of, of]));
    // @ts-expect-error -- no class
    const without: LogFields = { what: "sync.failed" };
    // @ts-expect-error -- nothing comes over the web
    const access: LogFields = { class: "access", what: "page.asked" };
    // @ts-expect-error -- a person in a line about Usher
    log.warn({ class: "ops", what: "sync.failed", who });
    // @ts-expect-error -- nor a room
    log.warn({ class: "ops", what: "sync.failed", where: pseudonym("!den:x" as RoomId) });
    // @ts-expect-error -- nor what a person was shown, or asked for
    log.warn({ class: "ops", what: "sync.failed", reference: "4711", command: "list" });
    expect([without, access]).toHaveLength(2);
  });

  it("has the time of its clock", () => {
    let line = "";
    const clock = new ManualClock(Date.UTC(2028, 1, 29));
    createLog("info", { write: (text) => (line = text) }, clock).info({ class: "ops", what: "x" });
    expect(JSON.parse(line)).toMatchObject({ time: Date.UTC(2028, 1, 29) });
  });

  it("names people and rooms the same each time, and without what they are called", () => {
    const [ann, bob] = ["@ann:x" as UserId, "@bob:x" as UserId];
    expect(pseudonym(ann)).toBe(pseudonym(ann));
    expect(pseudonym(ann)).not.toBe(pseudonym(bob));
    expect(pseudonym(ann)).toMatch(/^[A-Za-z0-9_-]{10}$/);
  });

  it("R55 names them otherwise on the next day (UTC), and when it is told to forget", () => {
    const ann = "@ann:x" as UserId;
    const clock = new ManualClock(Date.UTC(2026, 2, 29, 23, 59, 59, 999));
    pseudonymsBy(clock);
    const names = [pseudonym(ann)];
    clock.advance(1);
    names.push(pseudonym(ann));
    clock.advance(DAY_MS - 1);
    expect(pseudonym(ann)).toBe(names[1]);
    forgetPseudonyms();
    names.push(pseudonym(ann));
    expect(new Set(names).size).toBe(3);
  });

  it("keeps an error's class and place, and not its message, even one of several lines", () => {
    const fields = errorFields(new RangeError("secret of @ann:x\nsecond secret\n    at secret"));
    expect(fields.code).toBe("RangeError");
    expect(fields.stack).toContain("log.test.ts");
    expect(fields.stack).not.toMatch(/secret|second|@ann/);
    expect(errorFields("secret")).toEqual({ code: "string" });
  });
});
