import type { Answer } from "../chat/command.ts";
import { halfDoneIn, type HalfDone } from "../integrations/halfDone.ts";
import {
  allAddedItems,
  type AddedItem,
  type RoomUpgradeHandler,
} from "../integrations/roomUpgrade.ts";
import type { SetUps } from "../integrations/setUps.ts";
import { setUpView, standingView } from "../integrations/setUpWords.ts";
import { digest, type RoomId, type UserId } from "../kernel/ids.ts";
import type { Departure } from "../matrix/intake.ts";
import type { RoomState } from "../matrix/port.ts";
import { isStandIn } from "../privacy/erased.ts";
import type { RoomDocument } from "../store/room.ts";
import { roomNameFor } from "./roomName.ts";
import type { TellPrivately } from "./tellPrivately.ts";

interface OrphanTellerDeps {
  readonly matrix: Pick<RoomState, "state">;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly setUps: Pick<SetUps, "of">;
  readonly tell: TellPrivately;
}

/** Tells those who had added things in a room, or had them half set up, each once and in private, that Usher is there no longer. Never rejects. */
export function orphanTeller({ matrix, upgradeHandlers, setUps, tell }: OrphanTellerDeps) {
  return async (document: RoomDocument, how: Departure["how"] | undefined): Promise<void> => {
    // What was carried into the next room is not lost.
    if (document.upgrade?.state === "carried") return;
    const room = document.id;
    const things = Map.groupBy(allAddedItems(upgradeHandlers, document), ({ addedBy }) => addedBy);
    const halfDone = Map.groupBy(await halfDoneIn(setUps, room), ({ setUp }) => setUp.person);
    const people = new Set([...things.keys(), ...halfDone.keys()].filter(isSomebody));
    if (people.size === 0) return;
    for (const person of people) {
      const name = await roomNameFor(matrix, room, person);
      // Of one stay, it is the same message however often it is sent.
      const cause = `${room} ${digest("orphaned", person, String(document.greetedAt ?? 0))}`;
      await tell(person, orphaned({ room, name, how }, things.get(person), halfDone.get(person)), {
        cause,
        step: "orphaned",
      });
    }
  };
}

/** Who has been erased is not to be told. */
function isSomebody(person: UserId | undefined): person is UserId {
  return person !== undefined && !isStandIn(person);
}

interface LostRoom {
  readonly room: RoomId;
  readonly name: string | undefined;
  readonly how: Departure["how"] | undefined;
}

function orphaned(
  { room, name, how }: LostRoom,
  things: readonly AddedItem[] = [],
  halfDone: readonly HalfDone[] = [],
): Answer {
  const view = {
    room,
    name,
    banned: how === "banned",
    left: how === "left",
    things: things.map(({ id, name: called }) => ({ id, called })),
    setUps: halfDone.map(({ setUp, definition }) => ({
      ...setUpView(definition, setUp),
      stands: standingView(definition, setUp),
    })),
  };
  return { template: "orphaned", view };
}
