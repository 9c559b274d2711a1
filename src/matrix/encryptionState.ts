import type { RoomId } from "../kernel/ids.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import type { Clock } from "../kernel/clock.ts";
import { path, type HomeserverCall } from "./client.ts";
import { isNotFound } from "./errors.ts";
import { content } from "./events.ts";
import type { Content } from "./port.ts";

/**
 * How long "not encrypted" is believed without asking again, ms. That a room turns encrypted is heard at once by the sync, which tells of
 * every such change, after a gap too; asking again is for the case that it was not told.
 */
const FRESH = 300_000;

/** Where it is kept, beyond this process, that a room is encrypted. */
export interface EncryptionMemory {
  isEncrypted(room: RoomId): Promise<boolean>;
  remember(room: RoomId): Promise<void>;
}

export function encryptionMemory(documents: Documents): EncryptionMemory {
  return {
    isEncrypted: async (room) => (await documents.get(roomDocument, room))?.encrypted === true,
    remember: async (room) => {
      await documents.update(roomDocument, room, (document) =>
        document.encrypted === true ? document : { ...document, encrypted: true as const },
      );
    },
  };
}

/**
 * Whether rooms are encrypted. It fails closed: only the homeserver's word that there is no such state means "none", every
 * other failure rejects, and what has once been encrypted stays so. The SDK's own look-up takes any error for "not encrypted".
 */
export class EncryptionState {
  readonly #call: HomeserverCall;
  readonly #clock: Clock;
  readonly #memory: EncryptionMemory;
  readonly #found: (room: RoomId, content: Content) => Promise<void>;
  readonly #encrypted = new Set<RoomId>();
  readonly #remembered = new Set<RoomId>();
  readonly #clearAt = new Map<RoomId, number>();

  /** `found` is told the settings of an encrypted room once, before it is said to be encrypted. */
  constructor(
    call: HomeserverCall,
    clock: Clock,
    memory: EncryptionMemory,
    found: (room: RoomId, content: Content) => Promise<void>,
  ) {
    this.#call = call;
    this.#clock = clock;
    this.#memory = memory;
    this.#found = found;
  }

  /** Rejects with a `HomeserverError` where it cannot be known now. */
  async of(room: RoomId): Promise<"none" | "encrypted"> {
    if (!this.#remembered.has(room)) {
      const clearAt = this.#clearAt.get(room);
      if (
        !this.#encrypted.has(room) &&
        clearAt !== undefined &&
        this.#clock.now() - clearAt < FRESH
      )
        return "none";
      await this.#learn(room);
    }
    return this.#encrypted.has(room) ? "encrypted" : "none";
  }

  /** An `m.room.encryption` event was seen. */
  note(room: RoomId): void {
    this.#encrypted.add(room);
    this.#clearAt.delete(room);
  }

  async #learn(room: RoomId): Promise<void> {
    if (await this.#memory.isEncrypted(room)) this.note(room);
    const asked = this.#clock.now();
    try {
      const settings = content.safeParse(
        await this.#call("GET", path("rooms", room, "state", "m.room.encryption", "")),
      );
      this.note(room);
      if (settings.success) await this.#found(room, settings.data);
    } catch (error) {
      // Somebody who can make the homeserver forget the state of an encrypted room changes nothing.
      if (!isNotFound(error)) throw error;
    }
    if (this.#encrypted.has(room)) {
      await this.#memory.remember(room);
      this.#remembered.add(room);
    } else {
      this.#clearAt.set(room, asked);
    }
  }
}
