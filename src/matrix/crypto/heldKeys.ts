import type { Clock } from "../../kernel/clock.ts";
import { HOUR_MS } from "../../kernel/days.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { BackupKeeper, LeftAmong } from "./backupKeeper.ts";
import type { CryptoEngine } from "./engine.ts";
import type { Supervisor } from "./supervisor.ts";

/** Keys may come before the invitation that they are for. So those of a room that Usher is not in stay this long after the last has come; ms. */
const WAIT_MS = HOUR_MS;

interface HeldKeysDeps {
  readonly engine: Pick<CryptoEngine, "storedKeys" | "sweep">;
  readonly supervisor: Pick<Supervisor, "run">;
  readonly backup: Pick<BackupKeeper, "forget" | "sweep">;
  readonly clock: Clock;
}

/** The room keys that are held, in the engine's store and in the copy on the homeserver: those of a room go when Usher has left it. */
export class HeldKeys {
  readonly #deps: HeldKeysDeps;
  readonly #openedAt: number;
  /** When the last key came of each room of which there are some; ms. What was there before counts as come when the store was opened. */
  readonly #came = new Map<RoomId, number>();
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
    for (const { room } of news) this.#came.set(room, this.#deps.clock.now());
  }

  /** Deletes all keys of a room that Usher was out of at `leftAt` (ms), unless one has come since then: Usher may be coming in again. */
  async forget(room: RoomId, leftAt: number): Promise<void> {
    if ((this.#came.get(room) ?? leftAt) > leftAt) return;
    await this.#forget(room);
    await this.#offDisk();
  }

  /** Deletes all keys of rooms that Usher has left, however that came; what was deleted leaves the disk. */
  async sweep(leftAmong: LeftAmong): Promise<void> {
    const { backup, clock } = this.#deps;
    if (clock.now() - this.#openedAt >= WAIT_MS) {
      await this.#learn();
      for (const room of await leftAmong([...this.#came.keys()].filter((one) => this.#isOld(one))))
        if (this.#isOld(room)) await this.#forget(room);
      await backup.sweep((rooms) => leftAmong(rooms.filter((one) => this.#isOld(one))));
    }
    await this.#offDisk();
  }

  #offDisk(): Promise<void> {
    const { engine, supervisor } = this.#deps;
    return supervisor.run(() => engine.sweep());
  }

  #isOld(room: RoomId): boolean {
    const { clock } = this.#deps;
    return clock.now() - (this.#came.get(room) ?? this.#openedAt) >= WAIT_MS;
  }

  async #learn(): Promise<void> {
    const { storedKeys } = this.#deps.engine;
    if (this.#known || storedKeys === undefined) return;
    const rooms = await this.#deps.supervisor.run(() => storedKeys.rooms());
    for (const room of rooms) if (!this.#came.has(room)) this.#came.set(room, this.#openedAt);
    this.#known = true;
  }

  async #forget(room: RoomId): Promise<void> {
    const { engine, supervisor, backup } = this.#deps;
    await supervisor.run(async () => engine.storedKeys?.forget(room));
    this.#came.delete(room);
    await backup.forget(room);
  }
}
