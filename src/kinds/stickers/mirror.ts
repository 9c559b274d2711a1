import { UsherError } from "../../kernel/errors.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Batch, RoomBatch } from "../../matrix/intake.ts";
import type { Packs } from "./packs.ts";
import { PACK_TYPES } from "./state.ts";

interface MirrorDeps {
  readonly me: UserId;
  readonly packs: Pick<Packs, "mirror">;
  readonly queue: Pick<KeyedQueue, "run">;
  readonly log: Log;
}

/** Has both copies of Usher's packs say the same again where somebody has changed one of them: apps write the one that they know. */
export class PackMirror {
  readonly #deps: MirrorDeps;

  constructor(deps: MirrorDeps) {
    this.#deps = deps;
  }

  async handle({ rooms }: Batch): Promise<void> {
    await Promise.all(rooms.map((room) => this.#look(room)));
  }

  async #look({ roomId, events }: RoomBatch): Promise<void> {
    const { me, queue } = this.#deps;
    const keys = events.flatMap(({ type, stateKey, sender }) =>
      stateKey !== undefined && sender !== me && PACK_TYPES.some((one) => one === type)
        ? [stateKey]
        : [],
    );
    if (keys.length > 0) await queue.run(roomId, () => this.#mirror(roomId, keys));
  }

  /** Where Usher may not write there, the copies stay as they are: with the next command that is allowed they are one again. */
  async #mirror(room: RoomId, keys: readonly string[]): Promise<void> {
    try {
      await this.#deps.packs.mirror(room, keys);
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      const where = pseudonym(room);
      this.#deps.log.info({
        class: "bot",
        what: "pack.not-mirrored",
        where,
        ...errorFields(error),
      });
    }
  }
}
