import { defineCommand, type Answer, type Command } from "../chat/command.ts";
import { permit } from "../chat/permit.ts";
import { allAddedItems, type RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { OwnAccount, PowerLevels, Rooms } from "../matrix/port.ts";
import { allowed } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";

interface LeaveDeps {
  readonly matrix: OwnAccount & PowerLevels & Pick<Rooms, "leave">;
  readonly documents: Documents;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  /** The reason that the room's members see. */
  readonly asText: (answer: Answer) => string;
}

/** `leave`: Usher goes, for whoever may remove it; in a direct chat, for the other. What it added stays in the room's state. */
export function leave({ matrix, documents, upgradeHandlers, asText }: LeaveDeps): Command {
  const assertMay = async (room: RoomId, person: UserId, direct: boolean): Promise<void> => {
    const power = await matrix.power(room);
    const need = { kind: "kick", user: matrix.me } as const;
    if (direct || allowed(power, person, need)) return;
    // Usher needs no power to go, so that the person's alone is asked for.
    throw (
      permit({ deed: "leave", needs: [need] }, power, person, person) ??
      new UsherError("unexpected", { reference: undefined })
    );
  };
  return defineCommand({
    words: "leave",
    aliases: ["go away", "goodbye"],
    parameters: {},
    example: "leave",
    changes: true,
    needs: () => [],
    plan: async (_, { room, person, direct }) => {
      await assertMay(room, person, direct);
      const things = allAddedItems(upgradeHandlers, await documents.get(roomDocument, room)).length;
      return {
        preview: {
          template: "leave/preview",
          view: { things, usher: matrix.me },
        },
      };
    },
    perform: async (_, { room, person, direct }) => {
      await assertMay(room, person, direct);
      return { template: "leave/left", view: { usher: matrix.me } };
    },
    afterwards: (_, { room }) => matrix.leave(room, asText({ template: "leave/reason", view: {} })),
  });
}
