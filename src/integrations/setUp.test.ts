import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { SetUp } from "../store/room.ts";
import type { EventGist } from "./eventWaiter.ts";
import {
  anew,
  isWanted,
  mayHaveCome,
  stepped,
  waitedTooLong,
  type Failure,
  type Steps,
  type WaitingStep,
} from "./setUp.ts";

const said = () => ({ template: "step", view: {} });
const STEPS: Steps<SetUp> = [
  { name: "invite", said, run: () => Promise.resolve(undefined) },
  {
    name: "join",
    said,
    until: {
      concerns: (_, { type }) => type === "m.room.member",
      look: () => Promise.resolve("come"),
      ms: 1,
      limitMs: 100,
    },
  },
];
const WAITING: SetUp = {
  cause: "$add" as EventId,
  person: "@ann:x" as UserId,
  at: 1,
  deed: "add",
  id: "poll-1",
  name: "Poll",
  step: "join",
  state: "doing",
  results: { invite: "sent" },
  waitingSince: 1000,
};
const WHY: Failure = { code: "timeout", view: {}, at: 5, told: false };
const event = (type: string): EventGist => ({
  roomId: "!r:x" as RoomId,
  type,
  sender: "@ann:x" as UserId,
});

describe("whether somebody still wants it", () => {
  it.each<[string, Partial<SetUp>, boolean]>([
    ["under way", {}, true],
    ["stopped at a step", { state: "stopped", failure: { ...WHY, step: "join" } }, true],
    ["stopped while it was removed", { state: "stopped", failure: WHY }, false],
    ["being taken back", { state: "undoing" }, false],
    ["done", { state: "done" }, false],
  ])("%s", (_, changed, wanted) => {
    expect(isWanted({ ...WAITING, ...changed })).toBe(wanted);
  });
});

it("begins anew from its first step, knowing nothing of how far it had come", () => {
  const stopped: SetUp = {
    ...WAITING,
    state: "stopped",
    failure: { ...WHY, step: "join" },
    resumedBy: "$resume" as EventId,
  };
  const why = { code: "setup-room-replaced", view: { room: "!old:x" }, at: 9 };
  const { cause, person, at, deed, id, name } = WAITING;
  expect(anew(STEPS, stopped, why)).toEqual({
    ...{ cause, person, at, deed, id, name, results: {} },
    step: "invite",
    state: "stopped",
    failure: { ...why, step: "invite", told: true },
  });
});

it("passes over a step for which what came of those before leaves nothing to do", () => {
  const [first, last] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0]];
  const isNeedless = ({ results }: SetUp): boolean => results["invite"] === "known";
  const greet = { name: "greet", said, run: () => Promise.resolve(undefined), isNeedless };
  const next = (result: string): string =>
    stepped([first, greet, last], { ...WAITING, step: "invite" }, result, false).step;
  expect([next("known"), next("sent")]).toEqual(["join", "greet"]);
});

it("may have come with an event that concerns it, and with those that were not seen", () => {
  const events = [event("m.room.message")];
  expect(mayHaveCome(STEPS, WAITING, { gap: false, events })).toBe(false);
  expect(mayHaveCome(STEPS, WAITING, { gap: true, events })).toBe(true);
  expect(
    mayHaveCome(STEPS, WAITING, { gap: false, events: [...events, event("m.room.member")] }),
  ).toBe(true);
  const acting = { ...WAITING, step: "invite" };
  expect(mayHaveCome(STEPS, acting, { gap: true, events: [event("m.room.member")] })).toBe(false);
});

it("has waited too long from the moment on at which its step's limit is reached", () => {
  expect(waitedTooLong(STEPS, WAITING, 1099)).toBe(false);
  expect(waitedTooLong(STEPS, WAITING, 1100)).toBe(true);
  expect(waitedTooLong(STEPS, { ...WAITING, step: "invite" }, 1100)).toBe(false);
});

it("waits as long as what is set up says, where it says so", () => {
  const [first, { until, ...join }] = STEPS as [(typeof STEPS)[0], WaitingStep<SetUp>];
  const patience = ({ name }: SetUp) => ({ ms: 1, limitMs: name === "Poll" ? 300 : 5 });
  const steps: Steps<SetUp> = [first, { ...join, until: { ...until, patience } }];
  expect(waitedTooLong(steps, WAITING, 1299)).toBe(false);
  expect(waitedTooLong(steps, WAITING, 1300)).toBe(true);
  expect(waitedTooLong(steps, { ...WAITING, name: "Other" }, 1005)).toBe(true);
});
