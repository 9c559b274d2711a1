import { HOUR_MS } from "../kernel/days.ts";
import { Allowance } from "../kernel/allowance.ts";
import type { Clock } from "../kernel/clock.ts";
import { RecentMap } from "../kernel/recent.ts";
import { z } from "zod";
import { UsherError } from "../kernel/errors.ts";
import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { declareAccountData } from "../privacy/declared.ts";
import { PRIVATE_ROOM } from "../privacy/records/rooms.ts";
import type { OwnAccountData } from "./accountData.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { receivedRoomId } from "./events.ts";
import type { PrivacyFault } from "./port.ts";
import { privacyFault, privateRoomRequest } from "./privateRoom.ts";
import { expect, type RoomReader } from "./roomReader.ts";

/** Other clients of the account write it too: what is no room in it is passed over. */
const direct = z.record(
  z.string(),
  z
    .array(z.unknown())
    .catch([])
    .transform((rooms) =>
      rooms.filter((room): room is RoomId => receivedRoomId.safeParse(room).success),
    ),
);
const created = z.object({ room_id: receivedRoomId });

const DIRECT = declareAccountData("m.direct", PRIVATE_ROOM);

/** What a room must be, where that matters. */
type Only = "encrypted" | "unencrypted";

/** How many rooms per person are remembered as worth a look, and for how many people. */
const ROOMS_EACH = 8;
const PEOPLE = 5000;

/** How many rooms are made for one person in an hour: whoever leaves each one and asks again would have them made without end. */
const MADE = { times: 5, withinMs: HOUR_MS, most: PEOPLE };

interface DirectRoomsDeps {
  readonly call: HomeserverCall;
  readonly accountData: OwnAccountData;
  readonly rooms: RoomReader;
  readonly cipher: RoomCipher;
  /** Told of each encrypted room that is made. */
  readonly noteEncryption: (room: RoomId) => void;
  readonly me: UserId;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The rooms in which Usher speaks with one person alone. Where to look is remembered in the account's `m.direct` and from what
 * people said; whether a room is private is read from its state each time.
 */
export class DirectRooms {
  readonly #deps: DirectRoomsDeps;
  readonly #seen = new RecentMap<UserId, readonly RoomId[]>(PEOPLE);
  /** Not forgotten with their rooms: else forgetting would be a way to more of them. */
  readonly #made = new Allowance<UserId>(MADE);
  readonly #running = new Map<string, Promise<RoomId>>();
  readonly #making = new Set<Promise<RoomId>>();
  /** One after another, since the whole map is written each time. */
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: DirectRoomsDeps) {
    this.#deps = deps;
  }

  /** The person was active in the room, which may therefore be one of theirs with Usher. */
  noteActive(room: RoomId, person: UserId): void {
    const before = this.#seen.get(person) ?? [];
    if (before[0] === room) return;
    this.#seen.set(
      person,
      [room, ...before.filter((other) => other !== room)].slice(0, ROOMS_EACH),
    );
  }

  /** Asked twice at once for the same person, it makes one room. Rejects with `private-rooms-enough` where it has made many of late. */
  find(person: UserId, only?: Only): Promise<RoomId> {
    const sought = `${person} ${String(only)}`;
    const running = this.#running.get(sought);
    if (running !== undefined) return running;
    const finding = this.#findOrMake(person, only).finally(() => this.#running.delete(sought));
    this.#running.set(sought, finding);
    return finding;
  }

  /** Who may read what is said now. */
  async readers(room: RoomId): Promise<readonly UserId[]> {
    const readers = await this.whenMade(room);
    return readers ?? this.#deps.rooms.readers(room);
  }

  /**
   * Settles when the room is none that is being made, with who may read there, or undefined where that may have changed meanwhile. The sync tells of a room that
   * is being made before it is encrypted, and before those are in it for whom it is.
   */
  async whenMade(room: RoomId): Promise<readonly UserId[] | undefined> {
    const before = [...this.#making];
    const readers = await this.#deps.rooms.readers(room);
    const making = [...before, ...this.#making];
    if (readers.length > 1 || making.length === 0) return readers;
    await Promise.allSettled(making);
    return undefined;
  }

  /** The rooms that are remembered in `m.direct`, the latest first. */
  async remembered(person: UserId): Promise<readonly RoomId[]> {
    return (await this.#read())[person] ?? [];
  }

  /** With whom rooms are remembered in `m.direct`. */
  async people(): Promise<readonly UserId[]> {
    return Object.keys(await this.#read()).flatMap((key) => asUserId(key) ?? []);
  }

  /** Remembers none of the person's rooms any more. Rejects where that cannot be written. */
  forget(person: UserId): Promise<void> {
    this.#seen.delete(person);
    const write = async (): Promise<void> => {
      const { [person]: theirs, ...others } = await this.#read();
      if (theirs !== undefined) await this.#deps.accountData.set(DIRECT, others);
    };
    const writing = this.#writing.then(write);
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  /** Rejects with `room-not-private` unless the room is, at this moment, one of exactly this person and Usher. */
  async assertPrivate(room: RoomId, person: UserId): Promise<void> {
    const fault = await this.fault(room, person);
    if (fault !== undefined) throw new UsherError("room-not-private", { fault });
  }

  /** Why the room is, at this moment, not one of exactly this person and Usher; undefined where it is. */
  async fault(room: RoomId, person: UserId): Promise<PrivacyFault | undefined> {
    const { rooms, me } = this.#deps;
    if (!(await this.#isOfTwo(room))) return "members";
    return privacyFault(await rooms.wholeState(room), me, person);
  }

  /** As far as is known without a look at the whole state, which of a large room is much: anybody active in large rooms could have it read again and again. */
  async #isOfTwo(room: RoomId): Promise<boolean> {
    const { joined, invited } = await this.#deps.rooms.members(room);
    return joined.size + invited.size === 2;
  }

  async #findOrMake(person: UserId, only: Only | undefined): Promise<RoomId> {
    const known = await this.remembered(person);
    const candidates = new Set([...(this.#seen.get(person) ?? []), ...known]);
    const room = (await this.#among(candidates, person, only)) ?? (await this.#make(person, only));
    this.noteActive(room, person);
    await this.#remember(person, room);
    return room;
  }

  async #among(
    candidates: Iterable<RoomId>,
    person: UserId,
    only: Only | undefined,
  ): Promise<RoomId | undefined> {
    for (const room of candidates) if (await this.#serves(room, person, only)) return room;
    return undefined;
  }

  async #serves(room: RoomId, person: UserId, only: Only | undefined): Promise<boolean> {
    const { rooms, cipher, me } = this.#deps;
    try {
      if (!(await this.#isOfTwo(room))) return false;
      const state = await rooms.wholeState(room);
      const encrypted = state.events.some(
        ({ type, stateKey }) => type === "m.room.encryption" && stateKey === "",
      );
      const fits = encrypted ? cipher.available && only !== "unencrypted" : only !== "encrypted";
      return fits && privacyFault(state, me, person) === undefined;
    } catch (error) {
      // A room Usher is in no longer, mostly. One that merely cannot be looked at now must not be replaced by another.
      if (error instanceof HomeserverError && !error.passing) return false;
      throw error;
    }
  }

  #make(person: UserId, only: Only | undefined): Promise<RoomId> {
    const making = this.#create(person, only).finally(() => this.#making.delete(making));
    this.#making.add(making);
    return making;
  }

  async #create(person: UserId, only: Only | undefined): Promise<RoomId> {
    const { call, cipher, rooms, noteEncryption, clock } = this.#deps;
    if (!this.#made.allows(person, clock.now())) throw new UsherError("private-rooms-enough", {});
    const encrypted = cipher.available && only !== "unencrypted";
    try {
      const room = expect(
        created,
        await call("POST", path("createRoom"), {
          body: privateRoomRequest(person, encrypted),
        }),
      ).room_id;
      this.#made.take(person, clock.now());
      // The sync may have told of the room while it was half made, and what was read then lacks the person and the encryption.
      rooms.dropAll(room);
      if (encrypted) noteEncryption(room);
      return room;
    } catch (error) {
      // Only of a limit it is certain that nothing was made; to try again after anything else could make a second room.
      throw error instanceof HomeserverError && error.status === 429
        ? error
        : toUsherError(error, "create-room");
    }
  }

  async #read(): Promise<z.infer<typeof direct>> {
    return direct.catch({}).parse(await this.#deps.accountData.get(DIRECT));
  }

  /** Never rejects: where it fails, the room is looked for among those the person was active in. */
  #remember(person: UserId, room: RoomId): Promise<void> {
    const write = async (): Promise<void> => {
      const known = await this.#read();
      const before = known[person] ?? [];
      if (before[0] === room) return;
      const rooms = [room, ...before.filter((other) => other !== room)].slice(0, ROOMS_EACH);
      await this.#deps.accountData.set(DIRECT, { ...known, [person]: rooms });
    };
    this.#writing = this.#writing.then(write).catch((error: unknown) => {
      this.#deps.log.warn({ class: "ops", what: "direct.not-remembered", ...errorFields(error) });
    });
    return this.#writing;
  }
}
