import type { Answer } from "../chat/command.ts";
import {
  allAddedItems,
  type AddedItem,
  type RoomUpgradeHandler,
} from "../integrations/roomUpgrade.ts";
import { digest, type RoomId } from "../kernel/ids.ts";
import type { Departure } from "../matrix/intake.ts";
import type { RoomState } from "../matrix/port.ts";
import type { RoomDocument } from "../store/room.ts";
import { roomName } from "./roomName.ts";
import type { TellPrivately } from "./tellPrivately.ts";

interface OrphanTellerDeps {
  readonly matrix: Pick<RoomState, "state">;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly tell: TellPrivately;
}

/** Tells those who had added things in a room, each once and in private, that Usher is there no longer. Never rejects. */
export function orphanTeller({ matrix, upgradeHandlers, tell }: OrphanTellerDeps) {
  return async (document: RoomDocument, how: Departure["how"] | undefined): Promise<void> => {
    // What was carried into the next room is not lost.
    if (document.upgrade?.state === "carried") return;
    const room = document.id;
    const people = Map.groupBy(allAddedItems(upgradeHandlers, document), ({ addedBy }) => addedBy);
    if (people.size === 0) return;
    const name = await roomName(matrix, room);
    for (const [person, things] of people) {
      // Of one stay, it is the same message however often it is sent.
      const cause = `${room} ${digest("orphaned", person, String(document.greetedAt ?? 0))}`;
      await tell(person, orphaned(room, name, how, things), { cause, step: "orphaned" });
    }
  };
}

function orphaned(
  room: RoomId,
  name: string | undefined,
  how: Departure["how"] | undefined,
  things: readonly AddedItem[],
): Answer {
  const view = {
    room,
    name,
    banned: how === "banned",
    left: how === "left",
    things: things.map(({ id, name: called }) => ({ id, called })),
  };
  return { template: "orphaned", view };
}
