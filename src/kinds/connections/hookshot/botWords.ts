import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomBatch } from "../../../matrix/intake.ts";

/** What hookshot's bot says before the reason why it does not do something. */
const FAILED = /^Failed to handle command: (?<why>.+)/;

/** Of a reason, so much is shown. */
const LINE_LENGTH = 200;

/** What no message in the room may hold where a secret is made: an address, or a token of hookshot's. */
const SECRET = /https?:\/\/|hs-ob-/;

/** What was heard since an order. */
interface Heard {
  readonly hasSecret: boolean;
  readonly why: string | undefined;
  readonly tellsAll: boolean;
}

/** What hookshot's bot says in rooms where it was given an order: that it does not do it, or what everybody there must not read. */
export class BotWords {
  readonly #bot: UserId;
  readonly #heard = new Map<RoomId, Heard>();

  constructor(bot: UserId) {
    this.#bot = bot;
  }

  /** From now on, until the next order there. `hasSecret`: a secret comes of it. */
  listen(room: RoomId, hasSecret: boolean): void {
    this.#heard.set(room, { hasSecret, why: undefined, tellsAll: false });
  }

  /** The reason, where it has said one since. */
  refusal(room: RoomId): string | undefined {
    return this.#heard.get(room)?.why;
  }

  /** It has said in the room what may be the secret. */
  tellsAll(room: RoomId): boolean {
    return this.#heard.get(room)?.tellsAll === true;
  }

  note({ roomId, events }: Pick<RoomBatch, "roomId" | "events">): void {
    for (const { sender, type, content } of events) {
      const heard = this.#heard.get(roomId);
      if (heard === undefined || sender !== this.#bot || type !== "m.room.message") continue;
      const { body } = content;
      if (typeof body !== "string") continue;
      const why = FAILED.exec(body)?.groups?.["why"];
      // What it refuses may name an address that is none of its own.
      if (why !== undefined) this.#heard.set(roomId, { ...heard, why: why.slice(0, LINE_LENGTH) });
      else if (heard.hasSecret && SECRET.test(body))
        this.#heard.set(roomId, { ...heard, tellsAll: true });
    }
  }
}
