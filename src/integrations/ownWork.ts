import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { Doing } from "../rights/people/restrictions.ts";
import type { Kind, OwnWork } from "./kind.ts";
import type { SetUps } from "./setUps.ts";

interface OwnWorkDeps {
  readonly kinds: readonly Pick<Kind, "kind" | "rights">[];
  readonly setUps: Pick<SetUps, "thaw">;
}

/** What all kinds do by themselves for somebody, of what is meant. */
export interface WorkFor {
  /** Ends it. Rejects with the first failure, after all have been asked. */
  stop(person: UserId, doing: Doing): Promise<void>;
  /** Goes on with it, and with their set-ups. Rejects as `stop`. */
  goOn(person: UserId, doing: Doing): Promise<void>;
}

export function workFor({ kinds, setUps }: OwnWorkDeps): WorkFor {
  const each = async (
    { kind: only }: Doing,
    does: (work: OwnWork) => Promise<void>,
  ): Promise<void> => {
    const meant = kinds.filter(({ kind }) => only === undefined || only === kind);
    const done = await Promise.allSettled(
      meant.map(async ({ rights: { byItself } }) => {
        if (byItself !== "nothing") await does(byItself);
      }),
    );
    const failed = done.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  };
  return {
    stop: (person, doing) => each(doing, (work) => work.stop(person, doing.room)),
    goOn: async (person, doing) => {
      setUps.thaw(person);
      await each(doing, (work) => work.goOn(person, doing.room));
    },
  };
}

/** The part, to which nothing comes that was said by somebody for whom its kind may not act. What changes a room is not said for anybody. */
export function unlessRestricted(
  part: Part,
  mayActFor: (person: UserId, room: RoomId) => boolean,
): Part {
  const heard = (room: RoomBatch): RoomBatch => ({
    ...room,
    events: room.events.filter(
      ({ stateKey, sender }) => stateKey !== undefined || mayActFor(sender, room.roomId),
    ),
  });
  const { name, rounds = [] } = part;
  return {
    name,
    rounds,
    found: (room) => part.found?.(room),
    start: async () => part.start?.(),
    note: (room) => part.note?.(heard(room)),
    sift: (batch) => part.sift?.(batch) ?? batch,
    handle: async (batch) => part.handle?.({ ...batch, rooms: batch.rooms.map(heard) }),
    ready: async () => part.ready?.(),
    sweepRoom: async (room) => part.sweepRoom?.(room),
    sweep: async () => part.sweep?.(),
    stop: () => part.stop?.(),
  };
}
