import type { UserId } from "../../kernel/ids.ts";
import type { Rooms } from "../../matrix/port.ts";
import { isAll, type Fate, type Forgotten, type Scope } from "../../privacy/erased.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { PRIVATE_ROOM } from "../../privacy/records/rooms.ts";
import type { HeldThing, Holding } from "./holding.ts";

type PrivateRoomViews = Pick<
  Rooms,
  "peopleOfPrivateRooms" | "rememberedPrivateRooms" | "forgetPrivateRooms"
>;

/** Which rooms Usher remembers as those where it speaks with a person alone; they stand in its account data. */
export class PrivateRooms implements Holding {
  readonly #matrix: PrivateRoomViews;

  constructor(matrix: PrivateRoomViews) {
    this.#matrix = matrix;
  }

  records(): ReadonlySet<DataRecord> {
    return new Set([PRIVATE_ROOM]);
  }

  async *people(): AsyncIterable<UserId> {
    yield* await this.#matrix.peopleOfPrivateRooms();
  }

  async *about(person: UserId): AsyncIterable<HeldThing> {
    for (const room of await this.#matrix.rememberedPrivateRooms(person))
      yield { record: PRIVATE_ROOM, room, handedOut: {} };
  }

  async *fates(person: UserId, scope: Scope): AsyncIterable<Fate> {
    if (!isAll(scope)) return;
    for (const _ of await this.#matrix.rememberedPrivateRooms(person))
      yield { record: PRIVATE_ROOM, is: "erased" };
  }

  async erase({ person }: Forgotten, scope: Scope): Promise<void> {
    if (isAll(scope)) await this.#matrix.forgetPrivateRooms(person);
  }
}
