import { describe, expect, it } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import type { Asked } from "../store/room.ts";
import { afterPlanning, question, unasked, waiting, whatWasDone } from "./planned.ts";

const ANN = "@ann:example.org" as UserId;
const asked: Asked = {
  event: "$asked" as EventId,
  person: ANN,
  calledAs: "!usher",
  line: "build",
  at: 1,
};
const answer = (template: string) => ({ template, view: {} });
const BUILT = { template: "build-preview", view: {} } as const;
const exact = { ...asked, line: "build exactly" };

describe("after planning", () => {
  it("what cannot be done, or need not, is said", () => {
    const error = new UsherError("room-limited", {});
    expect(afterPlanning(error, asked, true)).toEqual({ say: error });
    expect(afterPlanning({ nothing: answer("same") }, asked, true)).toEqual({
      say: answer("same"),
    });
  });

  it("R19 what others will see is asked first, as the exact line", () => {
    const plan = { preview: BUILT, exactly: "build exactly" };
    expect(afterPlanning(plan, asked, false)).toEqual({
      ask: BUILT,
      cautions: [],
      asked: exact,
    });
    expect(afterPlanning({ preview: BUILT }, asked, false)).toMatchObject({ asked });
    expect(afterPlanning({ ...plan, cautions: [answer("dear")] }, asked, false)).toMatchObject({
      cautions: [answer("dear")],
    });
  });

  it("whoever wants no question hears what they must all the same", () => {
    const plan = { preview: BUILT, aside: answer("mind"), exactly: "build exactly" };
    expect(afterPlanning(plan, asked, true)).toEqual({ perform: exact, aside: answer("mind") });
  });

  it("what nobody sees is done", () => {
    expect(afterPlanning({ unseen: true, exactly: "build exactly" }, asked, false)).toEqual({
      perform: exact,
      aside: undefined,
    });
    expect(afterPlanning({ unseen: true }, asked, false)).toMatchObject({ perform: asked });
  });
});

describe("a question", () => {
  const preview = "$preview" as EventId;

  it("tells whom it is for, for how many minutes, and how it may be answered", () => {
    const how = { inWords: true, unread: false };
    const request = { person: ANN, direct: false };
    expect(question(answer("built"), request, how, 150_000)).toEqual({
      what: answer("built"),
      minutes: 3,
      ...request,
      ...how,
    });
  });

  it.each([
    ["with signs, waits for them", { inWords: false, unread: false, signs: true }, { signs: [] }],
    ["without signs, waits without", { inWords: false, unread: false, signs: false }, {}],
    ["to be answered in words, has no signs", { inWords: true, unread: false, signs: true }, {}],
    [
      "that was not read, is answered in words alone",
      { inWords: true, unread: true, signs: true },
      { inWords: true },
    ],
  ])("%s", (_what, how, more) => {
    expect(waiting(asked, preview, 9, how)).toEqual({ ...asked, preview, expiresAt: 9, ...more });
  });
});

it("what was done is said as it is, with what goes below it, and with the command after a crash", () => {
  const result = answer("built");
  const aside = answer("mind");
  const whole = { template: "with-aside", view: { result, aside } };
  const resumed = (inner: object) => ({
    template: "resumed",
    view: { command: "build", result: inner },
  });
  const [line, kept] = ["build", { unkept: false }];
  expect(whatWasDone(result, { line, aside: undefined, resumed: false, ...kept })).toBe(result);
  expect(whatWasDone(result, { line, aside, resumed: false, ...kept })).toEqual(whole);
  expect(whatWasDone(result, { line, aside: undefined, resumed: true, ...kept })).toEqual(
    resumed(result),
  );
  expect(whatWasDone(result, { line, aside, resumed: true, ...kept })).toEqual(resumed(whole));
});

it("what begins without a question was confirmed by nobody, and is answered under the command", () => {
  expect(unasked(asked, "$working" as EventId)).toEqual({
    confirmedBy: undefined,
    replyTo: "$asked",
    acknowledged: "$working",
  });
});
