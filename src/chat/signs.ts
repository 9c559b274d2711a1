import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Reactions } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { cleared, signed } from "./journal.ts";

const YES = "✅";
const NO = "❌";

interface SignsDeps {
  readonly matrix: Reactions;
  readonly documents: Documents;
  readonly clock: Clock;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  /** Whether the operator wants them. */
  readonly offered: boolean;
}

/**
 * Usher's own ✅ and ❌ beneath a preview, so that an answer is one tap; they count for nothing themselves, and go when the question is over.
 * A courtesy: they come behind what people wait for, and not at all while the homeserver limits Usher.
 */
export class Signs {
  readonly #deps: SignsDeps;
  /** Where some are still to be taken away. */
  readonly #spent = new Set<RoomId>();

  constructor(deps: SignsDeps) {
    this.#deps = deps;
  }

  get offered(): boolean {
    return this.#deps.offered;
  }

  /** Takes up what the last run left: the same reaction again is the same for the homeserver, and tells its id. */
  resume({ id, pending, spent = [] }: RoomDocument): void {
    for (const { event, signs } of pending) if (signs?.length === 0) this.put(id, event);
    if (spent.length > 0) this.takeAway(id);
  }

  /** Puts them beneath the preview of this command, in the room's turn, if it still waits then. */
  put(room: RoomId, command: EventId): void {
    void this.#deps.queue.run(room, async () => {
      const { matrix, documents, clock } = this.#deps;
      const document = await documents.get(roomDocument, room);
      const pending = document?.pending.find(({ event }) => event === command);
      if (pending?.signs?.length !== 0 || pending.expiresAt <= clock.now()) return;
      const signs: EventId[] = [];
      for (const key of [YES, NO]) {
        const sign = await done(() =>
          matrix.react(
            room,
            pending.preview,
            key,
            { cause: command, step: `sign ${key}` },
            "courtesy",
          ),
        );
        if (sign !== "later" && sign !== "never") signs.push(sign);
      }
      if (signs.length > 0)
        await documents.update(roomDocument, room, (current) => signed(current, command, signs));
    });
  }

  /** Takes away those in the room that are spent, in the room's turn. What the homeserver limits waits for `tidy`. */
  takeAway(room: RoomId): void {
    this.#spent.add(room);
    void this.#deps.queue.run(room, async () => {
      const { matrix, documents } = this.#deps;
      const { spent = [] } = (await documents.get(roomDocument, room)) ?? {};
      const gone: EventId[] = [];
      for (const sign of spent) {
        const went = await done(() =>
          matrix.redact(room, sign, { cause: sign, step: "take away" }, "courtesy"),
        );
        if (went === "later") break;
        gone.push(sign);
      }
      if (gone.length > 0)
        await documents.update(roomDocument, room, (current) => cleared(current, gone));
      if (gone.length === spent.length) this.#spent.delete(room);
    });
  }

  /** Tries again where some were left. */
  tidy(): void {
    for (const room of this.#spent) this.takeAway(room);
  }
}

/** What came of it, or whether it is worth another try: what is refused for good is not. */
async function done<T>(work: () => Promise<T>): Promise<T | "later" | "never"> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    const { status } = error.view;
    return error.code === "room-unreachable" &&
      typeof status === "number" &&
      status >= 400 &&
      status < 500
      ? "never"
      : "later";
  }
}
