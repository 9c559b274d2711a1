import { sleep, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { MEMBER, type Outbox } from "./outbox.ts";
import type { RoomReader } from "./roomReader.ts";

/** A homeserver may know of an invitation before it lets Usher act on it (Synapse issue 4345). */
const INVITATION_SETTLES = 2000;

interface MembershipsDeps {
  readonly call: HomeserverCall;
  readonly me: UserId;
  readonly clock: Clock;
  readonly log: Log;
  readonly rooms: RoomReader;
  readonly outbox: Outbox;
  /** Ends when Usher stops. */
  readonly signal: AbortSignal;
}

/** Changes who is in rooms, Usher itself among them, in the room's order of sending. */
export class Memberships {
  readonly #deps: MembershipsDeps;

  constructor(deps: MembershipsDeps) {
    this.#deps = deps;
  }

  async join(room: RoomId, via?: string): Promise<void> {
    // Through federation it may take minutes; joining twice is joining once.
    const join = (): Promise<unknown> =>
      this.#deps.outbox.enqueue(room, "join", (signal) =>
        // Homeservers before specification 1.12 know `server_name` only.
        this.#deps.call("POST", path("join", room), {
          query: { via, server_name: via },
          body: {},
          signal,
          timeoutMs: 180_000,
        }),
      );
    try {
      await join();
    } catch (error) {
      if (!(error instanceof UsherError) || error.view["status"] !== 403) throw error;
      await sleep(this.#deps.clock, INVITATION_SETTLES, this.#deps.signal).catch(
        (stopped: unknown) => {
          throw toUsherError(stopped, "join");
        },
      );
      await join();
    }
    this.#deps.rooms.dropAll(room);
  }

  async leave(room: RoomId, reason?: string): Promise<void> {
    await this.#move(room, "leave", this.#deps.me, ["leave", "ban"], reason);
    this.#deps.rooms.dropAll(room);
  }

  invite(room: RoomId, user: UserId, reason?: string): Promise<void> {
    return this.#move(room, "invite", user, ["invite", "join"], reason);
  }

  kick(room: RoomId, user: UserId, reason?: string): Promise<void> {
    return this.#move(room, "kick", user, ["leave", "ban"], reason);
  }

  /** Changes a membership, which the homeserver writes into the room's state. A refusal is no failure where it is already so, after a lost answer or a crash. */
  #move(
    room: RoomId,
    how: "leave" | "invite" | "kick",
    user: UserId,
    done: readonly string[],
    reason: string | undefined,
  ): Promise<void> {
    const body = {
      ...(how === "leave" ? {} : { user_id: user }),
      ...(reason === undefined ? {} : { reason }),
    };
    return this.#deps.outbox.enqueue(room, how, async (signal) => {
      try {
        await this.#deps.call("POST", path("rooms", room, how), { body, signal });
      } catch (error) {
        if (
          !(error instanceof HomeserverError) ||
          error.passing ||
          !done.includes(await this.#membership(room, user))
        )
          throw error;
      } finally {
        this.#deps.rooms.drop(room, MEMBER, user);
      }
    });
  }

  /** "" where it cannot be known. */
  async #membership(room: RoomId, user: UserId): Promise<string> {
    try {
      this.#deps.rooms.drop(room, MEMBER, user);
      const content = await this.#deps.rooms.state(room, "m.room.member", user);
      if (content === undefined) return "leave";
      return typeof content["membership"] === "string" ? content["membership"] : "";
    } catch (error) {
      this.#deps.log.debug({ class: "ops", what: "membership.unknown", ...errorFields(error) });
      return "";
    }
  }
}
