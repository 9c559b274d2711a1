import type { Answer } from "../chat/command.ts";
import type { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";
import type { RoomDocument, SetUp } from "../store/room.ts";
import type { EventGist } from "./eventWaiter.ts";

/**
 * How a set-up of several steps goes, as functions of data: which step is next, and what becomes of it when one fails. What it does is for
 * `SetUps`. The record of it is written before each step, so that a crash anywhere leaves something to go on from.
 */

interface AnyStep<S> {
  /** As it is stored; unique among the steps of a set-up. */
  readonly name: string;
  /** What is done, in words that go on a sentence: "inviting the bot". */
  said(setUp: S): Answer;
}

/** A step that does something. Both compare before they act, for a crash has them repeated. */
export interface ActingStep<S> extends AnyStep<S> {
  /**
   * Resolves with what came of it, in a word, if that is worth keeping. Rejects with an `UsherError` where it fails. `note` keeps such a word before that, where something
   * must be known of what a crash or a failure cut off.
   */
  run(setUp: S, room: RoomId, note: (word: string) => Promise<void>): Promise<string | undefined>;
  /** Where what came of the steps before leaves nothing to do: then it is passed over. */
  isNeedless?(setUp: S): boolean;
  /** Takes back what the step did, all of it or what a failure left, for this person. A step without it cannot be taken back. */
  undo?(setUp: S, room: RoomId, by: UserId): Promise<void>;
}

/** Of what is waited for: `over` is as good as done, and nothing is left to do after it. */
export type Awaited = "not yet" | "come" | "over";

/** A step that waits for somebody or something. It does nothing, so there is nothing to take back. */
export interface WaitingStep<S> extends AnyStep<S> {
  readonly until: {
    /** Whether an event of the room may have brought it. */
    concerns(setUp: S, event: EventGist): boolean;
    /** Reads how things stand now. Rejects with an `UsherError` where it can never come. */
    look(setUp: S, room: RoomId): Promise<Awaited>;
    /** Where that depends on what is set up, in place of the two that follow. */
    patience?(setUp: S): Patience;
  } & Patience;
}

/** How long something is waited for. */
export interface Patience {
  /** A command, before it says that it goes on later; ms. */
  readonly ms: number;
  /** In all, over restarts, before the step has failed; ms. */
  readonly limitMs: number;
}

export type UndoableStep<S> = ActingStep<S> & Required<Pick<ActingStep<S>, "undo">>;
type Step<S> = ActingStep<S> | WaitingStep<S>;
export type Steps<S> = readonly [Step<S>, ...Step<S>[]];

/** What is asked for: a set-up before its first step. */
export type SetUpOrder<S extends SetUp = SetUp> = Omit<
  S,
  "step" | "state" | "results" | "waitingSince" | "failure" | "resumedBy"
> &
  Pick<SetUp, "cause" | "person" | "at" | "deed" | "id" | "name">;

/** What is to be done now; where nothing is, how it ended. */
export type Move<S> =
  | { readonly is: "run"; readonly step: ActingStep<S> }
  | { readonly is: "wait"; readonly step: WaitingStep<S> }
  | { readonly is: "undo"; readonly step: UndoableStep<S> }
  /** Nothing of it can be taken back, or is there. */
  | { readonly is: "nothing to undo" }
  | { readonly is: "done" }
  | { readonly is: "undone" }
  | { readonly is: "stopped" };

/** How one kind sets something up in several steps. */
export interface SetUpDefinition<S extends SetUp = SetUp> {
  readonly deed: string;
  readonly steps: Steps<S>;
  /** Whether this very command has done it, and a crash came right before its answer: the record of it is gone then. */
  isDone(room: RoomDocument, order: SetUpOrder<S>): boolean;
  /** What whoever asked is told. */
  answer(setUp: SetUpOrder<S>, outcome: Outcome, room: RoomId): Answer | Promise<Answer>;
  /** What it takes to go on with it, or to take it back. */
  needs(setUp: S, room: RoomId): Promise<readonly Need[]>;
  /** The thing is among its kind's own from the first step on: `list`, `show`, `remove` and `undo` find it there. */
  readonly itemFromStart?: true;
}

/** What came of a set-up so far. `gone`: another command took it out meanwhile. */
export type Outcome =
  /** `results` of the steps, by their names: none where it was done before, and a crash kept it from being told. */
  | { readonly is: "done"; readonly results: SetUp["results"] }
  | { readonly is: "waiting" }
  | { readonly is: "gone" };

export function begun<S extends SetUp>(order: SetUpOrder<S>, [first]: Steps<S>): S {
  return { ...order, step: first.name, state: "doing", results: {} } as unknown as S;
}

/** As it stands when all of it has been done. */
export function ended<S extends SetUp>(order: SetUpOrder<S>, steps: Steps<S>): S {
  const { name } = steps.at(-1) ?? steps[0];
  return { ...begun(order, steps), step: name, state: "done" };
}

export function moveOf<S extends SetUp>(steps: Steps<S>, setUp: S): Move<S> {
  const { state } = setUp;
  if (state === "stopped" || state === "done" || state === "undone") return { is: state };
  const at = placeOf(steps, setUp);
  if (state === "undoing") {
    const undoable = steps.slice(0, at + 1).findLast(canUndo);
    return undoable === undefined ? { is: "nothing to undo" } : { is: "undo", step: undoable };
  }
  const step = steps[at] ?? steps[0];
  return "until" in step ? { is: "wait", step } : { is: "run", step };
}

/** The step is done, and the next one is to be; `over`: none is. */
export function stepped<S extends SetUp>(
  steps: Steps<S>,
  { waitingSince: _, ...stood }: S,
  result: string | undefined,
  over: boolean,
): S {
  const setUp = stood as unknown as S;
  const results = result === undefined ? setUp.results : { ...setUp.results, [setUp.step]: result };
  const left = over ? [] : steps.slice(placeOf(steps, setUp) + 1);
  const step = left.find((one) => !(acts(one) && one.isNeedless?.({ ...setUp, results }) === true));
  return step === undefined
    ? { ...setUp, results, state: "done" }
    : { ...setUp, results, step: step.name };
}

/** So much is known of the step that it is at. */
export function noted<S extends SetUp>(setUp: S, word: string): S {
  return { ...setUp, results: { ...setUp.results, [setUp.step]: word } };
}

/** It waits from now on, unless it does already. */
export function waiting<S extends SetUp>(setUp: S, now: number): S {
  return setUp.waitingSince === undefined ? { ...setUp, waitingSince: now } : setUp;
}

/** How long it is waited for. */
export function patienceOf<S extends SetUp>({ until }: WaitingStep<S>, setUp: S): Patience {
  return until.patience?.(setUp) ?? until;
}

/** How long it is still waited for; ms, nothing or less where that is over. */
export function leftToWait<S extends SetUp>(step: WaitingStep<S>, setUp: S, now: number): number {
  return (setUp.waitingSince ?? now) + patienceOf(step, setUp).limitMs - now;
}

/** Whether what it waits for may have come with these events of its room; `gap`: others were not seen. */
export function mayHaveCome<S extends SetUp>(
  steps: Steps<S>,
  setUp: S,
  { gap, events }: { readonly gap: boolean; readonly events: readonly EventGist[] },
): boolean {
  const move = moveOf(steps, setUp);
  return (
    move.is === "wait" && (gap || events.some((event) => move.step.until.concerns(setUp, event)))
  );
}

/** Whether it has waited as long as it may. */
export function waitedTooLong<S extends SetUp>(steps: Steps<S>, setUp: S, now: number): boolean {
  const move = moveOf(steps, setUp);
  return move.is === "wait" && leftToWait(move.step, setUp, now) <= 0;
}

/** The step failed: what was done is taken back, where each step that did something can be; else it stops here. */
export function failed<S extends SetUp>(steps: Steps<S>, setUp: S, why: Failure): S {
  const tried = steps.slice(0, placeOf(steps, setUp) + 1);
  const state = tried.some((step) => acts(step) && !canUndo(step)) ? "stopped" : "undoing";
  return { ...setUp, state, failure: { ...why, step: setUp.step } };
}

/** What this step did is taken back; without one, there was nothing. */
export function undone<S extends SetUp>(steps: Steps<S>, setUp: S, step?: Step<S>): S {
  const before =
    step === undefined ? undefined : steps.slice(0, steps.indexOf(step)).findLast(canUndo);
  return before === undefined ? { ...setUp, state: "undone" } : { ...setUp, step: before.name };
}

/** What this step did could not be taken back: it stays like that until somebody says how to go on. Why it had failed before stays the reason; this comes beside it. */
export function notUndone<S extends SetUp>(setUp: S, step: Step<S>, why: Failure): S {
  const { failure: first } = setUp;
  const { code, view, told } = why;
  const back = { template: `error/${code}`, view };
  const failure = first === undefined ? why : { ...first, view: { ...first.view, back }, told };
  return { ...setUp, step: step.name, state: "stopped", failure };
}

/** Somebody has it go on from where it is. */
export function resumed<S extends SetUp>(
  { failure: _, waitingSince: __, results, ...setUp }: S,
  by: EventId,
): S {
  const { [TAKEN_OUT]: ___, ...kept } = results;
  return { ...setUp, results: kept, state: "doing", resumedBy: by } as unknown as S;
}

/** Whoever asked knows that it stopped. */
export function told(setUp: SetUp): SetUp {
  const { failure } = setUp;
  return failure === undefined ? setUp : { ...setUp, failure: { ...failure, told: true } };
}

/** Whether somebody still wants it: it is under way, or one of its steps failed and nobody has said what is to become of it. */
export function isWanted({ state, failure }: SetUp): boolean {
  return state === "doing" || (state === "stopped" && failure?.step !== undefined);
}

/** As it stands where it is to be begun anew, when somebody says so. */
export function anew<S extends SetUp>(
  steps: Steps<S>,
  { waitingSince: _, failure: __, resumedBy: ___, ...setUp }: S,
  why: Omit<Failure, "told">,
): S {
  const first = begun(setUp as unknown as SetUpOrder<S>, steps);
  return { ...first, state: "stopped", failure: { ...why, step: first.step, told: true } };
}

/** Somebody wants nothing of it any more. */
export function removing<S extends SetUp>({ failure: _, ...setUp }: S): S {
  return { ...setUp, state: "undoing" } as unknown as S;
}

/** Among the results: somebody wants all of it out of the room, not only what was done for it. */
const TAKEN_OUT = "taken out";

/** Somebody wants all of it out of the room. */
export function takingOut<S extends SetUp>(setUp: S, by: EventId): S {
  return { ...removing(setUp), results: { [TAKEN_OUT]: "asked" }, resumedBy: by };
}

/** Whether somebody does. */
export function isTakenOut({ results }: Pick<SetUp, "results">): boolean {
  return results[TAKEN_OUT] !== undefined;
}

/** Why something went wrong, as an error that people can see. */
export type Failure = Omit<NonNullable<SetUp["failure"]>, "step">;

export function failureOf({ code, view }: UsherError, at: number, told: boolean): Failure {
  // What is undefined does not come back from where it is stored, and templates ask for it by name.
  const stored = JSON.stringify(view, (_, value: unknown) => value ?? null);
  return { code, view: JSON.parse(stored) as Failure["view"], at, told };
}

/** What has been done of it and stands. */
export function standing<S extends SetUp>(steps: Steps<S>, setUp: S): readonly Step<S>[] {
  const at = placeOf(steps, setUp);
  const failedAt = setUp.failure?.step;
  const before = failedAt === undefined ? at + 1 : steps.findIndex(({ name }) => name === failedAt);
  return steps.slice(0, Math.min(at + 1, before)).filter(acts);
}

/** What removing it will leave behind. */
export function lasting<S extends SetUp>(steps: Steps<S>, setUp: S): readonly Step<S>[] {
  return standing(steps, setUp).filter((step) => !canUndo(step));
}

/** Which step it is at. Steps may have been renamed since that was stored: all are safe to repeat, and all are taken back. */
function placeOf<S extends SetUp>(steps: Steps<S>, { step: name, state }: S): number {
  const at = steps.findIndex((step) => step.name === name);
  return at >= 0 ? at : state === "undoing" ? steps.length - 1 : 0;
}

function acts<S>(step: Step<S>): step is ActingStep<S> {
  return "run" in step;
}

function canUndo<S>(step: Step<S>): step is UndoableStep<S> {
  return acts(step) && step.undo !== undefined;
}
