import { mayPass } from "../../chat/retryTransient.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { OwnMessages } from "../../matrix/ownMessages.ts";
import type { Reactions } from "../../matrix/port.ts";
import { namesPerson, type Scope } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";

/** How many rooms are looked through for one person, and how many messages are taken away: the homeserver lets only so many through. */
const ROOMS = 200;
const MESSAGES = 500;

interface QuotesDeps {
  readonly documents: Documents;
  readonly ownMessages: Pick<OwnMessages, "find">;
  readonly matrix: Pick<Reactions, "redact">;
  readonly log: Log;
}

/** A message of Usher's that names a person. */
export interface Quote {
  readonly room: RoomId;
  readonly event: EventId;
}

/**
 * What Usher itself has said that names a person (D2-said), in the rooms with which it keeps something about them. Nobody has a list of it, so it is looked for in
 * the rooms' history, as far back as that is read; what is older, and what cannot be read any more, stays the room's.
 */
export class Quotes {
  readonly #deps: QuotesDeps;

  constructor(deps: QuotesDeps) {
    this.#deps = deps;
  }

  /** The messages that are to go. Where less than a room is meant, none: what Usher said is about more than one thing. Never rejects: a room that cannot be read has none. */
  async find(person: UserId, { room: only, part, item }: Scope): Promise<readonly Quote[]> {
    if (part !== undefined || item !== undefined) return [];
    const found: Quote[] = [];
    for (const room of await this.#rooms(person, only)) {
      const events = await this.#in(room, person, MESSAGES - found.length);
      found.push(...events.map((event) => ({ room, event })));
      if (found.length >= MESSAGES) break;
    }
    return found;
  }

  /** Takes them away, each once however often it is asked to. How many are left that the homeserver may yet let go; where Usher is no more, they are the room's. */
  async takeAway(quotes: readonly Quote[]): Promise<number> {
    const { matrix, log } = this.#deps;
    let left = 0;
    for (const { room, event } of quotes) {
      try {
        await matrix.redact(room, event, { cause: event, step: "forgotten" });
      } catch (error) {
        if (mayPass(error)) left += 1;
        log.warn({
          class: "bot",
          what: "quote.not-taken-away",
          where: pseudonym(room),
          ...errorFields(error),
        });
      }
    }
    return left;
  }

  async #rooms(person: UserId, only: RoomId | undefined): Promise<readonly RoomId[]> {
    const rooms: RoomId[] = [];
    for await (const { document } of this.#deps.documents.aboutPerson(roomDocument, person))
      if (rooms.length < ROOMS && (only === undefined || only === document.id))
        rooms.push(document.id);
    // Of a room that is named and is none of theirs, such as the operators', nothing is told or taken away.
    return rooms;
  }

  async #in(room: RoomId, person: UserId, most: number): Promise<readonly EventId[]> {
    const { ownMessages, log } = this.#deps;
    try {
      return await ownMessages.find(room, (text) => namesPerson(text, person), most);
    } catch (error) {
      // Usher is not in the room any more, mostly.
      log.warn({
        class: "bot",
        what: "quotes.not-looked-for",
        where: pseudonym(room),
        ...errorFields(error),
      });
      return [];
    }
  }
}
