import { deepFreeze } from "../../src/kernel/freeze.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type { Content, OwnAccount, RoomState, StateEvent } from "../../src/matrix/port.ts";

/** The state of one room, without a homeserver; it counts what is sent. */
export class MemoryRoom implements OwnAccount, RoomState {
  readonly me = "@usher:example.org" as UserId;
  /** Everything that was sent, oldest first. */
  readonly sent: StateEvent[] = [];
  readonly #state = new Map<string, StateEvent>();

  /** Somebody writes state; by default Usher. */
  put(type: string, stateKey: string, content: Content, sender: UserId = this.me): EventId {
    const eventId = `$state${String(this.sent.length)}` as EventId;
    const about = {
      eventId,
      roomId: "!room:example.org" as RoomId,
      sender,
      originServerTs: 0,
      redacted: false,
      encryption: "none",
    } as const;
    const event: StateEvent = deepFreeze({
      ...about,
      type,
      stateKey,
      content: structuredClone(content),
    });
    this.sent.push(event);
    this.#state.set(JSON.stringify([type, stateKey]), event);
    return eventId;
  }

  /** What stands there, as its exact JSON. */
  json(type: string, stateKey: string): string {
    return JSON.stringify(this.#state.get(JSON.stringify([type, stateKey]))?.content);
  }

  state(_: RoomId, type: string, stateKey: string): Promise<Content | undefined> {
    return Promise.resolve(this.#state.get(JSON.stringify([type, stateKey]))?.content);
  }

  allState(): Promise<readonly StateEvent[]> {
    return Promise.resolve([...this.#state.values()]);
  }

  setState(_: RoomId, type: string, stateKey: string, content: Content): Promise<EventId> {
    return Promise.resolve(this.put(type, stateKey, content));
  }
}
