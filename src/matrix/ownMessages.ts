import { z } from "zod";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { toUsherError } from "./errors.ts";
import { isContent, isEncrypted, readEvent } from "./events.ts";
import type { Content, RoomEvent } from "./port.ts";

/** How far back Usher looks in one room for what it said itself: so many pages of so many of its own messages. */
const PAGES = 20;
const PAGE_EVENTS = 100;
/** Where so many cannot be read any more, nothing older can: Usher had other keys then. */
const UNREADABLE = 5;

const page = z.object({
  chunk: z.array(z.unknown()).transform((events) => events.filter(isContent)),
  end: z.string().optional(),
});

interface OwnMessagesDeps {
  readonly call: HomeserverCall;
  readonly cipher: Pick<RoomCipher, "decrypt">;
  readonly me: UserId;
}

/** What Usher itself has said in rooms, as far back as it looks. Usher keeps no list of it: it lies in the rooms' history. */
export class OwnMessages {
  readonly #deps: OwnMessagesDeps;

  constructor(deps: OwnMessagesDeps) {
    this.#deps = deps;
  }

  /**
   * The newest messages of Usher's in the room whose content, as JSON, is such; at most `most`. What was taken away before, and what cannot be read any more, is not
   * among them. Rejects with an `UsherError` where the history cannot be read.
   */
  async find(
    room: RoomId,
    isSuch: (text: string) => boolean,
    most: number,
  ): Promise<readonly EventId[]> {
    const found: EventId[] = [];
    let unreadable = 0;
    for await (const raw of this.#newestFirst(room)) {
      const event = readEvent(raw, room);
      if (event?.sender !== this.#deps.me || event.redacted || event.stateKey !== undefined)
        continue;
      const content = await this.#contentOf(event, raw);
      if (content === undefined) unreadable += 1;
      else if (isSuch(JSON.stringify(content))) found.push(event.eventId);
      if (found.length >= most || unreadable >= UNREADABLE) break;
    }
    return found;
  }

  async #contentOf(event: RoomEvent, raw: Content): Promise<Content | undefined> {
    if (!isEncrypted(event)) return event.content;
    const decryption = await this.#deps.cipher.decrypt(event.roomId, raw);
    return decryption.kind === "decrypted" ? decryption.content : undefined;
  }

  async *#newestFirst(room: RoomId): AsyncIterable<Content> {
    const { call, me } = this.#deps;
    const filter = JSON.stringify({ senders: [me], types: ["m.room.message", "m.room.encrypted"] });
    let from: string | undefined;
    for (let fetched = 0; fetched < PAGES; fetched += 1) {
      const query = { dir: "b", from, limit: PAGE_EVENTS, filter };
      const { chunk, end } = await this.#page(call, room, query);
      yield* chunk;
      if (end === undefined || end === from) return;
      from = end;
    }
  }

  async #page(
    call: HomeserverCall,
    room: RoomId,
    query: Readonly<Record<string, string | number | undefined>>,
  ): Promise<z.infer<typeof page>> {
    try {
      return page.parse(await call("GET", path("rooms", room, "messages"), { query }));
    } catch (error) {
      throw toUsherError(error, "read-messages");
    }
  }
}
