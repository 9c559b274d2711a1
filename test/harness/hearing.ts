import { ManualClock } from "../../src/kernel/clock.ts";
import { asUserId, type RoomId, type UserId } from "../../src/kernel/ids.ts";
import type { Log, LogFields } from "../../src/kernel/log.ts";
import { createHomeserverCall } from "../../src/matrix/client.ts";
import { noCipher } from "../../src/matrix/crypto/cipher.ts";
import type { Batch, BatchHandler } from "../../src/matrix/intake.ts";
import type { SyncMark } from "../../src/matrix/settle.ts";
import { SyncLoop, type SyncLoopDeps } from "../../src/matrix/syncLoop.ts";
import { ScriptedHomeserver } from "./scriptedHomeserver.ts";

/** Things that come one after another, for a test that waits for each. */
export class Arrivals<T> {
  readonly all: T[] = [];
  #taken = 0;
  #wake = Promise.withResolvers<void>();

  push(item: T): void {
    this.all.push(item);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** The next one that satisfies the predicate; those before it are passed over. */
  async next(predicate: (item: T) => boolean = () => true): Promise<T> {
    for (;;) {
      while (this.#taken < this.all.length) {
        const item = this.all[this.#taken] as T;
        this.#taken += 1;
        if (predicate(item)) return item;
      }
      await this.#wake.promise;
    }
  }
}

/** Whether a batch tells of anything. */
export function isFull({ rooms, invites, departures }: Batch): boolean {
  return rooms.length + invites.length + departures.length > 0;
}

/** A sync loop on a scripted homeserver, with a clock that stands still and a store in memory. */
export class Hearing {
  readonly server: ScriptedHomeserver;
  readonly clock = new ManualClock();
  readonly me: UserId;
  readonly batches = new Arrivals<Batch>();
  readonly logged = new Arrivals<LogFields>();
  readonly saved = new Arrivals<SyncMark>();
  readonly encrypted: RoomId[] = [];
  /** What the store holds. At first: an account that has heard everything before the first scripted answer. */
  mark: SyncMark | undefined = { token: "s0", heardAt: this.clock.now() };
  /** What is done with each batch; set it before `run`. */
  handle: BatchHandler = () => Promise.resolve();
  loop: SyncLoop;
  readonly #more: Partial<SyncLoopDeps>;

  static async start(more: Partial<SyncLoopDeps> = {}): Promise<Hearing> {
    return new Hearing(await ScriptedHomeserver.start(), more);
  }

  private constructor(server: ScriptedHomeserver, more: Partial<SyncLoopDeps>) {
    this.server = server;
    this.me = asUserId(server.me) as UserId;
    this.#more = more;
    this.loop = this.#create();
  }

  /** The next batch that tells of anything. */
  nextFull(): Promise<Batch> {
    return this.batches.next(isFull);
  }

  run(): Promise<void> {
    return this.loop.run(async (batch) => {
      this.batches.push(batch);
      await this.handle(batch);
    });
  }

  /** A new loop over the same store: what a start after a crash is. */
  restart(): Promise<void> {
    this.loop = this.#create();
    return this.run();
  }

  async end(): Promise<void> {
    await this.loop.stop();
    await this.server.close();
  }

  #create(): SyncLoop {
    const log = (fields: LogFields): void => {
      this.logged.push(fields);
    };
    const logger: Log = { debug: log, info: log, warn: log, error: log };
    return new SyncLoop({
      me: this.me,
      call: createHomeserverCall({
        url: this.server.url,
        token: this.server.token,
        clock: this.clock,
      }),
      cipher: noCipher,
      rooms: {
        encryption: (room) => Promise.resolve(this.encrypted.includes(room) ? "encrypted" : "none"),
        members: () => Promise.resolve({ joined: new Set(), invited: new Set() }),
      },
      noteEncryption: (room) => {
        this.encrypted.push(room);
      },
      clock: this.clock,
      log: logger,
      loadMark: () => Promise.resolve(this.mark),
      saveMark: (mark) => {
        this.mark = mark;
        this.saved.push(mark);
        return Promise.resolve();
      },
      random: () => 0,
      ...this.#more,
    });
  }
}
