import { describe, expect, it } from "vitest";
import type { RoomState } from "../matrix/port.ts";
import type { RoomId } from "../kernel/ids.ts";
import { declaredState, declareState } from "./declared.ts";
import { keptMs, keptSince } from "./kept.ts";
import { durationInWords } from "./duration.ts";
import { LOG_FIELDS } from "./logFields.ts";
import { defineRecord, type Retention } from "./record.ts";
import { MEMBERS_STATE } from "./records/members.ts";
import { CHANGES, PREVIEWS } from "./records/commands.ts";
import { AUDIT } from "./records/operators.ts";
import { OWED_WORDS } from "./records/rooms.ts";
import { WIDGETS_STATE } from "../kinds/widgets/dataMap.ts";

describe("how long something is kept", () => {
  it("is read from its record, by code and by people", () => {
    expect(keptMs(OWED_WORDS)).toBe(7 * 86_400_000);
    expect(PREVIEWS.retention.for.minutes * 60_000).toBe(keptMs(PREVIEWS));
    expect(keptSince(CHANGES, 31 * 86_400_000)).toBe(86_400_000);
    expect(keptSince(PREVIEWS, 300_001)).toBe(1);
    expect(new Date(keptSince(AUDIT, Date.UTC(2026, 10, 28, 12))).toISOString()).toBe(
      "2025-11-28T12:00:00.000Z",
    );
    expect([{ days: 30 }, { months: 1 }, { minutes: 5 }].map(durationInWords)).toEqual([
      "30 days",
      "1 month",
      "5 minutes",
    ]);
  });

  it("does not compile as a length of time that no sweep ends, or by a sweep that there is not", () => {
    // @ts-expect-error -- no sweep
    const endless: Retention = { for: { days: 30 } };
    // @ts-expect-error -- nothing is called so
    const unknown: Retention = { for: { days: 30 }, sweep: "some-day" };
    // @ts-expect-error -- keys go by no deletion of a document, so it must be named what looks for them
    const unswept: Retention = { until: ["keys-unused"] };
    expect([endless, unknown, unswept]).toHaveLength(3);
  });
});

describe("a record", () => {
  it("has its id for itself", () => {
    expect(() => defineRecord(CHANGES.facts)).toThrow("two records D7-undo");
  });

  it("about people does not compile where they are not told of it", () => {
    const { told: _, ...untold } = MEMBERS_STATE.facts;
    // @ts-expect-error -- personal data, and nobody is told
    expect(() => defineRecord(untold)).toThrow("two records");
  });
});

describe("a state event that Usher sends", () => {
  it("does not compile unless its type is declared", () => {
    const sent: string[] = [];
    const matrix = {
      setState: (_: RoomId, type: string) => (sent.push(type), Promise.resolve("$e")),
    } as unknown as Pick<RoomState, "setState">;
    // @ts-expect-error -- a type that is in no record of the data map
    void matrix.setState("!r:x" as RoomId, "org.example.dossier", "", {});
    void matrix.setState(
      "!r:x" as RoomId,
      declareState("im.vector.modular.widgets", WIDGETS_STATE),
      "",
      {},
    );
    expect(sent).toEqual(["org.example.dossier", "im.vector.modular.widgets"]);
  });

  it("is refused where only what was stored names it", () => {
    expect(declaredState(declareState("im.vector.modular.widgets", WIDGETS_STATE))).toBe(
      "im.vector.modular.widgets",
    );
    expect(() => declaredState("org.example.dossier")).toThrow(TypeError);
  });

  it("is in one record", () => {
    expect(() => declareState("im.vector.modular.widgets", MEMBERS_STATE)).toThrow(
      "is in two records: D7-state and D2-bots-state",
    );
  });
});

describe("a field of the log", () => {
  it("does not compile as something else than it can hold, or unnamed", () => {
    // @ts-expect-error -- it holds what stands for a person
    const who: typeof LOG_FIELDS = { ...LOG_FIELDS, who: LOG_FIELDS.what };
    const { ms: _, ...others } = LOG_FIELDS;
    // @ts-expect-error -- one that is in no record
    const missing: typeof LOG_FIELDS = others;
    expect([who, missing]).toHaveLength(2);
  });
});
