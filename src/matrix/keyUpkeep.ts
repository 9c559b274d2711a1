import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import { settledWithin } from "../kernel/tasks.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { inviterBefore, isContent, membershipBefore } from "./events.ts";
import { isOwnJoin } from "./ownMembership.ts";
import type { Content, RoomEncryption, RoomMembers } from "./port.ts";

/** How long sending waits for people to be looked up, so that what is asked of them goes along; ms. */
const TRACK_PATIENCE_MS = 2_000;

interface KeyUpkeepDeps {
  readonly cipher: RoomCipher;
  readonly rooms: RoomEncryption & RoomMembers;
  readonly noteEncryption: (room: RoomId) => void;
  readonly me: UserId;
  readonly log: Log;
}

/** Tells the cipher what the rooms' state means for keys: before a batch what must not wait, after it what may. */
export class KeyUpkeep {
  readonly #deps: KeyUpkeepDeps;
  /** Who came into which room and is not yet known to be tracked; "all" where Usher came itself or the room turned encrypted. */
  readonly #arrived = new Map<RoomId, Set<UserId> | "all">();
  /** Rooms whose people are being looked up. */
  readonly #tracking = new Set<RoomId>();
  #running = false;
  #again = false;
  #stopped = false;
  #work: Promise<void> = Promise.resolve();

  constructor(deps: KeyUpkeepDeps) {
    this.#deps = deps;
  }

  /**
   * Takes a room's raw events, oldest first. Rejects where the cipher could not take note: then the answer must not count as received.
   * `gap` means that members may have left unseen.
   */
  async before(
    room: RoomId,
    events: readonly Content[],
    gap: boolean,
    first: boolean,
  ): Promise<void> {
    const { cipher, me, noteEncryption } = this.#deps;
    let left = gap;
    for (const event of events) {
      const { type, state_key: key, content } = event;
      if (!isContent(content)) continue;
      if (type === "m.room.encryption" && key === "") {
        noteEncryption(room);
        await cipher.roomEncryption(room, content);
        // After a first sync that would be every room there is; the first message into each will see to it.
        if (!first) this.#arrived.set(room, "all");
      } else if (type === "m.room.member" && typeof key === "string" && !first) {
        const user = asUserId(key);
        const own = isOwnJoin(event, me);
        const inviter = own ? inviterBefore(event) : undefined;
        if (inviter !== undefined) await cipher.expectHistory(room, inviter);
        if (own) this.#arrived.set(room, "all");
        else if (content["membership"] !== "join") left ||= content["membership"] !== "invite";
        else if (user !== undefined && membershipBefore(event) !== "join") this.#arrive(room, user);
      }
    }
    if (left) await cipher.rotate(room);
  }

  /** Starts what may take requests: devices of those who came, and what the engine has to send. Runs beside the batches, once at a time. */
  after(): void {
    if (!this.#deps.cipher.available) {
      this.#arrived.clear();
      return;
    }
    this.#again = true;
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#work = this.#run().catch((error: unknown) => {
      this.#deps.log.warn({ class: "ops", what: "crypto.flush-failed", ...errorFields(error) });
    });
  }

  /** Begins nothing more, and resolves when nothing of it runs. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#work;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        const due = [...this.#arrived].filter(([room]) => !this.#tracking.has(room));
        // A room of which the homeserver tells nothing holds up neither the others nor what is to be sent.
        await settledWithin(
          Promise.all(due.map(([room, who]) => this.#track(room, who))),
          TRACK_PATIENCE_MS,
        );
        await this.#deps.cipher.flush();
      }
    } finally {
      this.#running = false;
    }
  }

  #arrive(room: RoomId, user: UserId): void {
    const known = this.#arrived.get(room);
    if (known === "all") return;
    this.#arrived.set(room, (known ?? new Set()).add(user));
  }

  async #track(room: RoomId, who: ReadonlySet<UserId> | "all"): Promise<void> {
    const { cipher, rooms, log } = this.#deps;
    this.#arrived.delete(room);
    this.#tracking.add(room);
    try {
      const encryption = await rooms.encryption(room);
      if (encryption === "none") return;
      if (encryption === "unknown")
        throw new Error("it is not known whether the room is encrypted");
      await cipher.track(who === "all" ? [...(await rooms.members(room)).joined] : [...who]);
    } catch (error) {
      // The next batch tries again, and so does the first message into the room.
      this.#arrived.set(room, "all");
      log.warn({
        class: "bot",
        what: "crypto.track-failed",
        where: pseudonym(room),
        ...errorFields(error),
      });
    } finally {
      this.#tracking.delete(room);
    }
  }
}
