import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { StateEvent } from "../matrix/port.ts";
import type { Need } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import type { RoomPart } from "../store/roomParts.ts";
import { withoutSetUps } from "./setUpRecords.ts";

/** Something that Usher put into a room for somebody. A type and not an interface, so that it may be part of a sentence's view. */
export type AddedItem = {
  /** What people name it by. */
  readonly id: string;
  readonly name: string;
  /** Undefined where they have been erased. */
  readonly addedBy: UserId | undefined;
};

/** What became of one thing on its way into another room. */
export type CarriedItem = AddedItem & {
  /** `carried` now; `there` already; `gone` from the old room, so there was nothing to carry; `refused` by the homeserver. */
  readonly result: "carried" | "there" | "gone" | "refused";
};

/** What each kind of integration does when its room is replaced by another, when Usher loses the room, or when others take things out of it. */
export interface RoomUpgradeHandler {
  /** What Usher put into the room, by what it remembers. */
  addedItems(document: RoomDocument): readonly AddedItem[];
  /** What somebody must be allowed to do in the new room to bring these there. Asked only where there are any. */
  readonly needs: readonly Need[];
  /**
   * Brings everything into the new room, and remembers it as added there by the same people. Safe to repeat: what is there is not sent again.
   * The old room's state stays as it is. One that fails harms no other.
   */
  carry(from: RoomId, to: RoomId): Promise<readonly CarriedItem[]>;
  /** The id of what this event takes out of the room by somebody's hand; undefined where it does nothing of the kind. */
  removal(event: StateEvent): string | undefined;
  /** Takes back what came along with these, which others have taken out. Before they are forgotten; safe to repeat. Where it rejects they are not, and it is tried again. */
  forgetting?(room: RoomId, ids: ReadonlySet<string>): Promise<void>;
  /** The document without what Usher remembers of these. */
  without(document: RoomDocument, ids: ReadonlySet<string>): RoomDocument;
}

/** What a handler says that has put nothing into rooms itself, and only comes along. */
export const NOTHING_ADDED: Omit<RoomUpgradeHandler, "carry"> = {
  addedItems: () => [],
  needs: [],
  removal: () => undefined,
  without: (document) => document,
};

/** How one thing of a kind is told of, and brought into another room. */
interface Carrying<R> {
  readonly itemOf: (record: R) => AddedItem;
  readonly carryOne: (from: RoomId, to: RoomId, record: R) => Promise<CarriedItem["result"]>;
}

/** A handler of things of which a room's document keeps one record each. They are carried one after the other. */
export function recordedItems<R extends { readonly id: string }>(
  part: Pick<RoomPart<readonly R[]>, "of" | "in">,
  documents: Pick<Documents, "get">,
  { itemOf, carryOne }: Carrying<R>,
): Pick<RoomUpgradeHandler, "addedItems" | "without" | "carry"> {
  return {
    addedItems: (document) => part.of(document).map(itemOf),
    without: (document, ids) => {
      const others = withoutSetUps(document, ({ id }) => ids.has(id));
      const left = part.of(document).filter(({ id }) => !ids.has(id));
      return left.length === part.of(document).length ? others : part.in(others, left);
    },
    carry: async (from, to) =>
      carryEach(part.of(await documents.get(roomDocument, from)), itemOf, (record) =>
        carryOne(from, to, record),
      ),
  };
}

/** What the homeserver refuses harms no other. Rejects with whatever else goes wrong. */
export async function carryEach<R>(
  records: readonly R[],
  itemOf: (record: R) => AddedItem,
  carryOne: (record: R) => Promise<CarriedItem["result"]>,
): Promise<readonly CarriedItem[]> {
  const results: CarriedItem[] = [];
  for (const record of records) {
    try {
      results.push({ ...itemOf(record), result: await carryOne(record) });
    } catch (error) {
      if (!(error instanceof UsherError) || error.code !== "room-unreachable") throw error;
      results.push({ ...itemOf(record), result: "refused" });
    }
  }
  return results;
}

/** Everything of all kinds that Usher put into a room. */
export function allAddedItems(
  upgradeHandlers: readonly RoomUpgradeHandler[],
  document: RoomDocument | undefined,
): readonly AddedItem[] {
  return document === undefined
    ? []
    : upgradeHandlers.flatMap((upgradeHandler) => upgradeHandler.addedItems(document));
}

/** What must be allowed in the new room to bring there what Usher put into this one; nothing where that is nothing. */
export function carryingNeeds(
  upgradeHandlers: readonly RoomUpgradeHandler[],
  document: RoomDocument | undefined,
): readonly Need[] {
  return document === undefined
    ? []
    : upgradeHandlers
        .filter((one) => one.addedItems(document).length > 0)
        .flatMap(({ needs }) => needs);
}

/** What became of everything, as sentences want it. */
export function carriedView(results: readonly CarriedItem[]): {
  readonly [result in CarriedItem["result"]]: readonly Omit<CarriedItem, "result">[];
} {
  const having = (wanted: CarriedItem["result"]): Omit<CarriedItem, "result">[] =>
    results
      .filter(({ result }) => result === wanted)
      .map(({ id, name, addedBy }) => ({ id, name, addedBy }));
  return {
    carried: having("carried"),
    there: having("there"),
    gone: having("gone"),
    refused: having("refused"),
  };
}
