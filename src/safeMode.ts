import { actionable } from "./chat/gate.ts";
import { addressed } from "./chat/address.ts";
import type { Answer, Command, Request } from "./chat/command.ts";
import { beginsWithCommand } from "./chat/commandIn.ts";
import { parseLine } from "./chat/parse.ts";
import { operatorStanding } from "./chat/operators.ts";
import { findOperatorsRoom, isPair, type OperatorsRoom } from "./chat/place.ts";
import { createRenderer } from "./chat/render.ts";
import { Speaker } from "./chat/speaker.ts";
import { loadTemplates } from "./chat/templates.ts";
import { adminDoctor } from "./commands/admin/doctor/index.ts";
import type { Config } from "./config/load.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import { UsherError } from "./kernel/errors.ts";
import type { DeviceId, RoomId } from "./kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "./kernel/log.ts";
import { VERSION } from "./kernel/version.ts";
import { checkHomeserver } from "./matrix/checkup.ts";
import type { HomeserverCall } from "./matrix/client.ts";
import type { OpenCipher } from "./matrix/crypto/openCipher.ts";
import type { Homeserver } from "./matrix/homeserver.ts";
import type { RoomEvent } from "./matrix/port.ts";
import { connect, hangUp, listener, noting, type Connection } from "./start/connection.ts";
import { nodeFiles } from "./files/files.ts";
import { lookAtCopies } from "./logs/copies.ts";
import { openLog } from "./start/log.ts";
import { checkDisk } from "./store/checkDisk.ts";
import { takeDataDirectory } from "./store/lock.ts";
import { storeFault } from "./store/openStore.ts";
import type { RunningUsher } from "./start/hearing.ts";
import { startUsher } from "./usher.ts";

/** How often people in one room are told that Usher is being repaired; ms. */
const REPEAT_MS = 600_000;

/**
 * Starts Usher; where what is stored cannot be read, in safe mode: it stores nothing, changes nothing and follows no invitation, tells operators
 * what is wrong and how to recover, and everybody else one sentence. `fault` is what is wrong then. Rejects as `startUsher` does otherwise.
 */
export async function startOrSafely(
  config: Config,
  clock: Clock = systemClock,
): Promise<RunningUsher & { readonly fault?: UsherError }> {
  try {
    return await startUsher(config, clock);
  } catch (error) {
    const fault = storeFault(error, config.dataDir);
    if (fault === undefined) throw error;
    return { ...(await startSafely(config, clock, fault)), fault };
  }
}

async function startSafely(config: Config, clock: Clock, fault: UsherError): Promise<RunningUsher> {
  const { log, sweepLogs } = openLog(config, clock);
  await using opened = new AsyncDisposableStack();
  opened.defer(takeDataDirectory(config.dataDir));
  // What is promised about the log holds here too; it is no document.
  await sweepLogs();
  const world = { config, clock, log };
  const connection = await connectSafely(world, opened);
  const { matrix, learning, encryption } = connection;
  const operators = await findOperatorsRoom(config, { matrix, documents: undefined, learning });
  const doctor = safeDoctor(world, connection, operators);
  const safe = new SafeListener({ ...world, matrix, fault, doctor, operators, encryption });
  const hearing = hear(world, connection, safe);
  const open = opened.move();
  return {
    ...hearing,
    stop: async () => {
      await hearing.stop();
      await open.disposeAsync();
    },
  };
}

/** What there is before anything is connected. */
interface World {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

/** Connects without what is stored, and where need be without encryption. */
function connectSafely(world: World, opened: AsyncDisposableStack): Promise<Connection> {
  const { config, clock, log } = world;
  const encrypted = new Set<RoomId>();
  return connect({
    ...world,
    opened,
    memory: {
      isEncrypted: (room) => Promise.resolve(encrypted.has(room)),
      remember: (room) => Promise.resolve(void encrypted.add(room)),
    },
    whoami: (call) => ownDevice(config, call, clock),
    // Whoever writes without encryption can still be answered.
    withoutEncryption: (error) => {
      log.error({ class: "ops", what: "safe-mode.unencrypted", ...errorFields(error) });
    },
  });
}

/** `admin doctor`, as far as it can tell anything without what is stored. */
function safeDoctor(
  { config, clock }: World,
  { call, matrix, learning, encryption }: Connection,
  operators: OperatorsRoom,
): Command {
  return adminDoctor({
    matrix,
    documents: undefined,
    clock,
    upgradeHandlers: [],
    checkups: () => Promise.resolve([]),
    suggestions: () => Promise.resolve([]),
    noticeFacts: config.notice,
    homeserver: () => checkHomeserver({ call, url: config.homeserver.url, clock }),
    disk: () => checkDisk(config.dataDir),
    cryptoReport: async () => encryption?.status(),
    accounts: undefined,
    lateFiles: undefined,
    retention: undefined,
    copies: () => lookAtCopies(config.logs.to !== "files", nodeFiles),
    audit: undefined,
    keyRing: undefined,
    backupFacts: undefined,
    operators,
    unheard: () => operators.room === undefined && config.operators.length === 0,
    missing: () => learning.missing,
    // What the catalogue leads to is no help in mending this.
    addresses: () => [],
    probe: () => Promise.resolve({ is: "silent" }),
  });
}

/** Hears what is said from now on, until it is stopped. */
function hear({ clock, log }: World, connection: Connection, safe: SafeListener): RunningUsher {
  const intake = listener(connection, {
    clock,
    log,
    // Where it had been before is not known, and where it is now is not kept: what is said meanwhile is heard again after the repair, if it can be.
    loadMark: () => Promise.resolve(undefined),
    saveMark: () => Promise.resolve(),
  });
  const ready = Promise.withResolvers<void>();
  const handle = noting(connection, async ({ rooms }) => {
    ready.resolve();
    const heard = rooms.flatMap(({ events }) => events);
    await Promise.all(
      heard.map((event) => connection.queue.run(event.roomId, () => safe.hear(event))),
    );
  });
  const ended = intake.run(handle);
  ended.catch((error: unknown) => {
    ready.reject(error);
  });
  return { ready: ready.promise, ended, stop: () => hangUp(connection, intake, ended) };
}

/** The device of the token, which must be Usher's: what is stored cannot say so. */
async function ownDevice(
  { homeserver }: Config,
  call: HomeserverCall,
  clock: Clock,
): Promise<DeviceId | undefined> {
  const { url, userId } = homeserver;
  const { token: whose } = await checkHomeserver({ call, url, clock });
  if ("refused" in whose) {
    const known = whose.refused.startsWith("M_");
    throw new UsherError(known ? "token-unknown" : "homeserver-unreachable", {
      url,
      code: whose.refused,
      reason: undefined,
    });
  }
  if (whose.user !== userId)
    throw new UsherError("wrong-user", { expected: userId, actual: whose.user });
  return whose.device as DeviceId | undefined;
}

interface ListenerDeps {
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
  readonly #parts: ListenerDeps;
  readonly #speaker: Speaker;
  readonly #toldAt = new Map<RoomId, number>();

  constructor(parts: ListenerDeps) {
    this.#parts = parts;
    const { config, matrix, clock } = parts;
    const { pageBytes } = config.limits;
    this.#speaker = new Speaker({
      matrix,
      renderer: createRenderer(loadTemplates(config.language), config.language),
      clock,
      pageBytes,
      about: {},
    });
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
    const called = addressed(spoken.heard, {
      me: matrix.me,
      displayName,
      prefixes: config.prefixes,
      direct,
      isCommand,
    });
    if (called === undefined) return;
    const place = { room, event: eventId, thread: spoken.heard.thread, calledAs: called.calledAs };
    const rules = { operators: config.operators, room: operators };
    const operator =
      (await operatorStanding(rules, { person, room, alone: direct }, matrix)) === "here";
    if (operator) {
      log.info({
        class: "audit",
        what: "safe-mode.asked",
        who: pseudonym(person),
        where: pseudonym(room),
      });
      await this.#speaker.say(
        place,
        await this.#answer(called.line, { ...place, person, direct, operator }),
        "answer",
      );
    } else if (clock.now() - (this.#toldAt.get(room) ?? Number.NEGATIVE_INFINITY) >= REPEAT_MS) {
      this.#toldAt.set(room, clock.now());
      await this.#speaker.say(place, { template: "safe-mode/others", view: {} }, "answer");
    }
  }

  /** Whatever operators ask for beside the doctor, what is wrong is what they need to know. */
  async #answer(line: string, request: Request): Promise<Answer> {
    const { doctor, fault, encryption } = this.#parts;
    const understood = parseLine(line, [doctor], request.calledAs);
    if ("error" in understood || understood.command.changes) {
      const view = {
        version: VERSION,
        fault: { template: `error/${fault.code}`, view: fault.view },
        encryption: encryption !== undefined,
      };
      return { template: "safe-mode", view };
    }
    return understood.command.answer(understood.input, request);
  }
}
