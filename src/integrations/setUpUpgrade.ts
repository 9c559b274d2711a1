import type { OwedWords } from "../chat/owed.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import { halfDoneIn, type HalfDone } from "./halfDone.ts";
import { NOTHING_ADDED, type RoomUpgradeHandler } from "./roomUpgrade.ts";
import { anew, isWanted } from "./setUp.ts";
import { setUpsOf } from "./setUpRecords.ts";
import type { SetUps } from "./setUps.ts";
import { lastingView, setUpView } from "./setUpWords.ts";

interface SetUpUpgradeDeps {
  readonly setUps: Pick<SetUps, "of" | "found" | "takeBack">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly owed: Pick<OwedWords, "say">;
}

/**
 * What becomes of half-done set-ups where their room is replaced: in the new room each stands as stopped before its first step, which is said there,
 * and `resume` begins it. In the old room it is taken back.
 */
export function setUpUpgradeHandler(deps: SetUpUpgradeDeps): RoomUpgradeHandler {
  const { setUps } = deps;
  return {
    ...NOTHING_ADDED,
    carry: async (from, to) => {
      for (const halfDone of await halfDoneIn(setUps, from)) {
        if (!isWanted(halfDone.setUp)) continue;
        if (await note(deps, halfDone, from, to)) await tell(deps, halfDone, to);
        // Not before it has been said: a crash has all of this repeated from what stands in the old room.
        setUps.takeBack(from, halfDone.setUp.cause);
      }
      return [];
    },
  };
}

/** Has it stand in the new room; false where the same is there without it. */
async function note(
  { documents, clock, setUps }: SetUpUpgradeDeps,
  { setUp, definition }: HalfDone,
  from: RoomId,
  to: RoomId,
): Promise<boolean> {
  const failure = { code: "setup-room-replaced", view: { room: from }, at: clock.now() };
  const document = await documents.update(roomDocument, to, (room) => {
    const known = setUpsOf(room);
    return definition.isDone(room, setUp) || known.some(({ id }) => id === setUp.id)
      ? room
      : { ...room, setUps: [...known, anew(definition.steps, setUp, failure)] };
  });
  setUps.found(document);
  return setUpsOf(document).some(({ cause }) => cause === setUp.cause);
}

function tell(
  { owed }: SetUpUpgradeDeps,
  { setUp, definition }: HalfDone,
  to: RoomId,
): Promise<void> {
  const view = { ...setUpView(definition, setUp), left: lastingView(definition, setUp) };
  const once = { cause: setUp.cause, step: "room replaced" };
  return owed.say(to, { template: "setup/room-replaced", view }, once);
}
