import type { Secret } from "../../../config/secret.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomBatch } from "../../../matrix/intake.ts";

/** What hookshot's bot says before the reason why it does not do something. */
const FAILED = /^Failed to handle command: (?<why>.+)/;

/** Of a reason, so much is shown. */
const LINE_LENGTH = 200;

/** So much of what it says is kept until the next order, or until Usher stops. */
const MESSAGES = 20;
const LENGTH = 4000;

/** What is shorter may stand in any sentence; UTF-16 units. */
const SHORTEST_KNOWN = 16;

/** What was heard since an order. */
interface Heard {
  readonly why: string | undefined;
  readonly said: readonly string[];
}

/** What hookshot's bot says in rooms where it was given an order: that it does not do it, or what everybody there must not read. */
export class BotWords {
  readonly #bot: UserId;
  readonly #heard = new Map<RoomId, Heard>();

  constructor(bot: UserId) {
    this.#bot = bot;
  }

  /** From now on, until the next order there. */
  listen(room: RoomId): void {
    this.#heard.set(room, { why: undefined, said: [] });
  }

  /** The reason, where it has said one since. */
  refusal(room: RoomId): string | undefined {
    return this.#heard.get(room)?.why;
  }

  /** Whether it has said this in the room: all of it, or the part by which it is known. Other addresses are of its news. */
  tells(room: RoomId, secret: Secret): boolean {
    const text = secret.reveal();
    const known = text.slice(text.lastIndexOf("/") + 1);
    const { said = [] } = this.#heard.get(room) ?? {};
    return said.some((body) => body.includes(known.length < SHORTEST_KNOWN ? text : known));
  }

  note({ roomId, events }: Pick<RoomBatch, "roomId" | "events">): void {
    for (const { sender, type, content } of events) {
      const heard = this.#heard.get(roomId);
      if (heard === undefined || sender !== this.#bot || type !== "m.room.message") continue;
      const { body } = content;
      if (typeof body !== "string") continue;
      const why = FAILED.exec(body)?.groups?.["why"]?.slice(0, LINE_LENGTH) ?? heard.why;
      const said = [...heard.said, body.slice(0, LENGTH)].slice(-MESSAGES);
      this.#heard.set(roomId, { why, said });
    }
  }
}
