import { withChanges } from "../../integrations/changes.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import {
  connectedOf,
  connectionsOf,
  withConnection,
  withoutConnection,
  type ConnectionChange,
  type ConnectionRecord,
} from "./records.ts";

/** What Usher remembers of the connections of rooms. */
export class ConnectionBook {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    this.#documents = documents;
    this.#clock = clock;
  }

  async records(room: RoomId): Promise<readonly ConnectionRecord[]> {
    return connectionsOf(await this.#documents.get(roomDocument, room));
  }

  async record(room: RoomId, wanted: string): Promise<ConnectionRecord | undefined> {
    return (await this.records(room)).find(({ id }) => id === wanted);
  }

  /** Remembers what is changed, so that it can be undone. */
  async note(
    room: RoomId,
    deed: ConnectionChange["deed"],
    what: Omit<ConnectionChange, "cause" | "person" | "at" | "deed">,
    { person, cause }: { readonly person: UserId; readonly cause: EventId },
  ): Promise<void> {
    const at = this.#clock.now();
    const { id, name } = what;
    const change: ConnectionChange = { cause, person, at, deed, id, name, ...connectedOf(what) };
    await this.#documents.update(roomDocument, room, (document) =>
      withChanges(document, [change], at),
    );
  }

  async remember(room: RoomId, record: ConnectionRecord): Promise<void> {
    await this.#documents.update(roomDocument, room, (one) => withConnection(one, record));
  }

  async forget(room: RoomId, id: string): Promise<void> {
    await this.#documents.update(roomDocument, room, (one) => withoutConnection(one, id));
  }
}
