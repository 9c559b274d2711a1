import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { HomeserverCall } from "./client.ts";
import type { FileContent, FileMessage } from "./fileContent.ts";
import { placeFile, type PlacedFile } from "./media.ts";
import { fileContent } from "./messageContent.ts";
import type { Outbox } from "./outbox.ts";
import type { Once } from "./transaction.ts";

interface RoomFilesDeps {
  readonly call: HomeserverCall;
  readonly outbox: Pick<Outbox, "enqueue" | "isEncrypted" | "sayNow">;
  /** Rejects with `room-not-private` where others than this person read along. */
  readonly assertPrivate: (room: RoomId, person: UserId) => Promise<void>;
}

/** Files for rooms: put into the media repository, sealed where the room is encrypted, and told of in a message. As `Media`. */
export class RoomFiles {
  readonly #deps: RoomFilesDeps;

  constructor(deps: RoomFilesDeps) {
    this.#deps = deps;
  }

  /**
   * What was uploaded is used by every further try of this call. After a crash it is uploaded anew, the message is the same, and the first copy stays
   * unused in the media repository.
   */
  send(room: RoomId, file: FileContent, once: Once): Promise<EventId> {
    const { outbox } = this.#deps;
    let placed: PlacedFile | undefined;
    return outbox.enqueue(room, "send-file", async (signal) => {
      placed = await this.#placed(room, file, placed, signal);
      await this.#look(room, file.onlyFor);
      const { encrypted } = placed;
      return await outbox.sayNow(room, fileContent(file, placed), { encrypted, once }, signal);
    });
  }

  /** Not in the room's order: what is said there need not wait for an upload. */
  place(room: RoomId, file: FileContent): Promise<FileMessage> {
    return this.#deps.outbox.enqueue(`files ${room}`, "send-file", async (signal) => {
      const placed = await this.#placed(room, file, undefined, signal);
      return { encrypted: placed.encrypted, content: fileContent(file, placed) };
    });
  }

  sendPlaced(
    room: RoomId,
    { encrypted, content }: FileMessage,
    once: Once,
    onlyFor?: UserId,
  ): Promise<EventId | undefined> {
    const { outbox } = this.#deps;
    return outbox.enqueue(room, "send-file", async (signal) => {
      await this.#look(room, onlyFor);
      if (!encrypted && (await outbox.isEncrypted(room))) return undefined;
      return await outbox.sayNow(room, content, { encrypted, once }, signal);
    });
  }

  async #placed(
    room: RoomId,
    file: FileContent,
    before: PlacedFile | undefined,
    signal: AbortSignal,
  ): Promise<PlacedFile> {
    await this.#look(room, file.onlyFor);
    // Until they agree: a room may become encrypted while a file is under way, and then gets none that lies there unencrypted.
    for (let placed = before; ;) {
      const encrypted = await this.#deps.outbox.isEncrypted(room);
      if (placed?.encrypted === encrypted) return placed;
      placed = await placeFile(this.#deps.call, file, encrypted, signal);
    }
  }

  async #look(room: RoomId, onlyFor: UserId | undefined): Promise<void> {
    if (onlyFor !== undefined) await this.#deps.assertPrivate(room, onlyFor);
  }
}
