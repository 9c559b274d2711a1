import { integer } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { allAddedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import type { View } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
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

/** `admin rooms [page]`: the rooms Usher is in, by their ids. */
export function adminRooms(parts: AdminRoomsDeps): Command {
  return defineCommand({
    words: "admin rooms",
    parameters: { page: optional(integer("page", 1, 1_000_000)) },
    operatorsOnly: true,
    example: "admin rooms 2",
    changes: false,
    answer: async ({ page = 1 }) => {
      const all = (await parts.matrix.joinedRooms()).toSorted();
      const pages = Math.max(1, Math.ceil(all.length / PAGE));
      const here = Math.min(page, pages);
      const rooms = await Promise.all(
        all.slice((here - 1) * PAGE, here * PAGE).map((room) => describe(parts, room)),
      );
      return {
        template: "admin/rooms",
        view: {
          rooms,
          count: all.length,
          page: here,
          pages,
          next: here < pages ? here + 1 : undefined,
        },
      };
    },
  });
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
