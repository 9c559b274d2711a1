import { startRounds } from "../kernel/rounds.ts";
import { settledWithin } from "../kernel/tasks.ts";
import { Beginning } from "../matrix/beginning.ts";
import { RoomByRoom } from "../matrix/roomByRoom.ts";
import type { SyncLoop } from "../matrix/syncLoop.ts";
import { loadSyncMark, saveSyncMark } from "../matrix/syncMark.ts";
import { Readiness } from "../store/readiness.ts";
import { hangUp, listener, noting } from "./connection.ts";
import type { Parts } from "./parts.ts";
import type { Ground } from "./ground.ts";

/** How long a stop waits for what parts do beside, which ends by itself when the homeserver is asked no more; ms. */
const BESIDE_MS = 10_000;

export interface RunningUsher {
  /** Resolves when Usher has synced and answers commands. */
  readonly ready: Promise<void>;
  /** Settles when it hears no more: by `stop`, or with the `UsherError` that makes going on pointless. */
  readonly ended: Promise<void>;
  /** Hears no more, finishes what runs (10 s at most), and releases everything. */
  stop(): Promise<void>;
}

/** Usher's hearing, before it hears. */
export interface Hearing {
  /** True at the very first start with this account. */
  readonly anew: boolean;
  readonly beginning: Beginning;
  readonly readiness: Readiness;
  readonly intake: Pick<SyncLoop, "lastHeard">;
  /** Starts the parts, and lets them hear. */
  begin(parts: Parts): Promise<RunningUsher>;
}

/** Prepares to hear the homeserver from where the last run stopped. */
export async function openHearing(ground: Ground): Promise<Hearing> {
  const { config, clock, log, documents, matrix, learning } = ground;
  const anew = (await loadSyncMark(documents)) === undefined;
  const beginning = await Beginning.of(documents, log);
  const readiness = new Readiness({ ...config, log, lastHeard: () => intake.lastHeard });
  // What a stop cuts off fails, and has settled then. The stored place in the stream stays where it
  // is from the stop on, so that all of it is heard again; what was answered meanwhile is known by
  // the rooms' documents.
  let leaving = false;
  const intake = listener(ground, {
    clock,
    log,
    careful: beginning,
    loadMark: () => loadSyncMark(documents),
    saveMark: async (mark) => {
      if (leaving) return;
      await saveSyncMark(documents, mark);
      await beginning.over();
      await readiness.become();
    },
  });
  const begin = async (parts: Parts): Promise<RunningUsher> => {
    await parts.start();
    const rounds = startRounds(parts.rounds, log);
    const heard = noting(ground, (batch) => parts.handle(batch));
    const rooms = new RoomByRoom(heard, log, (room) => {
      matrix.noteGap(room);
    });
    void readiness.whenReady.then(
      () => parts.ready(),
      () => undefined,
    );
    const ended = intake.run((batch) => rooms.handle(batch));
    ended.catch(async (error: unknown) => {
      // Nothing that it met was too much for it.
      await beginning.over();
      readiness.fail(error);
    });
    const stop = async (): Promise<void> => {
      await rounds.end();
      leaving = true;
      learning.stop();
      const beside = parts.stop();
      ground.http.stop();
      await hangUp(ground, intake, ended);
      // What was still asked of the homeserver has failed by now.
      await settledWithin(Promise.allSettled([beside, rounds.settled()]), BESIDE_MS);
      await beginning.over();
    };
    return { ready: readiness.whenReady, ended, stop };
  };
  return { anew, beginning, readiness, intake, begin };
}
