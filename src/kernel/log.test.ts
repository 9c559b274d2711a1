import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "./ids.ts";
import { createLog, errorFields, pseudonym, type LogFields } from "./log.ts";

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
        what: "command.done",
        ms: 5,
        command: "add widget",
      },
    ]);
  });

  it("writes what is of its level and above", () => {
    const { log, lines } = listening("warn");
    for (const level of ["debug", "info", "warn", "error"] as const) log[level]({ what: level });
    expect(lines()).toMatchObject([{ what: "warn" }, { what: "error" }]);
  });

  it("does not compile with a field that is not declared, or with an id itself", () => {
    const { log, lines } = listening("warn");
    const room = "!den:example.org" as RoomId;
    const view = { code: "M_FORBIDDEN", body: "what they said" };
    // @ts-expect-error -- `body` is in no record of the data map
    log.warn({ what: "room.failed", body: "what they said" });
    // @ts-expect-error -- nor is it where it comes along
    log.warn({ what: "room.failed", ...view });
    // @ts-expect-error -- an id, where its pseudonym belongs
    const named: LogFields = { what: "room.failed", where: room };
    // @ts-expect-error -- a room's pseudonym, where a person's belongs
    const swapped: LogFields = { what: "room.failed", who: pseudonym(room) };
    log.warn({ what: "room.failed", where: pseudonym(room) });
    expect(JSON.stringify(lines())).not.toContain("what they said");
    expect([named, swapped]).toHaveLength(2);
  });

  it("names people and rooms the same each time, and without what they are called", () => {
    const [ann, bob] = ["@ann:x" as UserId, "@bob:x" as UserId];
    expect(pseudonym(ann)).toBe(pseudonym(ann));
    expect(pseudonym(ann)).not.toBe(pseudonym(bob));
    expect(pseudonym(ann)).toMatch(/^[A-Za-z0-9_-]{10}$/);
  });

  it("keeps an error's class and place, and not its message, even one of several lines", () => {
    const fields = errorFields(new RangeError("secret of @ann:x\nsecond secret\n    at secret"));
    expect(fields.code).toBe("RangeError");
    expect(fields.stack).toContain("log.test.ts");
    expect(fields.stack).not.toMatch(/secret|second|@ann/);
    expect(errorFields("secret")).toEqual({ code: "string" });
  });
});
