import type { Answer } from "../chat/command.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { Speaker } from "../chat/speaker.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import { SET_UPS } from "../privacy/records/commands.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import type { RoomDocument, SetUp } from "../store/room.ts";
import { EventWaiter } from "./eventWaiter.ts";
import type { HalfDone } from "./halfDone.ts";
import {
  isWanted,
  mayHaveCome,
  removing,
  resumed,
  told,
  waitedTooLong,
  type Outcome,
  type SetUpDefinition,
  type SetUpOrder,
} from "./setUp.ts";
import { sayLate } from "./setUpLate.ts";
import { SetUpRecords } from "./setUpRecords.ts";
import { SetUpRunner, type IsFrozen } from "./setUpRun.ts";
import { failureAnswer } from "./setUpWords.ts";
import type { Undoer } from "./undoHandler.ts";

interface SetUpsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: Pick<KeyedQueue, "run" | "aside">;
  readonly speaker: Pick<Speaker, "say" | "progress">;
  readonly owed: Pick<OwedWords, "keep">;
  readonly calledAs: string;
  readonly isFrozen: IsFrozen;
  readonly retention: Pick<Retention, "stops">;
}

/**
 * Set-ups of several steps, of all kinds. Each is recorded in its room's document before its first step and before each further one, so that it is
 * gone on with after a crash; it ends finished, taken back, or stopped with the room told. One is done at a time, in its room's turn.
 */
export class SetUps implements Part {
  readonly name = "set-ups";
  /** For whatever else waits for something to happen in a room. */
  readonly waiter: EventWaiter;
  readonly #deps: SetUpsDeps;
  readonly #records: SetUpRecords;
  readonly #runner: SetUpRunner;
  readonly #definitions = new Map<string, SetUpDefinition>();
  /** Those that a command waits for itself. */
  readonly #attended = new Set<EventId>();
  readonly #stopping = new AbortController();
  readonly rounds = [{ name: "waits", when: "0 * * * * *", work: () => this.endWaits() }];

  constructor(deps: SetUpsDeps) {
    this.#deps = deps;
    this.#records = new SetUpRecords(deps);
    this.waiter = new EventWaiter(deps.clock);
    this.#runner = new SetUpRunner({
      ...deps,
      records: this.#records,
      waiter: this.waiter,
      signal: this.#stopping.signal,
    });
  }

  /** From now on set-ups of this deed are done like that. */
  define<S extends SetUp>(definition: SetUpDefinition<S>): void {
    this.#definitions.set(definition.deed, definition);
  }

  /** What is half done in a room, oldest first, of the kinds that this Usher has. */
  async of(room: RoomId): Promise<readonly HalfDone[]> {
    return (await this.#records.of(room)).flatMap((setUp) => this.#known(setUp));
  }

  /** What is half done with this id. */
  async find(room: RoomId, id: string): Promise<HalfDone | undefined> {
    return (await this.of(room)).find(({ setUp }) => setUp.id === id);
  }

  /**
   * Does it as far as it goes for the command that asked for it, or goes on after a crash. Where the command has waited long enough it is
   * `waiting`: it goes on later by itself. `beforeEnd`: what is to be done before its record goes. Rejects with the step's own error where nothing
   * had been done before it; with `setup-undone` where what had been is taken back; `setup-stopped` where it stands; `setup-exists` where the same
   * thing is half done for another command; `setup-not-kept` where it is a new one, and old ones cannot be deleted.
   */
  async run<S extends SetUp>(
    room: RoomId,
    order: SetUpOrder<S>,
    beforeEnd?: BeforeEnd,
  ): Promise<Outcome> {
    const definition = this.#definition(order);
    const isKept = !this.#deps.retention.stops(SET_UPS);
    if (await this.#records.begin(room, order, definition, isKept))
      return this.#attend(definition, { room, cause: order.cause }, beforeEnd);
    const before: Outcome = { is: "done", results: {} };
    await beforeEnd?.(before);
    return before;
  }

  /** Begins it for nobody who waits, up to the first step that waits for others. Rejects as `run` does. */
  async begin<S extends SetUp>(room: RoomId, order: SetUpOrder<S>): Promise<void> {
    const definition = this.#definition(order);
    if (!(await this.#records.begin(room, order, definition))) return;
    await this.#outcome(definition, { room, cause: order.cause, how: "begin" });
  }

  /** Goes on, for this command, with what stopped or waits. Rejects with `setup-none` or `setup-running`, else as `run` does. */
  async resume(room: RoomId, id: string, by: EventId): Promise<Answer> {
    const { setUp, definition } = await this.resumable(room, id);
    // After a crash it has been taken up already, and may have stopped again.
    if (setUp.resumedBy !== by) await this.#records.save(room, resumed(setUp, by));
    const outcome = await this.#attend(definition, { room, cause: setUp.cause });
    return definition.answer(setUp, outcome, room);
  }

  /** What can be gone on with. Rejects with `setup-none`, and with `setup-running` while a command is at it. */
  async resumable(room: RoomId, id: string): Promise<HalfDone> {
    const found = await this.find(room, id);
    if (found === undefined) throw new UsherError("setup-none", { id });
    const { cause, name } = found.setUp;
    if (this.#attended.has(cause)) throw new UsherError("setup-running", { id, name });
    return found;
  }

  /** Takes back, for this person, what can be. Rejects with `setup-stays` where that fails: it can be tried again. */
  async remove(room: RoomId, id: string, by: UserId): Promise<void> {
    const found = await this.find(room, id);
    if (found === undefined) return;
    const { setUp, definition } = found;
    await this.#records.save(room, removing(setUp));
    await this.#attend(definition, { room, cause: setUp.cause, by });
    this.waiter.wake(room);
  }

  /** The same of all of it, also where it is done (`order` had it done): it is half done until nothing is left. */
  async takeOut<S extends SetUp>(room: RoomId, order: SetUpOrder<S>, by: Undoer): Promise<void> {
    await this.reopen(room, order, by.cause);
    await this.remove(room, order.id, by.person);
  }

  /** It is half done from now on, and to be taken out; what comes of it is said under this event. */
  reopen<S extends SetUp>(room: RoomId, order: SetUpOrder<S>, by: EventId): Promise<void> {
    return this.#records.reopen(room, order, this.#definition(order), by);
  }

  /** Takes back what is still wanted in a room, for it is to be elsewhere. In the room's turn; what cannot be taken back is told there. */
  takeBack(room: RoomId, cause: EventId): void {
    void this.#deps.queue.run(room, async () => {
      const setUp = await this.#records.find(room, cause);
      if (setUp === undefined || !isWanted(setUp)) return;
      await this.#records.save(room, removing(setUp));
      // A command that waits for it takes it back itself.
      if (this.#attended.has(cause)) this.waiter.wake(room);
      else await this.#goOnAlone(room, cause);
    });
  }

  /** It is no longer wanted, and nothing is to be taken back. A command that waits for it learns that. */
  async forget(room: RoomId, id: string): Promise<void> {
    await this.#records.drop(room, (one) => one.id === id);
    this.waiter.wake(room);
  }

  found(document: RoomDocument): void {
    this.#records.note(document);
  }

  /** Takes up what was half done when Usher stopped, after the commands that a crash cut off. */
  start(): Promise<void> {
    for (const [room, setUps] of this.#records.open)
      for (const { cause } of setUps) void this.#goOn(room, cause);
    return Promise.resolve();
  }

  /** Settles when whatever is waited for, and may have come with the batch, has been looked at. */
  async handle(batch: Batch): Promise<void> {
    await Promise.all(
      batch.rooms.flatMap((room) =>
        (this.#records.open.get(room.roomId) ?? [])
          .flatMap((setUp) => this.#known(setUp))
          .filter(({ setUp, definition }) => mayHaveCome(definition.steps, setUp, room))
          .map(({ setUp }) => this.#goOn(room.roomId, setUp.cause)),
      ),
    );
  }

  /** Ends what has waited for as long as it may: the step has failed then. */
  async endWaits(): Promise<void> {
    const now = this.#deps.clock.now();
    await Promise.all(
      [...this.#records.open].flatMap(([room, setUps]) =>
        setUps
          .flatMap((setUp) => this.#known(setUp))
          .filter(({ setUp, definition }) => waitedTooLong(definition.steps, setUp, now))
          .map(({ setUp }) => this.#goOn(room, setUp.cause)),
      ),
    );
  }

  /** Goes on with what stood still for this person, as far as it does no longer. */
  thaw(person: UserId): void {
    for (const [room, setUps] of this.#records.open)
      for (const setUp of setUps) if (setUp.person === person) void this.#goOn(room, setUp.cause);
  }

  /** Forgets what stopped so long ago that nobody will go on with it. */
  async sweepRoom({ id, setUps }: RoomDocument): Promise<void> {
    if (setUps !== undefined) await this.#records.dropOld(id, this.#deps.clock.now());
  }

  note(room: RoomBatch): void {
    this.waiter.note(room);
  }

  stop(): void {
    this.waiter.stop();
    this.#stopping.abort(new Error("Usher is stopping"));
  }

  /** As far as it goes, for a command; as long as that is at it, nobody else is. */
  async #attend(
    definition: SetUpDefinition,
    run: Omit<Parameters<SetUpRunner["advance"]>[1], "how">,
    beforeEnd?: BeforeEnd,
  ): Promise<Outcome> {
    const isFirst = !this.#attended.has(run.cause);
    this.#attended.add(run.cause);
    try {
      return await this.#outcome(definition, { ...run, how: "attended" }, beforeEnd);
    } finally {
      if (isFirst) this.#attended.delete(run.cause);
    }
  }

  /** What comes of it, for who tells that; its record goes before. Rejects where it failed. */
  async #outcome(
    definition: SetUpDefinition,
    run: Parameters<SetUpRunner["advance"]>[1],
    beforeEnd?: BeforeEnd,
  ): Promise<Outcome> {
    const progress = await this.#runner.advance(definition, run);
    if (progress.is === "waiting" || progress.is === "gone") return progress;
    if (progress.is === "stopped") throw progress.error;
    const outcome: Outcome =
      progress.is === "done" ? { is: "done", results: progress.setUp.results } : { is: "gone" };
    if (progress.is === "done") await beforeEnd?.(outcome);
    await this.#records.end(run.room, run.cause);
    if (progress.is === "undone" && progress.error !== undefined) throw progress.error;
    return outcome;
  }

  /** Goes on in the room's turn with what no command waits for, and says under the command what came of it, once. */
  #goOn(room: RoomId, cause: EventId): Promise<void> {
    return this.#deps.queue.run(room, async () => {
      if (!this.#attended.has(cause)) await this.#goOnAlone(room, cause);
    });
  }

  async #goOnAlone(room: RoomId, cause: EventId): Promise<void> {
    const found = (await this.of(room)).find(({ setUp }) => setUp.cause === cause);
    if (found === undefined) return;
    const { definition } = found;
    const progress = await this.#runner.advance(definition, { room, cause, how: "alone" });
    if (progress.is === "waiting" || progress.is === "gone") return;
    const { setUp } = progress;
    if (progress.is === "done") {
      const outcome = { is: "done", results: setUp.results } as const;
      await sayLate(this.#deps, room, setUp, await definition.answer(setUp, outcome, room));
    } else if (progress.error !== undefined) {
      if (progress.is === "stopped" && setUp.failure?.told === true) return;
      await sayLate(this.#deps, room, setUp, failureAnswer(progress.error));
    }
    if (progress.is === "stopped") await this.#records.save(room, told(setUp));
    else await this.#records.end(room, cause);
  }

  /** Nothing for a kind that this Usher does not have: its set-ups are left alone. */
  #known(setUp: SetUp): readonly HalfDone[] {
    const definition = this.#definitions.get(setUp.deed);
    return definition === undefined ? [] : [{ setUp, definition }];
  }

  #definition<S extends SetUp>({ deed }: SetUpOrder<S>): SetUpDefinition<S> & SetUpDefinition {
    const definition = this.#definitions.get(deed);
    if (definition === undefined) throw new Error(`Nobody can set up "${deed}"`);
    return definition;
  }
}

type BeforeEnd = (outcome: Outcome) => Promise<void>;
