import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/days.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { eachRoom, type BackupKeeper, type LeftAmong } from "./backupKeeper.ts";
import type { CryptoEngine } from "./engine.ts";
import type { Supervisor } from "./supervisor.ts";

/** Keys may come before the invitation that they are for. So those of a room that Usher is not in stay this long after the last has come; ms. */
const WAIT_MS = HOUR_MS;
/** But no longer than this after the first: somebody may keep sending keys of a room that Usher has left; ms. */
const LONGEST_MS = DAY_MS;

interface HeldKeysDeps {
  readonly engine: Pick<CryptoEngine, "storedKeys" | "sweep">;
  readonly supervisor: Pick<Supervisor, "run">;
  readonly backup: Pick<BackupKeeper, "forget" | "sweep">;
  readonly clock: Clock;
}

interface Came {
  readonly first: number;
  readonly last: number;
}

/** The room keys that are held, in the engine's store and in the copy on the homeserver: those of a room go when Usher has left it. */
export class HeldKeys {
  readonly #deps: HeldKeysDeps;
  readonly #openedAt: number;
  /** When the first and the last key came of each room of which there are some; ms. What was there before counts as come when the store was opened. */
  readonly #came = new Map<RoomId, Came>();
  #known = false;

  constructor(deps: HeldKeysDeps) {
    this.#deps = deps;
    this.#openedAt = deps.clock.now();
  }

  /** Whether the engine can delete keys of its store. */
  get canForget(): boolean {
    return this.#deps.engine.storedKeys !== undefined;
  }

  keysCame(news: readonly { readonly room: RoomId }[]): void {
    const last = this.#deps.clock.now();
    for (const { room } of news)
      this.#came.set(room, { first: this.#came.get(room)?.first ?? last, last });
  }

  /** Deletes all keys of a room that Usher was out of at `leftAt` (ms), unless one has come since then: Usher may be coming in again. */
  async forget(room: RoomId, leftAt: number): Promise<void> {
    const last = this.#came.get(room)?.last ?? leftAt;
    if (last > leftAt) return void this.#came.set(room, { first: last, last });
    await this.#forget(room);
    await this.#offDisk();
  }

  /** Deletes all keys of rooms that Usher has left, however that came; what was deleted leaves the disk. */
  async sweep(leftAmong: LeftAmong): Promise<void> {
    const { clock } = this.#deps;
    try {
      if (clock.now() - this.#openedAt >= WAIT_MS) await this.#sweep(leftAmong);
    } finally {
      await this.#offDisk();
    }
  }

  async #sweep(leftAmong: LeftAmong): Promise<void> {
    await this.#learn();
    const old = (rooms: Iterable<RoomId>): readonly RoomId[] =>
      [...rooms].filter((one) => this.#isOld(one));
    try {
      await eachRoom(await leftAmong(old(this.#came.keys())), async (room) => {
        // With many rooms before this one, Usher may have come into it meanwhile.
        if (this.#isOld(room) && (await leftAmong([room])).length > 0) await this.#forget(room);
      });
    } finally {
      await this.#deps.backup.sweep((rooms) => leftAmong(old(rooms)));
    }
  }

  #offDisk(): Promise<void> {
    const { engine, supervisor } = this.#deps;
    return supervisor.run(() => engine.sweep());
  }

  #isOld(room: RoomId): boolean {
    const { clock } = this.#deps;
    const { first, last } = this.#came.get(room) ?? { first: this.#openedAt, last: this.#openedAt };
    return clock.now() - last >= WAIT_MS || clock.now() - first >= LONGEST_MS;
  }

  async #learn(): Promise<void> {
    const { storedKeys } = this.#deps.engine;
    if (this.#known || storedKeys === undefined) return;
    const rooms = await this.#deps.supervisor.run(() => storedKeys.rooms());
    const [first, last] = [this.#openedAt, this.#openedAt];
    for (const room of rooms) if (!this.#came.has(room)) this.#came.set(room, { first, last });
    this.#known = true;
  }

  async #forget(room: RoomId): Promise<void> {
    const { engine, supervisor, backup } = this.#deps;
    await supervisor.run(async () => engine.storedKeys?.forget(room));
    this.#came.delete(room);
    await backup.forget(room);
  }
}
