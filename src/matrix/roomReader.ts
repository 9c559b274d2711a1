import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import {
  asRoomId,
  asUserId,
  type EventId,
  type RoomAlias,
  type RoomId,
  type UserId,
} from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError, isNotFound } from "./errors.ts";
import { content, readEvent, receivedRoomId } from "./events.ts";
import type { Content, Members, RoomEvent, RoomPower, StateEvent } from "./port.ts";
import { roomPower } from "./power.ts";

/** How long what was read is believed, ms. An event that changes it, or a gap in what was heard, ends that at once. */
const FRESH = 30_000;
/** Who is in a room is asked before every answer, and each coming and going is heard: a command after a quiet minute need not wait for it. */
const MEMBERS_FRESH = 300_000;

const joinedRooms = z.object({ joined_rooms: z.array(z.unknown()) });
const directory = z.object({ room_id: receivedRoomId });
const memberList = z.object({ chunk: z.array(z.unknown()) });

/** The state of a room as far as it can be read. */
export interface WholeState {
  readonly events: readonly StateEvent[];
  /** Nothing of it was malformed, and left out. */
  readonly complete: boolean;
}

interface Known {
  /** Believed before this moment; ms since the epoch. */
  readonly until: number;
  readonly value: Promise<unknown>;
}

/**
 * What rooms are like now, read when it is needed and never gathered from timelines, which are not state.
 * Rejects with a `HomeserverError`.
 */
export class RoomReader {
  readonly #call: HomeserverCall;
  readonly #clock: Clock;
  readonly #rooms = new Map<RoomId, Map<string, Known>>();
  /** A room's create event never changes. */
  readonly #creates = new Map<RoomId, RoomEvent>();

  constructor(call: HomeserverCall, clock: Clock) {
    this.#call = call;
    this.#clock = clock;
  }

  /** The content of one state event; undefined if there is none. At most 30 s old. */
  state(room: RoomId, type: string, stateKey: string): Promise<Content | undefined> {
    return this.#fresh(room, stateName(type, stateKey), FRESH, async () => {
      const answer = await this.#unlessAbsent(path("rooms", room, "state", type, stateKey));
      return answer === undefined ? undefined : expect(content, answer);
    });
  }

  /** The whole state, from the homeserver; events that are malformed are left out. */
  async allState(room: RoomId): Promise<readonly StateEvent[]> {
    return (await this.wholeState(room)).events;
  }

  /** The same, for whoever must know that nothing was left out. */
  async wholeState(room: RoomId): Promise<WholeState> {
    const answer = await this.#call("GET", path("rooms", room, "state"));
    const raw = expect(z.array(z.unknown()), answer);
    const events = stateEvents(raw, room);
    return { events, complete: events.length === raw.length };
  }

  async power(room: RoomId): Promise<RoomPower> {
    const [create, levels] = await Promise.all([
      this.#create(room),
      this.state(room, "m.room.power_levels", ""),
    ]);
    return roomPower(create, levels);
  }

  /** Who is in the room or invited; at most 5 min old. */
  members(room: RoomId): Promise<Members> {
    return this.#fresh(room, MEMBERS, MEMBERS_FRESH, async () => {
      const answer = await this.#call("GET", path("rooms", room, "members"), {
        query: { not_membership: "leave" },
      });
      return membersOf(stateEvents(expect(memberList, answer).chunk, room));
    });
  }

  /** Who may read what is said now. */
  async readers(room: RoomId): Promise<readonly UserId[]> {
    const [{ joined, invited }, history] = await Promise.all([
      this.members(room),
      this.state(room, "m.room.history_visibility", ""),
    ]);
    return history?.["history_visibility"] === "joined" ? [...joined] : [...joined, ...invited];
  }

  /** One event as it is there, encrypted or not and unchecked; undefined if there is none. */
  event(room: RoomId, event: EventId): Promise<unknown> {
    return this.#unlessAbsent(path("rooms", room, "event", event));
  }

  /** Where an address leads; undefined where it leads nowhere. */
  async resolve(alias: RoomAlias): Promise<RoomId | undefined> {
    const answer = await this.#unlessAbsent(path("directory", "room", alias));
    return answer === undefined ? undefined : expect(directory, answer).room_id;
  }

  /** The rooms Usher is in; an entry that is no room's id is left out. */
  async joined(): Promise<readonly RoomId[]> {
    const answer = expect(joinedRooms, await this.#call("GET", path("joined_rooms")));
    return answer.joined_rooms.flatMap((one) =>
      typeof one === "string" ? (asRoomId(one) ?? []) : [],
    );
  }

  /** Drops what the event, or a change of our own, makes old. */
  drop(room: RoomId, type: string, stateKey: string): void {
    const known = this.#rooms.get(room);
    known?.delete(stateName(type, stateKey));
    if (type === "m.room.member") known?.delete(MEMBERS);
  }

  /** Is read anew when it is next asked for. Who is in the room follows from what is heard, and is not asked because one of them is. */
  reread(room: RoomId, type: string, stateKey: string): void {
    this.#rooms.get(room)?.delete(stateName(type, stateKey));
  }

  /** State that has changed, as the intake heard. */
  note(room: RoomId, type: string, stateKey: string, { membership }: Content): void {
    if (type === "m.room.member") this.#noteMember(room, stateKey, membership);
    else this.drop(room, type, stateKey);
  }

  /** Who is in the room follows from it, and thousands need not be fetched anew. */
  #noteMember(room: RoomId, person: string, membership: unknown): void {
    const known = this.#rooms.get(room);
    known?.delete(stateName("m.room.member", person));
    const list = known?.get(MEMBERS);
    const user = asUserId(person);
    if (known === undefined || list === undefined || user === undefined) return;
    if (typeof membership !== "string") return void known.delete(MEMBERS);
    const { until, value } = list;
    const next = (value as Promise<MutableMembers>).then(({ joined, invited }) => {
      joined.delete(user);
      invited.delete(user);
      if (membership === "join") joined.add(user);
      if (membership === "invite") invited.add(user);
      return { joined, invited };
    });
    this.#keep(known, MEMBERS, { until, value: next });
  }

  /** Drops all that is known of the room: events were missed, or Usher came or went. */
  dropAll(room: RoomId): void {
    this.#rooms.delete(room);
  }

  async #unlessAbsent(where: string): Promise<unknown> {
    try {
      return await this.#call("GET", where);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(room: RoomId): Promise<RoomEvent> {
    const known = this.#creates.get(room);
    if (known !== undefined) return known;
    // Servers without this option (specification 1.16) give the content alone, and who sent it is needed.
    const raw = await this.#call("GET", path("rooms", room, "state", "m.room.create", ""), {
      query: { format: "event" },
    });
    const single = readEvent(raw, room);
    const create =
      single?.type === "m.room.create"
        ? single
        : (await this.allState(room)).find((event) => event.type === "m.room.create");
    if (create === undefined) throw new HomeserverError({ kind: "malformed" });
    this.#creates.set(room, create);
    return create;
  }

  #fresh<T>(room: RoomId, name: string, ms: number, load: () => Promise<T>): Promise<T> {
    const known = this.#rooms.get(room) ?? new Map<string, Known>();
    this.#rooms.set(room, known);
    const entry = known.get(name);
    const now = this.#clock.now();
    if (entry !== undefined && now < entry.until) return entry.value as Promise<T>;
    for (const [other, { until }] of known) if (now >= until) known.delete(other);
    const value = load();
    this.#keep(known, name, { until: now + ms, value });
    return value;
  }

  /** Until it turns out that it could not be read. */
  #keep(known: Map<string, Known>, name: string, mine: Known): void {
    known.set(name, mine);
    mine.value.catch(() => {
      if (known.get(name) === mine) known.delete(name);
    });
  }
}

const MEMBERS = "members";

interface MutableMembers {
  readonly joined: Set<UserId>;
  readonly invited: Set<UserId>;
}

function stateName(type: string, stateKey: string): string {
  return JSON.stringify([type, stateKey]);
}

function stateEvents(raw: readonly unknown[], room: RoomId): readonly StateEvent[] {
  return raw
    .map((one) => readEvent(one, room))
    .filter((event): event is StateEvent => event?.stateKey !== undefined);
}

/** Who is joined and who invited, from the state of a room. */
export function membersOf(state: readonly StateEvent[]): MutableMembers {
  const having = (membership: string): Set<UserId> =>
    new Set(
      state
        .filter(
          (event) => event.type === "m.room.member" && event.content["membership"] === membership,
        )
        .flatMap((event) => asUserId(event.stateKey) ?? []),
    );
  return { joined: having("join"), invited: having("invite") };
}

/** Checks an answer's shape; one that is wrong is a fault of the homeserver, and may pass. */
export function expect<T>(schema: z.ZodType<T>, answer: unknown): T {
  const { success, data } = schema.safeParse(answer);
  if (!success) throw new HomeserverError({ kind: "malformed" });
  return data;
}
