import { mayPass, retryTransient } from "../chat/retryTransient.ts";
import type { Speaker } from "../chat/speaker.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import { isAborted } from "../matrix/errors.ts";
import type { SetUp } from "../store/room.ts";
import type { EventGist, EventWaiter } from "./eventWaiter.ts";
import {
  failed,
  failureOf,
  leftToWait,
  moveOf,
  noted,
  notUndone,
  patienceOf,
  stepped,
  undone,
  waiting,
  type ActingStep,
  type Move,
  type SetUpDefinition,
  type UndoableStep,
  type WaitingStep,
} from "./setUp.ts";
import type { SetUpRecords } from "./setUpRecords.ts";
import { stoppedError, tooLateError, undoneError } from "./setUpWords.ts";

/** As long as a command waits for it; by itself; or to the first step that waits for others. */
type How = "attended" | "alone" | "begin";

/** How far it has come now. `undone` without an error: it was to be removed. */
type Progress =
  | { readonly is: "done"; readonly setUp: SetUp }
  | { readonly is: "undone"; readonly setUp: SetUp; readonly error: UsherError | undefined }
  | { readonly is: "stopped"; readonly setUp: SetUp; readonly error: UsherError }
  | { readonly is: "waiting" }
  | { readonly is: "gone" };

/** Which set-up, and how it is gone on with. */
interface Run {
  readonly room: RoomId;
  readonly cause: EventId;
  readonly how: How;
  /** Who has it taken back; whoever asked for it, unless given. */
  readonly by?: UserId;
}

/** What one run remembers beside the record. */
interface Seen {
  /** The failure itself. */
  thrown: UsherError | undefined;
  /** The step for which it has waited as long as it may. */
  waited: string | undefined;
}

/** Whether nothing is to be done for whoever asked for this: it stands still then, and is taken back all the same where somebody says so. */
export type IsFrozen = (setUp: SetUp, room: RoomId) => boolean;

interface SetUpRunnerDeps {
  readonly records: SetUpRecords;
  readonly clock: Clock;
  readonly queue: Pick<KeyedQueue, "aside">;
  readonly waiter: Pick<EventWaiter, "until">;
  readonly isFrozen: IsFrozen;
  /** Tells whoever waits what is being done. */
  readonly speaker: Pick<Speaker, "progress">;
  /** Ends when Usher stops. */
  readonly signal: AbortSignal;
}

/** Does the steps of one set-up, in its room's turn. What comes of each is recorded before the next; its record's end is for who called. */
export class SetUpRunner {
  readonly #deps: SetUpRunnerDeps;

  constructor(deps: SetUpRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Goes on as far as it goes. Rejects where Usher is being stopped, where something happened that nobody foresaw, and where a command could
   * not look at what it waits for: then it is as it was.
   */
  async advance(definition: SetUpDefinition, run: Run): Promise<Progress> {
    const { records, isFrozen } = this.#deps;
    const { room, cause } = run;
    const seen: Seen = { thrown: undefined, waited: undefined };
    for (;;) {
      const setUp = await records.find(room, cause);
      if (setUp === undefined) return { is: "gone" };
      if (setUp.state === "doing" && isFrozen(setUp, room)) return { is: "waiting" };
      const move = moveOf(definition.steps, setUp);
      if (run.how === "attended") this.#tellProgress(setUp, move);
      switch (move.is) {
        case "stopped":
          return { is: "stopped", setUp, error: stoppedError(definition, setUp) };
        case "undone":
          return { is: "undone", setUp, error: undoneError(definition, setUp, seen.thrown) };
        case "done":
          return { is: "done", setUp };
        case "nothing to undo":
          await records.save(room, undone(definition.steps, setUp));
          break;
        case "undo":
          await this.#undo(definition, setUp, move.step, run);
          break;
        case "run":
          await this.#run(definition, setUp, move.step, run, seen);
          break;
        case "wait":
          if (!(await this.#await(definition, setUp, move.step, run, seen)))
            return { is: "waiting" };
      }
    }
  }

  #tellProgress(setUp: SetUp, move: Move<SetUp>): void {
    if (!("step" in move)) return;
    const { cause, resumedBy = cause, state, step } = setUp;
    const said = move.step.said(setUp);
    const back = { template: "setup/taking-back", view: { step: said } };
    const doing = move.is === "undo" ? back : said;
    this.#deps.speaker.progress(resumedBy, `${state} ${step}`, doing);
  }

  /** Records what came of a step. */
  async #record(
    { steps }: SetUpDefinition,
    setUp: SetUp,
    done: Done,
    { room, how }: Run,
    seen: Seen,
  ): Promise<void> {
    const { records, clock } = this.#deps;
    if (done.is === "failed") {
      seen.thrown = done.error;
      const failure = failureOf(done.error, clock.now(), how !== "alone");
      await records.save(room, failed(steps, setUp, failure));
    } else {
      const next = stepped(steps, setUp, done.result, done.is === "over");
      // What it waits for, it waits for from now on.
      const isWaiting = moveOf(steps, next).is === "wait";
      await records.save(room, isWaiting ? waiting(next, clock.now()) : next);
    }
  }

  /** Waits as long as this run does; false where what is waited for has not come. */
  async #await(
    definition: SetUpDefinition,
    found: SetUp,
    step: WaitingStep<SetUp>,
    run: Run,
    seen: Seen,
  ): Promise<boolean> {
    const { records, clock } = this.#deps;
    const setUp = waiting(found, clock.now());
    if (setUp !== found) await records.save(run.room, setUp);
    if (run.how === "begin") return false;
    // What came in time counts, however late it is seen.
    const seenNow = await this.#look(setUp, step, run);
    const over = seenNow.is === "not yet" && leftToWait(step, setUp, clock.now()) <= 0;
    const done: Done = over ? { is: "failed", error: tooLateError(setUp) } : seenNow;
    if (done.is !== "not yet") {
      await this.#record(definition, setUp, done, run, seen);
      return true;
    }
    if (run.how === "alone" || seen.waited === step.name) return false;
    seen.waited = step.name;
    await this.#wait(setUp, step, run.room);
    return true;
  }

  /** Does what a step does, and records what came of it. */
  async #run(
    definition: SetUpDefinition,
    found: SetUp,
    step: ActingStep<SetUp>,
    run: Run,
    seen: Seen,
  ): Promise<void> {
    let setUp = found;
    const note = async (word: string): Promise<void> => {
      setUp = noted(setUp, word);
      await this.#deps.records.save(run.room, setUp);
    };
    const done = await this.#tried(run, async () => ({
      is: "come",
      result: await step.run(setUp, run.room, note),
    }));
    await this.#record(definition, setUp, done, run, seen);
  }

  async #look(setUp: SetUp, { until }: WaitingStep<SetUp>, run: Run): Promise<Done> {
    const done = await this.#tried(run, async () => {
      const is = await until.look(setUp, run.room);
      return { is, result: is === "over" ? is : undefined };
    });
    // What could not be looked at may be as it should.
    if (done.is === "failed" && mayPass(done.error)) throw done.error;
    return done;
  }

  /** Waits, and lets the room's other commands go on. It is looked at again in the room's turn. */
  async #wait(setUp: SetUp, step: WaitingStep<SetUp>, room: RoomId): Promise<void> {
    const { records, queue, waiter, clock } = this.#deps;
    const { until } = step;
    const look = async (): Promise<boolean> =>
      (await records.find(room, setUp.cause))?.state !== "doing" ||
      (await until.look(setUp, room)) !== "not yet";
    const awaited = {
      room,
      concerns: (event: EventGist) => until.concerns(setUp, event),
      look,
      fits: (come: boolean) => come,
      ms: Math.min(patienceOf(step, setUp).ms, leftToWait(step, setUp, clock.now())),
    };
    try {
      await queue.aside(room, () => waiter.until(awaited));
    } catch (error) {
      if (!isFailure(error)) throw error;
    }
  }

  /** Takes back what the step did. */
  async #undo(
    { steps }: SetUpDefinition,
    setUp: SetUp,
    step: UndoableStep<SetUp>,
    run: Run,
  ): Promise<void> {
    const { records, clock } = this.#deps;
    const { room, how, by = setUp.person } = run;
    const tried = await this.#tried(run, async () => {
      await step.undo(setUp, room, by);
      return { is: "come", result: undefined };
    });
    const next =
      tried.is === "failed"
        ? notUndone(setUp, step, failureOf(tried.error, clock.now(), how !== "alone"))
        : undone(steps, setUp, step);
    await records.save(room, next);
  }

  /** What the work gives, or its failure. Where nobody waits, what may pass by itself is tried again for a while. */
  async #tried({ how }: Run, work: () => Promise<Exclude<Done, { is: "failed" }>>): Promise<Done> {
    const { clock, signal } = this.#deps;
    try {
      return how === "alone" ? await retryTransient({ clock, signal }, work) : await work();
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { is: "failed", error };
    }
  }
}

type Done =
  | { readonly is: "come" | "over" | "not yet"; readonly result: string | undefined }
  | { readonly is: "failed"; readonly error: UsherError };

/** Everything else leaves it as it is: Usher is being stopped, or nobody foresaw it. */
function isFailure(error: unknown): error is UsherError {
  return error instanceof UsherError && !isAborted(error);
}
