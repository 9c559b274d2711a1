import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Answer } from "../chat/command.ts";
import type { Officers } from "../config/roles.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { MessageContent, StateEvent } from "../matrix/port.ts";
import { OperatorNotices } from "./operatorNotices.ts";

const OLGA = "@olga:example.org" as UserId;
const OTTO = "@otto:example.org" as UserId;
const DORA = "@dora:example.org" as UserId;
const SAM = "@sam:example.org" as UserId;
const OFFICE = "!office:example.org" as RoomId;

function office(
  room: RoomId | undefined,
  state: readonly StateEvent[] = [],
  refused: () => Error | undefined = () => undefined,
  named: readonly UserId[] = [OLGA, OTTO],
  down = false,
  officers: Officers["officers"] = { dpo: [], support: [] },
): {
  readonly notices: OperatorNotices;
  readonly told: Answer[];
  readonly alone: unknown[];
  readonly clock: ManualClock;
} {
  const told: Answer[] = [];
  const alone: unknown[] = [];
  const clock = new ManualClock(0);
  const notices = new OperatorNotices({
    operators: { room },
    config: { operators: named, officers },
    tell: (person, answer) => {
      alone.push({ person, answer });
      return Promise.resolve(!down);
    },
    clock,
    log: silentLog,
    version: "1.2.3",
    render: (answer) => answer as unknown as MessageContent,
    matrix: {
      allState: () => Promise.resolve(state),
      send: (_room, content) => {
        const error = refused();
        if (error !== undefined) return Promise.reject(error);
        told.push(content as unknown as Answer);
        return Promise.resolve("$sent" as EventId);
      },
    },
  });
  return { notices, told, alone, clock };
}

describe("what operators are told in their room", () => {
  it("is a start, with what is wrong with the room and nothing where nothing is", async () => {
    const shut = office(OFFICE);
    await shut.notices.ready();
    expect(shut.told).toEqual([
      { template: "operators/started", view: { version: "1.2.3", faults: undefined } },
    ]);
    const rule = { type: "m.room.join_rules", stateKey: "", content: { join_rule: "public" } };
    const open = office(OFFICE, [rule as unknown as StateEvent]);
    await open.notices.ready();
    expect(open.told[0]?.view).toMatchObject({ faults: { open: true, guests: false } });
  });

  it("is a trouble once an hour, however often it is logged, and another beside it", () => {
    const { notices, told, clock } = office(OFFICE);
    const lines = [
      "sync.batch-given-up",
      "sync.batch-given-up",
      "document.quarantined.room",
      "command.done",
    ];
    for (const what of lines) notices.logged({ what });
    expect(told.map(({ view }) => view)).toEqual([
      { what: "sync.batch-given-up" },
      { what: "document.quarantined.room" },
    ]);
    clock.advance(3_599_999);
    notices.logged({ what: "sync.batch-given-up" });
    expect(told).toHaveLength(2);
    clock.advance(1);
    notices.logged({ what: "sync.batch-given-up" });
    expect(told).toHaveLength(3);
  });

  it("is a trouble by its name in the log, with where it is explained and what to ask next", () => {
    const { notices, told } = office(OFFICE);
    notices.logged({ what: "room.events-given-up" });
    expect(told.map((answer) => sentenceOf(answer))).toEqual([
      "Something went wrong: `room.events-given-up`. `docs/running.md` says what that means, the log has more, and `!usher admin doctor` looks what is wrong now.",
    ]);
  });

  it("is a trouble that could not be told when it came, once Usher has started", async () => {
    let refused: Error | undefined = new Error("502");
    const { notices, told } = office(OFFICE, [], () => refused);
    notices.logged({ what: "catalogue.changes-refused" });
    await Promise.resolve().then(() => undefined);
    refused = undefined;
    await notices.ready();
    expect(told.map(({ template }) => template)).toEqual(["operators/started", "operators/alarm"]);
  });

  it.each([
    ["that takes no words", office(OFFICE, [], () => new Error("403"))],
    ["that is missing", office(undefined)],
  ])("is nothing in a room %s, and that is no trouble of its own", async (_, { notices, told }) => {
    await notices.ready();
    notices.stop();
    notices.logged({ what: "sweep.failed" });
    expect(told).toEqual([]);
  });
});

describe("R66 what operators are told of their work", () => {
  const answer = { template: "operators/started", view: {} };
  const once = { cause: "case", step: "day 0" };
  const each = [OLGA, OTTO].map((person) => ({ person, answer }));

  it("goes to their room alone", async () => {
    const { notices, told, alone } = office(OFFICE);
    expect(await notices.tell(answer, once)).toBe(true);
    expect([told, alone]).toEqual([[answer], []]);
  });

  it("goes to each whom the configuration names, too, where it must not wait", async () => {
    const { notices, told, alone } = office(OFFICE);
    expect(await notices.tell(answer, once, { each: true })).toBe(true);
    expect([told, alone]).toEqual([[answer], each]);
  });

  it("R68 goes to those alone who can do it, where there is no room or it must not wait", async () => {
    const officers = { dpo: [DORA], support: [SAM] };
    for (const [room, each] of [
      [undefined, false],
      [OFFICE, true],
    ] as const) {
      const { notices, alone } = office(room, [], undefined, [OLGA], false, officers);
      expect(await notices.tell(answer, once, { roles: ["dpo"], each })).toBe(true);
      expect(alone).toEqual([{ person: DORA, answer }]);
    }
  });

  it("goes to each of them where there is no room, or it cannot be said there", async () => {
    const none = office(undefined);
    expect(await none.notices.tell(answer, once)).toBe(true);
    expect(none.alone).toEqual(each);
    const silent = office(OFFICE, [], () => new Error("no"));
    expect(await silent.notices.tell(answer, once)).toBe(true);
    expect(silent.alone).toEqual(each);
  });
});

describe("whether anybody can be told", () => {
  const answer = { template: "operators/stopping", view: {} };
  const once = { cause: "case", step: "waits" };

  it("is nobody where there is neither a room nor an operator", () => {
    expect(office(undefined, [], undefined, []).notices.unheard()).toBe(true);
    expect(office(undefined).notices.unheard()).toBe(false);
    expect(office(OFFICE, [], undefined, []).notices.unheard()).toBe(false);
  });

  it("is nobody since the last time nobody could be, until somebody can", async () => {
    let fault: Error | undefined = new Error("down");
    const { notices } = office(OFFICE, [], () => fault, [OLGA], true);
    expect(await notices.tell(answer, once)).toBe(false);
    expect(notices.unheard()).toBe(true);
    fault = undefined;
    expect(await notices.tell(answer, once)).toBe(true);
    expect(notices.unheard()).toBe(false);
  });
});
