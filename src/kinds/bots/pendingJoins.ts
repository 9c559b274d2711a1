import { mayNotSpeak, type OwedWords } from "../../chat/owed.ts";
import type { Speaker } from "../../chat/speaker.ts";
import type { Bots } from "./bots.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../../matrix/intake.ts";
import type { RoomDocument } from "../../store/room.ts";
import { resultAnswer } from "./addBot.ts";

interface PendingJoinsDeps {
  readonly bots: Bots;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly speaker: Pick<Speaker, "say">;
  readonly owed: Pick<OwedWords, "keep">;
  readonly calledAs: string;
  readonly joinSeconds: number;
}

/** Finishes the set-up of bots that come, or decline, after Usher has answered that they are still invited, and says so under the command. */
export class PendingJoins {
  readonly #deps: PendingJoinsDeps;
  /** Who was waited for when Usher stopped. */
  readonly #left: { readonly room: RoomId; readonly user: UserId }[] = [];

  constructor(deps: PendingJoinsDeps) {
    this.#deps = deps;
  }

  found(document: RoomDocument): void {
    const { id: room } = document;
    this.#left.push(...this.#deps.bots.unfinished(document).map((user) => ({ room, user })));
  }

  /** Takes up what happened while Usher was stopped, after the commands that a crash cut off. */
  start(): Promise<void> {
    for (const { room, user } of this.#left.splice(0))
      void this.#deps.queue.run(room, () => this.#settle(room, user));
    return Promise.resolve();
  }

  /** Settles when everybody who came in the batch, and was waited for, has been dealt with. */
  async handle(batch: Batch): Promise<void> {
    const { bots, queue } = this.#deps;
    await Promise.all(
      batch.rooms
        .filter((room) => bots.waitsIn(room.roomId) && mayConcern(room))
        .map(({ roomId }) =>
          queue.run(roomId, async () => {
            for (const user of await bots.waitedFor(roomId)) await this.#settle(roomId, user);
          }),
        ),
    );
  }

  async #settle(room: RoomId, user: UserId): Promise<void> {
    const { bots, speaker, owed, calledAs, joinSeconds } = this.#deps;
    const record = await bots.record(room, user);
    if (record === undefined || !(await bots.waitedFor(room)).includes(user)) return;
    const result = await bots.settle(room, user);
    if (result === undefined) return;
    const about = { user, entry: bots.entryOf(user), level: record.level, seconds: joinSeconds };
    const answer = resultAnswer(result, about);
    try {
      await speaker.say({ room, event: record.cause, thread: undefined, calledAs }, answer, "late");
    } catch (error) {
      if (!mayNotSpeak(error)) throw error;
      await owed.keep(room, answer, { cause: record.cause, step: "late" });
    }
    await bots.finish(room, user);
  }
}

function mayConcern({ gap, events }: RoomBatch): boolean {
  return (
    gap || events.some(({ type, stateKey }) => type === "m.room.member" && stateKey !== undefined)
  );
}
