import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type {
  Content,
  Encryption,
  Identities,
  Identity,
  OwnAccount,
  PowerLevels,
  RoomEncryption,
  RoomMembers,
  RoomPrivacy,
  Rooms,
  RoomState,
  Sending,
  StateEvent,
} from "../../src/matrix/port.ts";
import { allowed, roomPower } from "../../src/matrix/power.ts";
import { privacyFault } from "../../src/matrix/privateRoom.ts";
import { membersOf } from "../../src/matrix/roomReader.ts";

const ME = "@usher:example.org" as UserId;

/** What a room is made with. */
interface Making {
  readonly creator: UserId;
  readonly joined?: readonly UserId[];
  readonly invited?: readonly UserId[];
  readonly levels?: Content;
  readonly create?: Content;
  readonly more?: readonly (readonly [type: string, content: Content])[];
}

/** Rooms without a homeserver, each as its state has it. It notes what Usher does, in order, and takes what was sent before for the same. */
export class MemoryHomeserver
  implements
    Identities,
    OwnAccount,
    Sending,
    RoomState,
    PowerLevels,
    RoomEncryption,
    RoomMembers,
    RoomPrivacy,
    Pick<Rooms, "join" | "leave" | "joinedRooms" | "whenMade">
{
  readonly me = ME;
  /** What Usher has done: `join !a`, `leave !a reason`, `say !a text`. */
  readonly done: string[] = [];
  /** Rooms that cannot be entered, and with what that fails. */
  readonly closed = new Map<RoomId, Error>();
  /** Rooms that can be looked into from outside. */
  readonly open = new Set<RoomId>();
  /** Rooms whose members cannot be asked for. */
  readonly silent = new Set<RoomId>();
  /** What it says of everybody's identity. */
  identities: Identity = { is: "known", masterKey: "first" };
  /** Called at each join, before anything else. */
  onJoin: (room: RoomId) => void = () => undefined;
  readonly #rooms = new Map<RoomId, Map<string, StateEvent>>();
  readonly #transactions = new Map<string, EventId>();
  #events = 0;
  /** Its clock; ms since the epoch. */
  now = (): number => 0;

  identity(): Promise<Identity> {
    return Promise.resolve(this.identities);
  }

  make(
    room: RoomId,
    { creator, joined = [], invited = [], levels, create = {}, more = [] }: Making,
  ): void {
    this.put(room, "m.room.create", "", { room_version: "11", ...create }, creator);
    for (const user of joined) this.put(room, "m.room.member", user, { membership: "join" }, user);
    for (const user of invited)
      this.put(room, "m.room.member", user, { membership: "invite" }, creator);
    if (levels !== undefined) this.put(room, "m.room.power_levels", "", levels, creator);
    for (const [type, content] of more) this.put(room, type, "", content, creator);
  }

  /** Somebody writes state. Gives the event, as a batch would have it. */
  put(room: RoomId, type: string, stateKey: string, content: Content, sender: UserId): StateEvent {
    this.#events += 1;
    const event: StateEvent = {
      eventId: `$state${String(this.#events)}` as EventId,
      roomId: room,
      sender,
      originServerTs: this.now(),
      redacted: false,
      encryption: "none",
      type,
      stateKey,
      content,
    };
    const state = this.#rooms.get(room) ?? new Map<string, StateEvent>();
    this.#rooms.set(room, state.set(JSON.stringify([type, stateKey]), event));
    return event;
  }

  #find(room: RoomId, type: string, stateKey = ""): StateEvent | undefined {
    return this.#rooms.get(room)?.get(JSON.stringify([type, stateKey]));
  }

  inside(room: RoomId): boolean {
    return this.#find(room, "m.room.member", ME)?.content["membership"] === "join";
  }

  async join(room: RoomId, via?: string): Promise<void> {
    await Promise.resolve();
    this.onJoin(room);
    const closed = this.closed.get(room);
    if (closed !== undefined) throw closed;
    this.done.push(["join", room, via].filter((one) => one !== undefined).join(" "));
    this.put(room, "m.room.member", ME, { membership: "join" }, ME);
  }

  leave(room: RoomId, reason?: string): Promise<void> {
    this.done.push(["leave", room, reason].filter((one) => one !== undefined).join(" "));
    this.put(room, "m.room.member", ME, { membership: "leave" }, ME);
    return Promise.resolve();
  }

  async send(...[room, message, { cause, step }]: Parameters<Sending["send"]>) {
    const power = await this.power(room);
    if (!allowed(power, ME, { kind: "message", type: "m.room.message" }))
      throw new UsherError("room-unreachable", { action: "send", status: 403 });
    const transaction = `${room} ${cause} ${step}`;
    const before = this.#transactions.get(transaction);
    if (before !== undefined) return before;
    this.#events += 1;
    const id = `$sent${String(this.#events)}` as EventId;
    this.#transactions.set(transaction, id);
    this.done.push(`say ${room} ${message.body}`);
    return id;
  }

  async members(room: RoomId): ReturnType<RoomMembers["members"]> {
    if (this.silent.has(room)) throw new UsherError("room-unreachable", { action: "members" });
    return membersOf(await this.#state(room));
  }

  encryption(room: RoomId): Promise<Encryption> {
    return Promise.resolve(
      this.#find(room, "m.room.encryption") === undefined ? "none" : "encrypted",
    );
  }

  power(room: RoomId): ReturnType<PowerLevels["power"]> {
    const create = this.#find(room, "m.room.create");
    if (create === undefined) return Promise.reject(new Error(`There is no room ${room}`));
    return Promise.resolve(roomPower(create, this.#find(room, "m.room.power_levels")?.content));
  }

  state(room: RoomId, type: string, stateKey: string): Promise<Content | undefined> {
    return Promise.resolve(this.#find(room, type, stateKey)?.content);
  }

  setState(...[room, type, stateKey, content]: Parameters<RoomState["setState"]>) {
    return Promise.resolve(this.put(room, type, stateKey, content, ME).eventId);
  }

  async allState(room: RoomId): Promise<readonly StateEvent[]> {
    if (!this.inside(room) && !this.open.has(room))
      throw new UsherError("room-unreachable", { action: "read-state", status: 403 });
    return this.#state(room);
  }

  /** All state of a room, for whoever asks. */
  standing(room: RoomId): readonly StateEvent[] {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }

  #state(room: RoomId): Promise<readonly StateEvent[]> {
    return Promise.resolve(this.standing(room));
  }

  async privacyFault(room: RoomId, person: UserId): ReturnType<RoomPrivacy["privacyFault"]> {
    return privacyFault({ events: await this.allState(room), complete: true }, ME, person);
  }

  whenMade(): Promise<void> {
    return Promise.resolve();
  }

  joinedRooms(): Promise<readonly RoomId[]> {
    return Promise.resolve([...this.#rooms.keys()].filter((room) => this.inside(room)));
  }
}
