import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { RecentIds } from "../kernel/recent.ts";
import type { Timeline } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import type { Pending } from "./confirmation.ts";
import type { Edited, Redacted } from "./gate.ts";
import { settled } from "./journal.ts";
import type { Signs } from "./signs.ts";
import type { ReplyTarget } from "./replyTarget.ts";
import type { Speaker } from "./speaker.ts";

const REMEMBERED = 1_000;

/** The preview that somebody takes back who changes the command it belongs to, or that loses its command or itself. */
function takenBack(
  waiting: readonly Pending[],
  heard: Edited | Redacted,
  sender: UserId,
): Pending | undefined {
  return waiting.find(({ event, preview, person }) =>
    heard.kind === "edit"
      ? event === heard.target && person === sender
      : event === heard.target || preview === heard.target,
  );
}

interface WithdrawalsDeps {
  readonly matrix: Timeline;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly speaker: Speaker;
  readonly signs: Signs;
}

/** Withdraws previews: nobody confirms what is no longer there as it was asked for. */
export class Withdrawals {
  readonly #deps: WithdrawalsDeps;
  /** Changed messages of which it was said that changes are not followed. */
  readonly #told = new RecentIds<EventId>(REMEMBERED);

  constructor(deps: WithdrawalsDeps) {
    this.#deps = deps;
  }

  /** Withdraws the preview whose command was changed or taken away, with a word. Whether there was one. */
  async take(room: RoomId, heard: Edited | Redacted, sender: UserId): Promise<boolean> {
    const document = await this.#deps.documents.get(roomDocument, room);
    const pending = takenBack(document?.pending ?? [], heard, sender);
    if (pending === undefined) return false;
    try {
      if (this.#deps.clock.now() < pending.expiresAt) await this.#say(room, pending, heard.kind);
    } finally {
      await this.#forget(room, [pending.event]);
    }
    return true;
  }

  /** More happened in the room than was heard: what waits may have been changed, taken away or left. */
  async missed(room: RoomId): Promise<void> {
    const document = await this.#deps.documents.get(roomDocument, room);
    const waiting = document?.pending ?? [];
    try {
      for (const pending of waiting)
        if (this.#deps.clock.now() < pending.expiresAt) await this.#say(room, pending, "missed");
    } finally {
      await this.#forget(
        room,
        waiting.map(({ event }) => event),
      );
    }
  }

  /** Who has left asks for nothing any more, also when they come back. */
  async left(room: RoomId, person: UserId): Promise<void> {
    const document = await this.#deps.documents.get(roomDocument, room);
    const theirs = (document?.pending ?? [])
      .filter((one) => one.person === person)
      .map(({ event }) => event);
    await this.#forget(room, theirs);
  }

  /** Says, once for each message, that changes of it are not followed; nothing where somebody else claims to have changed it. */
  async notFollowed(place: ReplyTarget, sender: UserId): Promise<void> {
    if (!this.#told.add(place.event)) return;
    if ((await this.#deps.matrix.event(place.room, place.event))?.sender !== sender) return;
    await this.#deps.speaker.say(place, new UsherError("message-edited"), "edited");
  }

  async #say(
    room: RoomId,
    { event, thread, calledAs, person }: Pending,
    why: "edit" | "redaction" | "missed",
  ): Promise<void> {
    const word = {
      template: "withdrawn",
      view: { person, edited: why === "edit", deleted: why === "redaction" },
    };
    await this.#deps.speaker.say({ room, event, thread, calledAs }, word, "withdrawn");
  }

  async #forget(room: RoomId, commands: readonly EventId[]): Promise<void> {
    if (commands.length === 0) return;
    await this.#deps.documents.update(roomDocument, room, (current) =>
      commands.reduce(settled, current),
    );
    this.#deps.signs.takeAway(room);
  }
}
