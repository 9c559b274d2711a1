import { withChanges } from "../../integrations/changes.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { BotEntry } from "./config.ts";
import type { BotOrder } from "./order.ts";
import { botId } from "./presence.ts";
import { botsOf, withBot, withoutBot, type BotChange, type BotRecord } from "./records.ts";

interface BotBookDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly entryOf: (user: UserId) => BotEntry | undefined;
}

/** What Usher remembers of the bots of rooms. */
export class BotBook {
  readonly #deps: BotBookDeps;

  constructor(deps: BotBookDeps) {
    this.#deps = deps;
  }

  async records(room: RoomId): Promise<readonly BotRecord[]> {
    return botsOf(await this.#deps.documents.get(roomDocument, room));
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
  }

  async forget(room: RoomId, user: UserId): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => withoutBot(document, user));
  }
}
