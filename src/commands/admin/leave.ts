import { room as roomArgument } from "../../chat/arguments.ts";
import { defineCommand, required, type Answer, type Command } from "../../chat/command.ts";
import { allAddedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId, type RoomAlias, type RoomId } from "../../kernel/ids.ts";
import type { RoomMembers, Rooms, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { roomName } from "../../membership/roomName.ts";

interface AdminLeaveDeps {
  readonly matrix: Pick<RoomState, "state"> &
    RoomMembers &
    Pick<Rooms, "joinedRooms" | "resolveAlias" | "leave">;
  readonly documents: Documents;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  /** The reason that the room's members see. */
  readonly asText: (answer: Answer) => string;
}

/** `admin leave <room>`: Usher goes; what it added stays in the room's state, and who added it is told. */
export function adminLeave({
  matrix,
  documents,
  upgradeHandlers,
  asText,
}: AdminLeaveDeps): Command {
  const find = async (said: RoomId | RoomAlias): Promise<RoomId> => {
    const room = asRoomId(said) ?? (await matrix.resolveAlias(said as RoomAlias));
    if (room === undefined) throw new UsherError("room-unknown", { room: said });
    return room;
  };
  return defineCommand({
    words: "admin leave",
    parameters: { room: required(roomArgument()) },
    operatorsOnly: true,
    example: "admin leave !abc:example.org",
    changes: true,
    needs: () => [],
    plan: async ({ room: said }, { room: here }) => {
      const room = await find(said);
      if (!(await matrix.joinedRooms()).includes(room))
        throw new UsherError("room-unknown", { room: said });
      if (room === here) throw new UsherError("admin-leave-here");
      const [{ joined }, name, document] = await Promise.all([
        matrix.members(room),
        roomName(matrix, room),
        documents.get(roomDocument, room),
      ]);
      const things = allAddedItems(upgradeHandlers, document).length;
      return {
        preview: {
          template: "admin/leave-preview",
          view: { room, name, others: joined.size - 1, things },
        },
        exactly: `admin leave ${room}`,
      };
    },
    perform: async ({ room: said }) => {
      const room = await find(said);
      // Taken up again after a crash, it may have been done.
      if ((await matrix.joinedRooms()).includes(room))
        await matrix.leave(room, asText({ template: "admin/leave-reason", view: {} }));
      return { template: "admin/left", view: { room } };
    },
  });
}
