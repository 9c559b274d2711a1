import { room as roomArgument } from "../chat/arguments.ts";
import { defineCommand, required, type Command, type Request } from "../chat/command.ts";
import { permit } from "../chat/permit.ts";
import {
  allAddedItems,
  carryingNeeds,
  type AddedItem,
  type CarriedItem,
  type RoomUpgradeHandler,
  carriedView,
} from "../integrations/roomUpgrade.ts";
import { UsherError, type View } from "../kernel/errors.ts";
import { asRoomId, type RoomAlias, type RoomId } from "../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomMembers, Rooms } from "../matrix/port.ts";
import { allowed } from "../matrix/power.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";

export interface MoveDeps {
  readonly matrix: OwnAccount & PowerLevels & RoomMembers & Pick<Rooms, "resolveAlias">;
  readonly documents: Documents;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly restrictions: Pick<Restrictions, "follow">;
}

interface Move {
  readonly from: RoomId;
  readonly addedItems: readonly AddedItem[];
}

/** `move from <old room>`: brings what Usher had added in another room into this one, for somebody who may arrange both. */
export function move({ matrix, documents, upgradeHandlers, restrictions }: MoveDeps): Command {
  /** Rejects where the person lacks the power in either room, or Usher in this one. */
  const judge = async (said: RoomId | RoomAlias, { room, person }: Request): Promise<Move> => {
    const from = asRoomId(said) ?? (await matrix.resolveAlias(said as RoomAlias));
    if (from === undefined || from === room || !(await isThere(from, person)))
      throw new UsherError("room-unknown", { room: said });
    const document = await documents.get(roomDocument, from);
    const needs = carryingNeeds(upgradeHandlers, document);
    const there = await matrix.power(from);
    // Who may not arrange the old room could otherwise have what is private there shown here.
    if (needs.some((need) => !allowed(there, person, need)))
      throw new UsherError("move-power", { room: from });
    const refusal = permit({ deed: "move", needs }, await matrix.power(room), person, matrix.me);
    if (refusal !== undefined) throw refusal;
    return { from, addedItems: allAddedItems(upgradeHandlers, document) };
  };

  const isThere = async (room: RoomId, person: Request["person"]): Promise<boolean> => {
    try {
      const { joined } = await matrix.members(room);
      return joined.has(person) && joined.has(matrix.me);
    } catch (error) {
      if (error instanceof UsherError && error.code === "room-unreachable") return false;
      throw error;
    }
  };

  return defineCommand({
    words: "move from",
    parameters: { room: required(roomArgument("old room")) },
    example: "move from !abc:example.org",
    changes: true,
    // Depends on what there is to move: judged below.
    needs: () => [],
    plan: async ({ room: said }, request) => {
      const { from, addedItems } = await judge(said, request);
      if (addedItems.length === 0)
        return { nothing: { template: "move/nothing", view: { room: from } } };
      return {
        preview: { template: "move/preview", view: { room: from, ...named(addedItems) } },
        exactly: `move from ${from}`,
      };
    },
    perform: async ({ room: said }, request) => {
      const { from } = await judge(said, request);
      await restrictions.follow(from, request.room);
      const results: CarriedItem[] = [];
      for (const upgradeHandler of upgradeHandlers)
        results.push(...(await upgradeHandler.carry(from, request.room)));
      const { room: to, event, person: by } = request;
      if (results.every(({ result }) => result !== "refused")) {
        await documents.update(roomDocument, from, (document) => ({
          ...document,
          upgrade: { to, event, by, state: "carried" as const },
        }));
      }
      return { template: "upgrade/carried", view: carriedView(results) };
    },
  });
}

/** As many names as a preview has room for; `list` in the old room shows the rest. */
const MOST_NAMED = 5;

function named(items: readonly AddedItem[]): View {
  const things = items
    .slice(0, MOST_NAMED)
    .map(({ name }, index) => ({ name, first: index === 0 }));
  return { things, more: items.length - things.length };
}
