import { sleep, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { BatchReader, type Careful, type LateEvent } from "./batchReader.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { HomeserverError } from "./errors.ts";
import type { Batch, BatchHandler, Intake } from "./intake.ts";
import { KeyUpkeep } from "./keyUpkeep.ts";
import type { RoomEncryption, RoomMembers } from "./port.ts";
import { Settlement, type SyncMark } from "./settle.ts";
import { readSyncAnswer } from "./syncAnswer.ts";
import { CAREFUL_PORTION, portionAfter, SMALL_PORTION } from "./syncRequest.ts";

const LONG_POLL_MS = 30_000;
const SOON_MS = 40;
const PATIENCE_MS = 90_000;
/** A first sync of an account in many rooms takes the homeserver minutes. */
const FIRST_PATIENCE_MS = 600_000;
/** How long the homeserver must have been heard before a batch that still has not settled is waited for no longer; ms. */
const SETTLING_MS = 300_000;
/** The longest time between two answers during which the homeserver counts as heard; ms. */
const HEARD_MS = 60_000;

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** No homeserver is obeyed for longer than that. */
const LONGEST_ASKED_MS = 600_000;

/** What a homeserver may answer about a place in the stream that it does not know: 400 with one of these. Each is said of other things too. */
const REFUSED_PLACE = new Set(["M_UNKNOWN_POS", "M_INVALID_PARAM", "M_UNKNOWN"]);
const FATAL = new Set(["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"]);

export interface SyncLoopDeps {
  readonly me: UserId;
  readonly call: HomeserverCall;
  readonly cipher: RoomCipher;
  readonly rooms: RoomEncryption & RoomMembers;
  /** Told of a room's encryption before anything else of the answer is acted on: from then on nothing may go there unencrypted. */
  readonly noteEncryption: (room: RoomId) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Where starts have ended again and again. */
  readonly careful?: Careful;
  /**
   * Where to go on; undefined for an account that never synced: then its history is nobody's command. One that knows when it was last heard, but
   * no place, was restored from a backup: it begins as after a refused place.
   */
  readonly loadMark: () => Promise<SyncMark | undefined>;
  /** Resolves when it is durable. Never called again before it has settled. */
  readonly saveMark: (mark: SyncMark) => Promise<void>;
  /** A number from 0 to 1, for the jitter. */
  readonly random?: () => number;
}

/**
 * Hears the homeserver by `/sync`. The place in the stream moves in memory with each answer, and in the store only when all that came
 * before it has settled: after a crash what was under way comes again, and nothing is lost.
 *
 * A place that the homeserver refuses (its database was restored, say) is given up for a first sync, once that succeeds: only then was it the
 * place that was wrong. What the homeserver shows of the time since it was last heard is then heard like after any absence, and nothing older.
 *
 * `run` rejects with `token-unknown`. After `stop` it resolves when all batches that were given out have settled and that is saved, and nothing
 * of the keys is under way.
 */
export class SyncLoop implements Intake {
  readonly #parts: SyncLoopDeps;
  readonly #settlement: Settlement;
  readonly #upkeep: KeyUpkeep;
  readonly #reader: BatchReader;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #started = false;
  #since: string | undefined;
  /** The place that the homeserver may have refused, while it is asked without one. */
  #refused: string | undefined;
  /** There is no place, but it is known when the homeserver was last heard. */
  #placeless = false;
  #lastHeard: number | undefined;
  /** For how long it was heard, in all. Nobody can act on anything while it is away. */
  #heardMs = 0;
  /** When the homeserver was heard before this start. */
  #heardBefore: number | undefined;
  #failures = 0;
  /** How many answers in a row were larger than can be read. */
  #tooLarge = 0;
  readonly #late: LateEvent[] = [];
  /** Outside `#give`, whose batch nothing that waits is to hold in memory. */
  readonly #failed = (error: unknown): void => {
    this.#parts.log.error({ class: "ops", what: "sync.batch-failed", ...errorFields(error) });
  };
  /** What is being read; one thing at a time. */
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: SyncLoopDeps) {
    this.#parts = parts;
    this.#settlement = new Settlement(parts.saveMark, (error) => {
      parts.log.error({ class: "ops", what: "sync.save-failed", ...errorFields(error) });
    });
    this.#upkeep = new KeyUpkeep(parts);
    this.#reader = new BatchReader({ ...parts, upkeep: this.#upkeep });
  }

  get lastHeard(): number | undefined {
    return this.#lastHeard;
  }

  async run(handle: BatchHandler): Promise<void> {
    if (this.#started) throw new Error("A sync loop runs once");
    this.#started = true;
    try {
      const mark = await this.#parts.loadMark();
      this.#since = mark === undefined || mark.token === "" ? undefined : mark.token;
      this.#heardBefore = mark?.heardAt;
      this.#placeless = mark?.token === "" && mark.heardAt > 0;
      this.#parts.cipher.onLate((room, raw) => {
        this.#late.push({ room, raw });
        this.#inOrder(() => this.#giveLate(handle)).catch((error: unknown) => {
          this.#parts.log.error({ class: "ops", what: "sync.late-failed", ...errorFields(error) });
        });
      });
      while (!this.#stopped) await this.#turn(handle);
      await this.#reading;
    } finally {
      this.#ended.resolve();
    }
    await Promise.all([this.#settlement.idle(), this.#upkeep.stop()]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#started) await this.#ended.promise;
  }

  /** It is asked without a place, though there was one. */
  get #anew(): boolean {
    return this.#placeless || this.#refused !== undefined;
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** One request with all that follows from it, a failure included. */
  async #turn(handle: BatchHandler): Promise<void> {
    try {
      const raw = await this.#fetch();
      await this.#inOrder(() => this.#receive(raw, handle));
      this.#failures = 0;
      this.#tooLarge = 0;
    } catch (error) {
      if (!this.#stopped) await this.#backOff(error);
    }
  }

  #fetch(): Promise<unknown> {
    const first = this.#since === undefined;
    const little = first && !this.#anew;
    const { filter, maxBytes } = portionAfter(
      this.#tooLarge,
      little ? SMALL_PORTION : this.#parts.careful?.careful === true ? CAREFUL_PORTION : 0,
    );
    return this.#parts.call("GET", path("sync"), {
      query: {
        filter,
        set_presence: "online",
        timeout: this.#pollMs(),
        since: this.#since,
      },
      signal: this.#stop.signal,
      timeoutMs: first ? FIRST_PATIENCE_MS : PATIENCE_MS,
      maxBytes,
      unqueued: true,
    });
  }

  /**
   * For how long the homeserver may wait for something new. Synapse keeps an answer for two minutes for the same question; of one that was asked
   * right before a crash it would not tell what came since. A time of its own makes each first question of a start another.
   */
  #pollMs(): number {
    const { random = Math.random } = this.#parts;
    const upTo = (most: number): number => 1 + Math.floor(random() * most);
    // Without a place it is answered at once, whatever time it gives.
    if (this.#since === undefined) return upTo(LONG_POLL_MS);
    // After a start or a failure the first good answer is worth having soon: it says that all is well.
    return this.#lastHeard === undefined || this.#failures > 0 ? upTo(SOON_MS) : LONG_POLL_MS;
  }

  async #receive(raw: unknown, handle: BatchHandler): Promise<void> {
    const { cipher, clock } = this.#parts;
    const heardAt = clock.now();
    const answer = readSyncAnswer(raw);
    if (answer === undefined) throw new HomeserverError({ kind: "malformed" });
    await cipher.receive(answer.crypto);
    // What has become readable by this answer was said before what it brings.
    await this.#giveLate(handle);
    const heardBefore = this.#lastHeard ?? this.#heardBefore;
    const awayMs = Math.max(0, heardAt - (heardBefore ?? heardAt));
    // Where it is not known when the homeserver was last heard, nothing is new.
    const anew = this.#anew ? { after: heardBefore || heardAt } : undefined;
    const batch = await this.#reader.read(answer, {
      since: this.#since,
      anew,
      heardAt,
      awayMs,
      signal: this.#stop.signal,
    });
    // A gap that was being filled may have been left half-way. Nothing of it is given out, so it comes again.
    if (this.#stopped) return;
    this.#since = answer.nextBatch;
    this.#heardMs += Math.min(heardAt - (this.#lastHeard ?? heardAt), HEARD_MS);
    this.#lastHeard = heardAt;
    if (this.#anew) this.#parts.log.warn({ class: "ops", what: "sync.begun-anew", ms: awayMs });
    this.#refused = undefined;
    this.#placeless = false;
    this.#give(batch, { token: answer.nextBatch, heardAt }, handle);
    // What hangs in one room must not have all others heard again, and their events kept, until it is done.
    const given = this.#settlement.giveUp(this.#heardMs - SETTLING_MS);
    if (given > 0)
      this.#parts.log.error({ class: "ops", what: "sync.batch-given-up", count: given });
    this.#upkeep.after();
  }

  async #giveLate(handle: BatchHandler): Promise<void> {
    if (this.#stopped) return;
    const batch = await this.#reader.readLate(this.#late.splice(0), this.#parts.clock.now());
    if (batch === undefined || this.#stopped) return;
    this.#give(batch, undefined, async (late) => {
      try {
        await handle(late);
      } finally {
        // What a stop cuts off has settled too, and is not done.
        if (!this.#stopped)
          await this.#parts.cipher.lateHandled(
            late.rooms.flatMap(({ events }) => events.map(({ eventId }) => eventId)),
          );
      }
    });
  }

  #give(batch: Batch, mark: SyncMark | undefined, handle: BatchHandler): void {
    // The handler is called at once, so that batches begin in order. What it throws harms its own batch only.
    Promise.try(handle, batch)
      .catch(this.#failed)
      .finally(this.#settlement.begin(mark, this.#heardMs));
  }

  /** After a failure: where the place may be to blame, asks without it; where that fails too, the place was not to blame. */
  #doubtPlace(refused: boolean): void {
    if (this.#refused !== undefined) [this.#since, this.#refused] = [this.#refused, undefined];
    else if (refused) [this.#since, this.#refused] = [undefined, this.#since];
  }

  #inOrder(task: () => Promise<void>): Promise<void> {
    const result = this.#reading.then(task);
    this.#reading = result.catch(() => undefined);
    return result;
  }

  async #backOff(error: unknown): Promise<void> {
    const { clock, log, random = Math.random } = this.#parts;
    const known = error instanceof HomeserverError ? error : undefined;
    if (known?.errcode !== undefined && FATAL.has(known.errcode))
      throw new UsherError("token-unknown", { code: known.errcode }, { cause: known });
    this.#doubtPlace(
      known?.status === 400 && known.errcode !== undefined && REFUSED_PLACE.has(known.errcode),
    );
    this.#failures += 1;
    if (known?.tooLarge === true) this.#tooLarge += 1;
    const wait = waitAfter(this.#failures, known?.retryAfterMs, random());
    const why =
      known === undefined
        ? errorFields(error)
        : {
            code: known.errcode ?? known.kind,
            ...(known.status === undefined ? {} : { status: known.status }),
          };
    log.warn({ class: "ops", what: "sync.failed", ...why, count: this.#failures, ms: wait });
    await sleep(clock, wait, this.#stop.signal).catch(() => undefined);
  }
}

/**
 * How long to wait after so many failures in a row, ms: twice as long each time, a random half of it off; never less than was asked for,
 * up to ten minutes.
 */
export function waitAfter(failures: number, askedMs: number | undefined, random: number): number {
  const own = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS) * (1 - random / 2);
  const asked =
    askedMs === undefined ? 0 : Math.min(askedMs, LONGEST_ASKED_MS) + FIRST_WAIT_MS * random;
  return Math.round(Math.max(own, asked));
}
