import { withChanges } from "../../integrations/changes.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import type { BotEntry } from "./config.ts";
import type { BotOrder } from "./order.ts";
import { botId } from "./presence.ts";
import { botsOf, withBot, withoutBot, type BotChange, type BotRecord } from "./records.ts";

interface BotBookDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly entryOf: (user: UserId) => BotEntry | undefined;
}

/** What Usher remembers of the bots of rooms, and where one is waited for. */
export class BotBook {
  readonly #deps: BotBookDeps;
  /** Rooms where an invited bot has not come yet, so that nobody else's coming and going costs a look at a document. */
  readonly #waiting = new Set<RoomId>();

  constructor(deps: BotBookDeps) {
    this.#deps = deps;
  }

  async records(room: RoomId): Promise<readonly BotRecord[]> {
    return botsOf(await this.#deps.documents.get(roomDocument, room));
  }

  /** Whether some bot is waited for in the room. Costs nothing. */
  waitsIn(room: RoomId): boolean {
    return this.#waiting.has(room);
  }

  waitIn(room: RoomId): void {
    this.#waiting.add(room);
  }

  /** The bots of a stored room that were waited for when Usher stopped; from now on they are waited for again. */
  unfinished(document: RoomDocument): readonly UserId[] {
    const waiting = botsOf(document).filter(({ step }) => step === "waiting");
    if (waiting.length > 0) this.#waiting.add(document.id);
    return waiting.map(({ user }) => user);
  }

  /** Remembers what is changed, so that it can be undone; at a repetition, what was noted first stays. */
  async note(
    room: RoomId,
    { user, person, cause }: Omit<BotOrder, "level">,
    deed: BotChange["deed"],
    level: BotChange["level"],
  ): Promise<void> {
    const { documents, clock, entryOf } = this.#deps;
    const at = clock.now();
    const name = entryOf(user)?.name ?? user;
    const change = { cause, person, at, deed, id: botId(user), name, user, level };
    await documents.update(roomDocument, room, (document) => withChanges(document, [change], at));
  }

  async remember(room: RoomId, record: BotRecord): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => withBot(document, record));
    await this.#noteWaiting(room);
  }

  async forget(room: RoomId, user: UserId): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => withoutBot(document, user));
    await this.#noteWaiting(room);
  }

  async #noteWaiting(room: RoomId): Promise<void> {
    if ((await this.records(room)).some(({ step }) => step !== undefined)) this.#waiting.add(room);
    else this.#waiting.delete(room);
  }
}
