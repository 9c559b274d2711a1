import { EventWaiter } from "../../../src/integrations/eventWaiter.ts";
import { ManualClock } from "../../../src/kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Connector, ConnectorDeps, Link } from "../../../src/kinds/bridges/connector.ts";
import { bridgeCatalogue } from "../../../src/kinds/bridges/config.ts";
import { openConnector } from "../../../src/kinds/bridges/connectors.ts";
import { Dialogues } from "../../../src/kinds/bridges/dialogue/dialogues.ts";
import type { Content, RoomEvent, StateEvent } from "../../../src/matrix/port.ts";
import type { Hands, ScriptedBridge } from "./scriptedBridge.ts";

const USHER = "@usher:example.org" as UserId;
const ANN = "@ann:example.org" as UserId;
const CONTROL = "!control:example.org" as RoomId;
export const LINKED = "!r:example.org" as RoomId;

/** A connector of which only its words with a scripted bridge are real: what it says, and what it makes of answers. */
export class ConnectorTalk<B extends ScriptedBridge> {
  readonly clock = new ManualClock();
  readonly bridge: B;
  /** Every order, with where it was typed. */
  readonly heard: string[] = [];
  /** What it answers instead of what a sound one would, by the order. Undefined: silence. */
  readonly odd = new Map<string, string | undefined>();
  here = true;
  levels: Content = { users: { [USHER]: 100, [ANN]: 100 }, kick: 50 };
  readonly state: StateEvent[] = [];
  readonly #waiter = new EventWaiter(this.clock);
  #count = 0;
  readonly #dialogues = new Dialogues({
    clock: this.clock,
    matrix: {
      me: USHER,
      send: (room, message) => Promise.resolve(this.#take(room, message.body ?? "")),
    },
  });

  constructor(make: (hands: Hands) => B) {
    this.bridge = make({
      membership: (room) => (room === CONTROL || this.here ? "join" : "leave"),
      join: () => (this.here = true),
      leave: (room) => {
        if (room === LINKED) this.here = false;
        this.#waiter.wake(room);
      },
      invite: () => undefined,
      say: (room, line) => {
        if (room === CONTROL || this.here) this.says(line, this.bridge.bot, room);
      },
      write: (room, type, stateKey, content) => {
        this.marks(type, stateKey, content, this.bridge.bot, room);
      },
    });
  }

  link(channel: string, more: Partial<Link> = {}): Link {
    return { room: LINKED, channel, person: ANN, cause: "$asked" as EventId, ...more };
  }

  /** Somebody writes this into the room's state. */
  marks(type: string, stateKey: string, content: Content, sender: UserId, roomId = LINKED): void {
    this.#count += 1;
    this.state.push({
      ...{ type, stateKey, content, sender, roomId, redacted: false, encryption: "none" },
      ...{ originServerTs: this.#count, eventId: `$e${String(this.#count)}` as EventId },
    });
  }

  open(more: object = {}): Connector {
    const [entry] = bridgeCatalogue.parse([{ ...this.bridge.entry, ...more }]);
    if (entry === undefined) throw new Error("No entry");
    const deps = {
      dialogues: this.#dialogues,
      rooms: { with: () => Promise.resolve(CONTROL) },
      waiter: this.#waiter,
      clock: this.clock,
      matrix: {
        me: USHER,
        state: () => Promise.resolve({ membership: this.here ? "join" : "leave" }),
        invite: (room: RoomId) => {
          this.bridge.invited(room);
          this.#waiter.wake(room);
          return Promise.resolve();
        },
        allState: () => Promise.resolve(this.state),
        power: () =>
          Promise.resolve({ version: "11", creators: new Set([ANN]), levels: this.levels }),
      },
    };
    return openConnector(entry, deps as unknown as ConnectorDeps);
  }

  /** How something ends, time being no matter. */
  async ends<T>(work: Promise<T>): Promise<T | { code: string; view: unknown }> {
    const ended = work.catch((error: unknown) => error as { code: string; view: unknown });
    for (let minute = 0; minute < 6; minute += 1) {
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(60_000);
    }
    return ended;
  }

  /** Somebody says something in a room. */
  says(body: string, sender: UserId, roomId: RoomId, msgtype = "m.notice"): void {
    this.#note(roomId, sender, { msgtype, body });
  }

  #take(room: RoomId, body: string): EventId {
    const id = this.#note(room, USHER, { body });
    this.heard.push(`${room === LINKED ? "room" : "alone"}: ${body}`);
    const order = body.split(" ")[1] ?? "";
    const sound = this.bridge.hear(room, body).join("\n\n");
    const words = this.odd.has(order) ? this.odd.get(order) : sound;
    if (words !== undefined && words !== "")
      setImmediate(() => {
        this.says(words, this.bridge.bot, room);
      });
    return id;
  }

  #note(roomId: RoomId, sender: UserId, content: Content): EventId {
    this.#count += 1;
    const eventId = `$e${String(this.#count)}` as EventId;
    const event = {
      ...{ roomId, sender, content, eventId, type: "m.room.message", redacted: false },
      ...{ originServerTs: 0, encryption: "none" },
    } as unknown as RoomEvent;
    this.#dialogues.note({ roomId, gap: false, events: [event] });
    return eventId;
  }
}
