import { actionable } from "./chat/gate.ts";
import { addressed } from "./chat/address.ts";
import type { Answer, Command, Request } from "./chat/command.ts";
import { beginsWithCommand, parseLine } from "./chat/parse.ts";
import { operatorStanding } from "./chat/operators.ts";
import { findOperatorsRoom, isPair, type OperatorsRoom } from "./chat/place.ts";
import { createRenderer } from "./chat/render.ts";
import { Speaker } from "./chat/speaker.ts";
import { loadTemplates } from "./chat/templates.ts";
import { adminDoctor } from "./commands/admin/doctor/index.ts";
import type { Config } from "./config/load.ts";
import { openSession } from "./config/session.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import { UsherError } from "./kernel/errors.ts";
import type { DeviceId, RoomId } from "./kernel/ids.ts";
import { Learning } from "./kernel/learning.ts";
import { createLog, errorFields, pseudonym, type Log } from "./kernel/log.ts";
import { KeyedQueue, settledWithin } from "./kernel/tasks.ts";
import { VERSION } from "./kernel/version.ts";
import { checkHomeserver } from "./matrix/checkup.ts";
import { createHomeserverCall } from "./matrix/client.ts";
import { noCipher } from "./matrix/crypto/cipher.ts";
import type { OpenCipher } from "./matrix/crypto/openCipher.ts";
import { openEncryption } from "./matrix/encryption.ts";
import { Homeserver } from "./matrix/homeserver.ts";
import type { Batch } from "./matrix/intake.ts";
import type { RoomEvent } from "./matrix/port.ts";
import { SyncLoop } from "./matrix/syncLoop.ts";
import { checkDisk } from "./store/checkDisk.ts";
import { takeDataDirectory } from "./store/lock.ts";
import { storeFault } from "./store/openStore.ts";
import { startUsher, type RunningUsher } from "./usher.ts";

const FINISH_MS = 7_000;
const LEAVE_MS = 2_000;
/** How often people in one room are told that Usher is being repaired; ms. */
const REPEAT_MS = 600_000;

/**
 * Starts Usher; where what is stored cannot be read, in safe mode: it stores nothing, changes nothing and follows no invitation, tells operators
 * what is wrong and how to recover, and everybody else one sentence. `fault` is what is wrong then. Rejects as `startUsher` does otherwise.
 */
export async function startOrSafely(config: Config, clock: Clock = systemClock): Promise<RunningUsher & { readonly fault?: UsherError }> {
  try {
    return await startUsher(config, clock);
  } catch (error) {
    const fault = storeFault(error, config.dataDir);
    if (fault === undefined) throw error;
    return { ...(await startSafely(config, clock, fault)), fault };
  }
}

async function startSafely(config: Config, clock: Clock, fault: UsherError): Promise<RunningUsher> {
  const log = createLog(config.logLevel);
  await using opened = new AsyncDisposableStack();
  opened.defer(takeDataDirectory(config.dataDir));
  const { accessToken: token } = await openSession(config);
  const { url, userId: me } = config.homeserver;
  const call = createHomeserverCall({ url, token, clock });
  const homeserver = (): ReturnType<typeof checkHomeserver> => checkHomeserver({ call, url, clock });
  const { token: whose } = await homeserver();
  if ("refused" in whose) {
    const known = whose.refused.startsWith("M_");
    throw new UsherError(known ? "token-unknown" : "homeserver-unreachable", { url, code: whose.refused, reason: undefined });
  }
  if (whose.user !== me) throw new UsherError("wrong-user", { expected: me, actual: whose.user });
  const learning = new Learning({ clock, log });
  opened.defer(() => {
    learning.stop();
  });
  const way = { call, token, deviceId: whose.device as DeviceId | undefined, clock, log, learning };
  const encryption = await openEncryption(config, way).catch((error: unknown) => {
    // Whoever writes in clear can still be answered.
    log.error({ what: "safe-mode.unencrypted", ...errorFields(error) });
    return undefined;
  });
  if (encryption !== undefined) opened.defer(() => encryption.close());

  const known = new Set<RoomId>();
  const memory = {
    isEncrypted: (room: RoomId): Promise<boolean> => Promise.resolve(known.has(room)),
    remember: (room: RoomId): Promise<void> => Promise.resolve(void known.add(room)),
  };
  const cipher = encryption?.cipher ?? noCipher;
  const matrix = new Homeserver({ call, me, cipher, memory, clock, log });
  const operators = await findOperatorsRoom(config, { matrix, documents: undefined, learning });
  const doctor = adminDoctor({
    matrix,
    documents: undefined,
    clock,
    carriers: [],
    homeserver,
    disk: () => checkDisk(config.dataDir),
    cryptoReport: async () => encryption?.status(),
    operators,
    missing: () => learning.missing,
    // What the catalogue leads to is no help in mending this.
    addresses: () => [],
    probe: () => Promise.resolve({ is: "silent" }),
  });
  const listener = new SafeListener({ config, matrix, clock, log, fault, doctor, operators, encryption });
  const intake = new SyncLoop({
    me,
    call,
    cipher,
    rooms: matrix,
    noteEncryption: (room) => {
      matrix.noteEncryption(room);
    },
    clock,
    log,
    // Where it had been before is not known, and where it is now is not kept: what is said meanwhile is heard again after the repair, if it can be.
    loadMark: () => Promise.resolve(undefined),
    saveMark: () => Promise.resolve(),
  });
  const queue = new KeyedQueue((error, room) => {
    log.error({ what: "room.failed", where: pseudonym(room), ...errorFields(error) });
  });
  const ready = Promise.withResolvers<void>();
  const ended = intake.run(async (batch: Batch) => {
    ready.resolve();
    for (const { events } of batch.rooms) for (const event of events) matrix.noteEvent(event);
    const heard = batch.rooms.flatMap(({ events }) => events);
    await Promise.all(heard.map((event) => queue.run(event.roomId, () => listener.hear(event))));
  });
  ended.catch((error: unknown) => {
    ready.reject(error);
  });
  const open = opened.move();
  return {
    ready: ready.promise,
    ended,
    stop: async () => {
      await intake.stop();
      await settledWithin(Promise.all([queue.idle(), ended]), FINISH_MS);
      await matrix.stop(LEAVE_MS);
      await open.disposeAsync();
    },
  };
}

interface ListenerParts {
  readonly config: Config;
  readonly matrix: Homeserver;
  readonly clock: Clock;
  readonly log: Log;
  readonly fault: UsherError;
  readonly doctor: Command;
  readonly operators: OperatorsRoom;
  readonly encryption: OpenCipher | undefined;
}

/** Answers what is said to Usher while it is in safe mode. */
class SafeListener {
  readonly #parts: ListenerParts;
  readonly #speaker: Speaker;
  readonly #toldAt = new Map<RoomId, number>();

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    const { config, matrix, clock } = parts;
    const { pageBytes } = config.limits;
    this.#speaker = new Speaker({ matrix, renderer: createRenderer(loadTemplates(config.language)), clock, pageBytes, about: {} });
  }

  async hear(event: RoomEvent): Promise<void> {
    const { config, matrix, clock, doctor, operators, log } = this.#parts;
    const spoken = actionable(event, matrix.me);
    if (!("heard" in spoken) || spoken.heard.kind !== "message") return;
    const { roomId: room, sender: person, eventId } = event;
    const direct = isPair(await matrix.members(room));
    // Usher has other names, and who asks must not wait for this one to be known.
    const displayName = await matrix.displayName(matrix.me).catch(() => undefined);
    const isCommand = (line: string): boolean => beginsWithCommand(line, [doctor]);
    const called = addressed(spoken.heard, { me: matrix.me, displayName, prefixes: config.prefixes, direct, isCommand });
    if (called === undefined) return;
    const place = { room, event: eventId, thread: spoken.heard.thread, calledAs: called.calledAs };
    const rules = { operators: config.operators, room: operators };
    const operator = (await operatorStanding(rules, { person, room, alone: direct }, matrix)) === "here";
    if (operator) {
      log.info({ what: "safe-mode.asked", who: pseudonym(person), where: pseudonym(room) });
      await this.#speaker.say(place, await this.#answer(called.line, { ...place, person, direct, operator }), "answer");
    } else if (clock.now() - (this.#toldAt.get(room) ?? Number.NEGATIVE_INFINITY) >= REPEAT_MS) {
      this.#toldAt.set(room, clock.now());
      await this.#speaker.say(place, { template: "safe-mode-others", view: {} }, "answer");
    }
  }

  /** Whatever operators ask for beside the doctor, what is wrong is what they need to know. */
  async #answer(line: string, request: Request): Promise<Answer> {
    const { doctor, fault, encryption } = this.#parts;
    const understood = parseLine(line, [doctor], request.calledAs);
    if ("error" in understood || understood.command.changes) {
      const view = { version: VERSION, fault: { template: `error/${fault.code}`, view: fault.view }, encryption: encryption !== undefined };
      return { template: "safe-mode", view };
    }
    return understood.command.answer(understood.input, request);
  }
}
