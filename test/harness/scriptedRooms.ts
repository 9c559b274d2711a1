import type { Content } from "../../src/matrix/port.ts";
import { rawEvent, type RawEvent } from "./rawEvents.ts";

/** Something the client sent; a repetition under the same transaction id is not sent again. */
export interface SentEvent {
  readonly room: string;
  readonly type: string;
  readonly txn: string;
  readonly content: Content;
  readonly eventId: string;
}

interface Room {
  readonly state: Map<string, RawEvent>;
  readonly events: Map<string, RawEvent>;
  history: readonly (readonly RawEvent[])[];
}

/** The rooms of a scripted homeserver: state that can be read back, events by id, scripted history, and what was sent. */
export class ScriptedRooms {
  readonly sent: SentEvent[] = [];
  readonly #rooms = new Map<string, Room>();
  readonly #transactions = new Map<string, string>();

  get(room: string): Room {
    const known = this.#rooms.get(room) ?? { state: new Map(), events: new Map(), history: [] };
    this.#rooms.set(room, known);
    return known;
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  /** Puts events into a room; those with a state key become its state. */
  take(room: string, events: readonly RawEvent[]): void {
    const known = this.get(room);
    for (const event of events) {
      known.events.set(event.event_id, event);
      if (event.state_key !== undefined)
        known.state.set(stateName(event.type, event.state_key), event);
    }
  }

  state(room: string, type: string, stateKey = ""): RawEvent | undefined {
    return this.#rooms.get(room)?.state.get(stateName(type, stateKey));
  }

  /** What `/messages` gives, page by page, each newest first; the last page has no `end`. */
  history(room: string, ...pages: readonly (readonly RawEvent[])[]): void {
    this.get(room).history = pages;
  }

  setState(
    room: string,
    sender: string,
    type: string,
    stateKey: string,
    content: Content,
  ): RawEvent {
    const event = rawEvent(type, sender, content, { state_key: stateKey });
    this.take(room, [event]);
    return event;
  }

  /** Runs `effect`, which makes an event and gives its id, unless this transaction was there before: then gives the same id. */
  once(transaction: string, effect: () => string): string {
    const eventId = this.#transactions.get(transaction) ?? effect();
    this.#transactions.set(transaction, eventId);
    return eventId;
  }

  send(room: string, sender: string, type: string, txn: string, content: Content): string {
    return this.once(`send ${room} ${type} ${txn}`, () => {
      const event = rawEvent(type, sender, content);
      this.take(room, [event]);
      this.sent.push({ room, type, txn, content, eventId: event.event_id });
      return event.event_id;
    });
  }

  /** Rooms in which the person has this membership. */
  of(user: string, membership: string): string[] {
    return [...this.#rooms.keys()].filter(
      (room) => this.state(room, "m.room.member", user)?.content["membership"] === membership,
    );
  }
}

function stateName(type: string, stateKey: string): string {
  return JSON.stringify([type, stateKey]);
}
