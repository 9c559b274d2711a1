import { integer, word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { REASONS } from "../../config/roles.ts";
import { allAddedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import type { View } from "../../kernel/errors.ts";
import { asUserId, type RoomId, type UserId } from "../../kernel/ids.ts";
import type { Rooms, RoomState } from "../../matrix/port.ts";
import { roomName } from "../../membership/roomName.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";

/** Rooms on a page: their names are looked up one by one. */
const PAGE = 20;

interface AdminRoomsDeps {
  readonly matrix: Pick<RoomState, "state"> & Pick<Rooms, "joinedRooms">;
  readonly documents: Documents;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
}

/** `admin rooms [page] [reason=…]`: the rooms Usher is in, by their ids, and who brought it in. */
export function adminRooms(parts: AdminRoomsDeps): Command {
  return defineCommand({
    words: "admin rooms",
    parameters: { page: optional(integer("page", 1, 1_000_000)) },
    options: { reason: optional(word("reason", REASONS)) },
    operatorsOnly: true,
    example: "admin rooms 2",
    changes: false,
    answer: async ({ page = 1 }) => {
      const { count, here, pages, shown } = await pageOf(parts, page);
      const rooms = await Promise.all(shown.map((room) => describe(parts, room)));
      return {
        template: "admin/rooms",
        view: {
          rooms,
          count,
          page: here,
          pages,
          next: here < pages ? here + 1 : undefined,
        },
      };
    },
  });
}

/** Who brought Usher into the rooms of a page. */
export function shownInRooms(parts: Omit<AdminRoomsDeps, "upgradeHandlers">) {
  return async ({ page }: Readonly<Record<string, unknown>>): Promise<readonly UserId[]> => {
    const { shown } = await pageOf(parts, typeof page === "number" ? page : 1);
    const rooms = await Promise.all(shown.map((room) => parts.documents.get(roomDocument, room)));
    return rooms.flatMap((room) => asUserId(room?.inviter ?? "") ?? []);
  };
}

async function pageOf({ matrix }: Pick<AdminRoomsDeps, "matrix">, page: number) {
  const all = (await matrix.joinedRooms()).toSorted();
  const pages = Math.max(1, Math.ceil(all.length / PAGE));
  const here = Math.min(page, pages);
  return { count: all.length, pages, here, shown: all.slice((here - 1) * PAGE, here * PAGE) };
}

async function describe(
  { matrix, documents, upgradeHandlers }: AdminRoomsDeps,
  room: RoomId,
): Promise<View> {
  const document = await documents.get(roomDocument, room);
  return {
    room,
    name: await roomName(matrix, room),
    inviter: document?.inviter,
    things: allAddedItems(upgradeHandlers, document).length,
    replacedBy: document?.upgrade?.to,
  };
}
