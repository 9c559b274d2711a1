import { openSession } from "../config/session.ts";
import type { Config } from "../config/load.ts";
import type { Clock } from "../kernel/clock.ts";
import type { DeviceId, RoomId } from "../kernel/ids.ts";
import { Learning } from "../kernel/learning.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import { KeyedQueue, settledWithin } from "../kernel/tasks.ts";
import { createHomeserverCall, type HomeserverCall } from "../matrix/client.ts";
import { noCipher, type RoomCipher } from "../matrix/crypto/cipher.ts";
import type { OpenCipher } from "../matrix/crypto/openCipher.ts";
import { createFetchMedia } from "../matrix/download.ts";
import { openEncryption } from "../matrix/encryption.ts";
import type { EncryptionMemory } from "../matrix/encryptionState.ts";
import { Homeserver } from "../matrix/homeserver.ts";
import { OwnMessages } from "../matrix/ownMessages.ts";
import type { BatchHandler } from "../matrix/intake.ts";
import { SyncLoop, type SyncLoopDeps } from "../matrix/syncLoop.ts";

/** How long running work may take to finish at a stop, and what it says to leave; ms. Ten seconds in all, with what follows. */
const FINISH_MS = 7_000;
const LEAVE_MS = 2_000;

interface ConnectionDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Where it is kept which rooms are encrypted. */
  readonly memory: EncryptionMemory;
  /** Who Usher is by its token, or why it must not go on. */
  readonly whoami: (call: HomeserverCall) => Promise<DeviceId | undefined>;
  /** Called where encryption cannot be opened, to go on without it; it rejects the start where left out. */
  readonly withoutEncryption?: (error: unknown) => void;
  /** Takes what is to be closed at the end, last first. */
  readonly opened: AsyncDisposableStack;
}

/** What it takes to speak with the homeserver, whatever is said. */
export interface Connection {
  readonly call: HomeserverCall;
  readonly learning: Learning;
  /** Undefined where encryption is off. */
  readonly encryption: OpenCipher | undefined;
  readonly cipher: RoomCipher;
  readonly matrix: Homeserver;
  readonly ownMessages: OwnMessages;
  /** What is done in a room, in turn. Keys are room ids. */
  readonly queue: KeyedQueue;
}

/** Logs in and opens the keys. Rejects with an `UsherError` where Usher cannot start. */
export async function connect(deps: ConnectionDeps): Promise<Connection> {
  const { config, clock, log, memory, whoami, withoutEncryption, opened } = deps;
  const { url, userId: me } = config.homeserver;
  const { accessToken: token } = await openSession(config);
  const call = createHomeserverCall({ url, token, clock });
  const deviceId = await whoami(call);
  const learning = new Learning({ clock, log });
  opened.defer(() => {
    learning.stop();
  });
  const way = { call, token, deviceId, clock, log, learning };
  const encryption = await openEncryption(config, way).catch((error: unknown) => {
    if (withoutEncryption === undefined) throw error;
    withoutEncryption(error);
    return undefined;
  });
  if (encryption !== undefined) opened.defer(() => encryption.close());
  const cipher = encryption?.cipher ?? noCipher;
  const fetchMedia = createFetchMedia({ url, token, clock });
  const matrix = new Homeserver({ call, fetchMedia, me, cipher, memory, clock, log });
  const queue = new KeyedQueue((error, room) => {
    // Rooms alone have a turn here.
    log.error({
      class: "bot",
      what: "room.failed",
      where: pseudonym(room as RoomId),
      ...errorFields(error),
    });
  });
  const ownMessages = new OwnMessages({ call, cipher, me });
  return { call, learning, encryption, cipher, matrix, ownMessages, queue };
}

type Listening = Pick<SyncLoopDeps, "clock" | "log" | "loadMark" | "saveMark" | "careful">;

/** Hears the homeserver on this connection, by `run` of what it returns. */
export function listener({ call, cipher, matrix }: Connection, parts: Listening): SyncLoop {
  return new SyncLoop({
    ...parts,
    me: matrix.me,
    call,
    cipher,
    rooms: matrix,
    noteEncryption: (room) => {
      matrix.noteEncryption(room);
    },
  });
}

/** Takes note, for later questions, of what happened in rooms. */
export function noting({ matrix }: Pick<Connection, "matrix">, handle: BatchHandler): BatchHandler {
  return (batch) => {
    for (const { roomId, sender, direct } of batch.invites)
      if (direct) matrix.noteDirect(roomId, sender);
    for (const { roomId, gap, events } of batch.rooms) {
      if (gap) matrix.noteGap(roomId);
      for (const event of events) matrix.noteEvent(event);
    }
    return handle(batch);
  };
}

/** Hears no more, finishes what runs, and says what is still to be said. `ended` comes when all that was heard is settled. */
export async function hangUp(
  { matrix, queue }: Connection,
  intake: SyncLoop,
  ended: Promise<void>,
): Promise<void> {
  await intake.stop();
  await settledWithin(Promise.all([queue.idle(), ended]), FINISH_MS);
  await matrix.stop(LEAVE_MS);
}
