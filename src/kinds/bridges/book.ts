import { withChanges } from "../../integrations/changes.ts";
import type { Clock } from "../../kernel/clock.ts";
import { digest, type EventId, type RoomId, type UserId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { Link } from "./connector.ts";
import {
  bridgesOf,
  withBridge,
  withoutBridge,
  type BridgeChange,
  type BridgeRecord,
  type BridgeSetUp,
} from "./records.ts";

/** What Usher remembers of the bridges of rooms. */
export class BridgeBook {
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor({ documents, clock }: { readonly documents: Documents; readonly clock: Clock }) {
    this.#documents = documents;
    this.#clock = clock;
  }

  async records(room: RoomId): Promise<readonly BridgeRecord[]> {
    return bridgesOf(await this.#documents.get(roomDocument, room));
  }

  async record(room: RoomId, wanted: string): Promise<BridgeRecord | undefined> {
    return (await this.records(room)).find(({ id }) => id === wanted);
  }

  /** Remembers what is changed, so that it can be undone. */
  async note(
    room: RoomId,
    deed: BridgeChange["deed"],
    { id, name, entry, bot, network, channel }: BridgeRecord | BridgeSetUp,
    { person, cause }: { readonly person: UserId; readonly cause: EventId },
  ): Promise<void> {
    const at = this.#clock.now();
    const linked = { entry, bot, ...(network === undefined ? {} : { network }), channel };
    const change: BridgeChange = { cause, person, at, deed, id, name, ...linked };
    await this.#documents.update(roomDocument, room, (document) =>
      withChanges(document, [change], at),
    );
  }

  async remember(room: RoomId, record: BridgeRecord): Promise<void> {
    await this.#documents.update(roomDocument, room, (document) => withBridge(document, record));
  }

  async forget(room: RoomId, id: string): Promise<void> {
    await this.#documents.update(roomDocument, room, (document) => withoutBridge(document, id));
  }
}

/** A short id that people can type: the bridge's and five letters, the same for the same place in the same room. */
export function bridgeId(
  entry: string,
  room: RoomId,
  { network = "", channel }: Pick<Link, "network" | "channel">,
): string {
  const letters = digest("bridge", room, entry, network, channel)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 5);
  return `${entry}-${letters}`;
}
