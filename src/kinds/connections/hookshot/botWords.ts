import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomBatch } from "../../../matrix/intake.ts";

/** What hookshot's bot says before the reason why it does not do something. */
const FAILED = /^Failed to handle command: (?<why>.+)/;

/** Of a reason, so much is shown. */
const LINE_LENGTH = 200;

/** What hookshot's bot says in rooms where it was given an order, as far as it says no. */
export class BotWords {
  readonly #bot: UserId;
  readonly #refusals = new Map<RoomId, string | undefined>();

  constructor(bot: UserId) {
    this.#bot = bot;
  }

  /** From now on, until the next order there. */
  listen(room: RoomId): void {
    this.#refusals.set(room, undefined);
  }

  /** The reason, where it has said one since. */
  refusal(room: RoomId): string | undefined {
    return this.#refusals.get(room);
  }

  note({ roomId, events }: Pick<RoomBatch, "roomId" | "events">): void {
    if (!this.#refusals.has(roomId)) return;
    for (const { sender, type, content } of events) {
      if (sender !== this.#bot || type !== "m.room.message") continue;
      const { body } = content;
      const why = typeof body === "string" ? FAILED.exec(body)?.groups?.["why"] : undefined;
      if (why !== undefined) this.#refusals.set(roomId, why.slice(0, LINE_LENGTH));
    }
  }
}
