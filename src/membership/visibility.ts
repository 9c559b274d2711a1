import type { OwedWords } from "../chat/owed.ts";
import { retryTransient } from "../chat/retryTransient.ts";
import type { Ability } from "../integrations/ability.ts";
import type { Clock } from "../kernel/clock.ts";
import { unreachable } from "../matrix/errors.ts";
import { digest, type RoomId } from "../kernel/ids.ts";
import type { View } from "../kernel/errors.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type { OwnAccount, PowerLevels, RoomEncryption, Sending } from "../matrix/port.ts";
import { allowed, POWER_LEVELS } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type Told } from "../store/room.ts";

interface VisibilityDeps {
  readonly matrix: OwnAccount & Sending & PowerLevels & RoomEncryption;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly queue: KeyedQueue;
  readonly owed: Pick<OwedWords, "say">;
  readonly canReadEncrypted: boolean;
  /** In the order in which they are told. */
  readonly abilities: readonly Ability[];
}

/** Says again what Usher can see in a room when that, or what Usher may do there, has changed since it was last said (R54). */
export class Visibility {
  readonly #deps: VisibilityDeps;

  constructor(deps: VisibilityDeps) {
    this.#deps = deps;
  }

  /** How it is now; patient where the homeserver cannot say. Rejects with an `UsherError`. */
  look(room: RoomId): Promise<Omit<Told, "at">> {
    return retryTransient(this.#deps, () => this.#read(room));
  }

  async #read(room: RoomId): Promise<Omit<Told, "at">> {
    const { matrix, abilities } = this.#deps;
    const [encryption, power] = await Promise.all([matrix.encryption(room), matrix.power(room)]);
    if (encryption === "unknown") throw unreachable("read-state", "unknown");
    return {
      encrypted: encryption === "encrypted",
      rights: abilities.filter(({ need }) => allowed(power, matrix.me, need)).map(({ id }) => id),
    };
  }

  /** Settles when it has been said where something of it changed. What cannot be said now for a passing reason is tried until it can. */
  async handle(batch: Batch): Promise<void> {
    const changed = batch.rooms.filter(
      ({ gap, events }) =>
        gap ||
        events.some(
          ({ type, stateKey }) =>
            stateKey === "" && (type === "m.room.encryption" || type === POWER_LEVELS),
        ),
    );
    await Promise.all(
      changed.map(({ roomId }) =>
        this.#deps.queue.run(roomId, () => retryTransient(this.#deps, () => this.#compare(roomId))),
      ),
    );
  }

  async #compare(room: RoomId): Promise<void> {
    const { documents, clock, owed, canReadEncrypted, abilities } = this.#deps;
    const document = await documents.get(roomDocument, room);
    // Where Usher has not greeted yet, the greeting says it.
    if (document?.greetedAt === undefined) return;
    const now = await this.#read(room);
    const before = document.told ?? {
      encrypted: false,
      rights: now.rights,
      at: document.greetedAt,
    };
    const turned = now.encrypted && !before.encrypted;
    const changed = now.rights.join() !== before.rights.join();
    if ((!turned && !changed) || (now.encrypted && !canReadEncrypted)) return;
    const listed = (rights: readonly string[]): View[] =>
      abilities
        .filter(({ id }) => rights.includes(id))
        .map(({ said }, place) => ({ first: place === 0, right: said }));
    const lost = listed(before.rights.filter((right) => !now.rights.includes(right)));
    const view = { turned, changed, encrypted: now.encrypted, may: listed(now.rights), lost };
    // The same change is the same message, before a crash and after it.
    await owed.say(
      room,
      { template: "visibility", view },
      { cause: `${room} ${digest("told", JSON.stringify([before, now]))}`, step: "visibility" },
    );
    await documents.update(roomDocument, room, (current) => ({
      ...current,
      told: { ...now, at: clock.now() },
    }));
  }
}
