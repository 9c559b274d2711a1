import { z } from "zod";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { declareAccountData } from "../privacy/declared.ts";
import { TALK_ROOMS } from "../privacy/records/rooms.ts";
import { path, type HomeserverCall } from "./client.ts";
import { toUsherError } from "./errors.ts";
import { receivedRoomId } from "./events.ts";
import type { AccountData, Members, RoomMembers } from "./port.ts";
import { privateRoomRequest } from "./privateRoom.ts";
import { expect } from "./roomReader.ts";

const KNOWN = declareAccountData("im.usher.talk_rooms", TALK_ROOMS);

/** By program. What is no room in it is passed over. */
const known = z.record(z.string(), receivedRoomId.optional().catch(undefined)).catch({});
const created = z.object({ room_id: receivedRoomId });

interface ProgramRoomsDeps {
  readonly call: HomeserverCall;
  readonly matrix: AccountData & RoomMembers & { readonly me: UserId };
}

/**
 * The rooms in which Usher gives orders to programs, as the bots of bridges: one for each, unencrypted, with nobody else in it. They are none of `m.direct`, for a
 * program may be alone with Usher in others too, which are for something else.
 */
export class ProgramRooms {
  readonly #deps: ProgramRoomsDeps;
  /** One at a time, since the whole map is written each time. */
  #turn: Promise<unknown> = Promise.resolve();
  /** As it was last read or written: nobody else writes it. */
  #known: Readonly<Record<string, RoomId | undefined>> | undefined;

  constructor(deps: ProgramRoomsDeps) {
    this.#deps = deps;
  }

  /** The room with this program, made if there is none; it may only be invited yet. Rejects with `room-unreachable`. */
  of(program: UserId): Promise<RoomId> {
    const found = this.#turn.then(() => this.#findOrMake(program));
    this.#turn = found.catch(() => undefined);
    return found;
  }

  async #findOrMake(program: UserId): Promise<RoomId> {
    const { matrix } = this.#deps;
    const rooms = (this.#known ??= known.parse(await matrix.accountData(KNOWN)));
    const before = rooms[program];
    if (before !== undefined && (await this.#serves(before, program))) return before;
    const room = await this.#make(program);
    const now = { ...rooms, [program]: room };
    await matrix.setAccountData(KNOWN, now);
    this.#known = now;
    return room;
  }

  async #serves(room: RoomId, program: UserId): Promise<boolean> {
    const { matrix } = this.#deps;
    const { joined, invited } = await matrix.members(room).catch((error: unknown): Members => {
      // Usher is in it no longer. One that merely cannot be looked at now must not be replaced by another.
      if (error instanceof UsherError && error.view["status"] === 403) return NOBODY_THERE;
      throw error;
    });
    const inside = [...joined, ...invited];
    return inside.length === 2 && joined.has(matrix.me) && inside.includes(program);
  }

  async #make(program: UserId): Promise<RoomId> {
    try {
      const body = privateRoomRequest(program, false);
      return expect(created, await this.#deps.call("POST", path("createRoom"), { body })).room_id;
    } catch (error) {
      throw toUsherError(error, "create-room");
    }
  }
}

const NOBODY_THERE: Members = { joined: new Set(), invited: new Set() };
