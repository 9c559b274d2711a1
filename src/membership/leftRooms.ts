import type { RoomId } from "../kernel/ids.ts";
import type { OpenCipher } from "../matrix/crypto/openCipher.ts";
import type { Part } from "../matrix/part.ts";
import type { Rooms } from "../matrix/port.ts";
import type { Stored } from "../store/documentCache.ts";
import type { Documents, DocumentType } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";

interface LeftRoomsDeps {
  readonly matrix: Pick<Rooms, "joinedRooms">;
  readonly documents: Pick<Documents, "get">;
  /** Undefined where Usher has no keys. */
  readonly encryption: { readonly held: Pick<OpenCipher["held"], "forget" | "sweep"> } | undefined;
}

/** Sees to it that no keys stay of rooms that Usher is not in: what `Membership` could not delete, and what came where Usher never was. */
export class LeftRooms implements Part {
  readonly name = "keys";
  readonly #deps: LeftRoomsDeps;
  /** Rooms that something is kept of: Usher is in them, or about to be. */
  readonly #documented = new Set<string>();

  constructor(deps: LeftRoomsDeps) {
    this.#deps = deps;
  }

  /** Deletes the keys of a room that Usher was out of at `leftAt`; ms. */
  async forget(room: RoomId, leftAt: number): Promise<void> {
    await this.#deps.encryption?.held.forget(room, leftAt);
  }

  passBegins(): void {
    this.#documented.clear();
  }

  sees<T extends object>({ kind }: DocumentType<T>, { id }: Stored<T>): void {
    if (kind === roomDocument.kind) this.#documented.add(id);
  }

  async sweep(): Promise<void> {
    await this.#deps.encryption?.held.sweep((rooms) => this.#leftAmong(rooms));
  }

  async #leftAmong(rooms: readonly RoomId[]): Promise<readonly RoomId[]> {
    const { matrix, documents } = this.#deps;
    const unknown = rooms.filter((room) => !this.#documented.has(room));
    if (unknown.length === 0) return [];
    const joined = new Set(await matrix.joinedRooms());
    const left: RoomId[] = [];
    for (const room of unknown)
      // An invitation is written down before Usher accepts it.
      if (!joined.has(room) && (await documents.get(roomDocument, room)) === undefined)
        left.push(room);
    return left;
  }
}
