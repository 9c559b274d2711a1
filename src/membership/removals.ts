import type { Answer } from "../chat/command.ts";
import {
  allAddedItems,
  type AddedItem,
  type RoomUpgradeHandler,
} from "../integrations/roomUpgrade.ts";
import { UsherError } from "../kernel/errors.ts";
import { digest, type RoomId, type UserId } from "../kernel/ids.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { OwnAccount, RoomEvent, RoomMembers, RoomState, StateEvent } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import { roomName } from "./roomName.ts";
import type { TellPrivately } from "./tellPrivately.ts";

interface RemovalsDeps {
  readonly matrix: OwnAccount & Pick<RoomState, "allState" | "state"> & RoomMembers;
  readonly documents: Documents;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly tell: TellPrivately;
}

/** Notices when others have taken out of a room, by hand, all that Usher had added there for somebody: tells them once, in private, and forgets it. */
export class Removals implements Part {
  readonly name = "removals";
  readonly #deps: RemovalsDeps;

  constructor(deps: RemovalsDeps) {
    this.#deps = deps;
  }

  /** Settles when everybody whose things the batch takes out has been told. */
  async handle(batch: Batch): Promise<void> {
    const { queue } = this.#deps;
    const rooms = batch.rooms.filter((room) => this.#mayRemove(room));
    await Promise.all(rooms.map(({ roomId }) => queue.run(roomId, () => this.#look(roomId))));
  }

  #mayRemove({ gap, events }: RoomBatch): boolean {
    return gap || events.some((event) => isState(event) && this.#removed(event) !== undefined);
  }

  /** What the event takes out; nothing of what Usher does itself, which it knows. */
  #removed(event: StateEvent): string | undefined {
    const { matrix, upgradeHandlers } = this.#deps;
    if (event.sender === matrix.me) return undefined;
    return upgradeHandlers
      .map((upgradeHandler) => upgradeHandler.removal(event))
      .find((id) => id !== undefined);
  }

  async #look(room: RoomId): Promise<void> {
    const { matrix, documents, upgradeHandlers } = this.#deps;
    const document = await documents.get(roomDocument, room);
    const people = Map.groupBy(allAddedItems(upgradeHandlers, document), ({ addedBy }) => addedBy);
    // What was carried into the next room is there.
    if (people.size === 0 || document?.upgrade?.state === "carried") return;
    const removals = new Map(
      (await matrix.allState(room)).map((event) => [this.#removed(event), event]),
    );
    for (const [person, things] of people) {
      const events = things.flatMap(({ id }) => removals.get(id) ?? []);
      // Nobody is left to be told; `list` goes on telling what became of it.
      if (person === undefined) continue;
      // Who took out their own things knows it, and `list` goes on telling the others what became of them.
      if (events.length < things.length || events.every(({ sender }) => sender === person))
        continue;
      await this.#tell(room, person, things, events);
      const ids = new Set(things.map(({ id }) => id));
      if (!(await this.#letGo(room, ids))) continue;
      await documents.update(roomDocument, room, (current) =>
        upgradeHandlers.reduce(
          (left, upgradeHandler) => upgradeHandler.without(left, ids),
          current,
        ),
      );
    }
  }

  /** Whether nothing is left of what came along with these. What could not be taken back now is tried again when something else is taken out there, or by `remove`. */
  async #letGo(room: RoomId, ids: ReadonlySet<string>): Promise<boolean> {
    try {
      for (const handler of this.#deps.upgradeHandlers) await handler.forgetting?.(room, ids);
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return false;
    }
  }

  /** Of the same removals it is the same message, however often it is sent. */
  async #tell(
    room: RoomId,
    person: UserId,
    things: readonly AddedItem[],
    events: readonly StateEvent[],
  ): Promise<void> {
    const { matrix, tell } = this.#deps;
    // What a room is called by now is not told to those who are in it no longer.
    const name = (await matrix.members(room)).joined.has(person)
      ? await roomName(matrix, room)
      : undefined;
    const cause = `${room} ${digest("removed", person, ...events.map(({ eventId }) => eventId).sort())}`;
    await tell(person, removed(room, name, things), { cause, step: "removed" });
  }
}

function isState(event: RoomEvent): event is StateEvent {
  return event.stateKey !== undefined;
}

function removed(room: RoomId, name: string | undefined, things: readonly AddedItem[]): Answer {
  return {
    template: "removed-by-others",
    view: { room, name, things: things.map(({ id, name: called }) => ({ id, called })) },
  };
}
