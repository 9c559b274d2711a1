import type { Answer } from "./chat/command.ts";
import { answerWords } from "./chat/confirmation.ts";
import { Conversation } from "./chat/conversation.ts";
import { OwedWords } from "./chat/owed.ts";
import { Performer } from "./chat/performer.ts";
import { operatorStanding, type Asker, type Standing } from "./chat/operators.ts";
import { findOperatorsRoom } from "./chat/place.ts";
import { createRenderer, type Rendered } from "./chat/render.ts";
import { Signs } from "./chat/signs.ts";
import { Speaker } from "./chat/speaker.ts";
import { loadTemplates } from "./chat/templates.ts";
import { Comparisons } from "./commands/admin/comparisons.ts";
import { botKind } from "./commands/bots/parts.ts";
import { allCommands } from "./commands/index.ts";
import type { Health } from "./commands/status.ts";
import { widgetKind } from "./commands/widgets/parts.ts";
import type { Config } from "./config/load.ts";
import { openSession } from "./config/session.ts";
import { whoRunsUsher } from "./config/whoRunsUsher.ts";
import { History } from "./integrations/history.ts";
import { Offer } from "./integrations/offer.ts";
import { probe } from "./http/probe.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import { createLog, errorFields, heardBy, LogListeners, pseudonym, type Log } from "./kernel/log.ts";
import { Learning } from "./kernel/learning.ts";
import { startRounds } from "./kernel/rounds.ts";
import { KeyedQueue, settledWithin } from "./kernel/tasks.ts";
import { VERSION } from "./kernel/version.ts";
import { checkHomeserver } from "./matrix/checkup.ts";
import { createHomeserverCall, type HomeserverCall } from "./matrix/client.ts";
import { noCipher } from "./matrix/crypto/cipher.ts";
import type { OpenCipher } from "./matrix/crypto/openCipher.ts";
import { encryptionMemory } from "./matrix/encryptionState.ts";
import { Homeserver } from "./matrix/homeserver.ts";
import type { Batch } from "./matrix/intake.ts";
import { Beginning } from "./matrix/beginning.ts";
import { openEncryption } from "./matrix/encryption.ts";
import { checkLogin } from "./matrix/login.ts";
import { furnishProfile } from "./matrix/ownProfile.ts";
import { RoomByRoom } from "./matrix/roomByRoom.ts";
import { SyncLoop } from "./matrix/syncLoop.ts";
import { loadSyncMark, saveSyncMark } from "./matrix/syncMark.ts";
import { tellOfCarefulStart } from "./membership/carefulStart.ts";
import { rounds } from "./membership/rounds.ts";
import { privateTeller } from "./membership/tellPrivately.ts";
import { OperatorNotices } from "./membership/operatorNotices.ts";
import { comingAndGoing } from "./membership/parts.ts";
import { checkDisk } from "./store/checkDisk.ts";
import type { Documents } from "./store/documents.ts";
import { openStore } from "./store/openStore.ts";
import { Readiness } from "./store/readiness.ts";

/** How long running commands may take to finish at a stop, and what they say to leave; ms. Ten seconds in all, with what follows. */
const FINISH_MS = 7_000;
const LEAVE_MS = 2_000;
/** How long a website of the catalogue may take to answer the doctor; ms. */
const PROBE_MS = 5_000;

export interface RunningUsher {
  /** Resolves when Usher has synced and answers commands. */
  readonly ready: Promise<void>;
  /** Settles when it hears no more: by `stop`, or with the `UsherError` that makes going on pointless. */
  readonly ended: Promise<void>;
  /** Hears no more, finishes what runs (10 s at most), and releases everything. */
  stop(): Promise<void>;
}

/** Opens the data directory, the session and the keys, builds the parts, and starts them in order. Rejects with an `UsherError` or a `ConfigError` where Usher cannot start. */
export async function startUsher(config: Config, clock: Clock = systemClock): Promise<RunningUsher> {
  const logListeners = new LogListeners();
  const log = heardBy(createLog(config.logLevel), logListeners);
  const offer = new Offer({ definitions: config.widgets.definitions, bots: config.bots.catalogue });
  // What is open is closed in the opposite order, at a stop or where the start fails.
  await using opened = new AsyncDisposableStack();
  const documents = await openStore({
    dir: config.dataDir,
    clock,
    onQuarantine: ({ kind, reason }) => {
      log.error({ what: `document.quarantined.${kind}`, code: reason });
    },
  });
  opened.defer(() => documents.close());
  const { url, userId } = config.homeserver;
  const { accessToken } = await openSession(config);
  const call = createHomeserverCall({ url, token: accessToken, clock });
  const { deviceId } = await checkLogin({ call, clock, log, documents, url, userId });
  const learning = new Learning({ clock, log });
  opened.defer(() => {
    learning.stop();
  });
  const encryption = await openEncryption(config, { call, token: accessToken, deviceId, clock, log, learning });
  if (encryption !== undefined) opened.defer(() => encryption.close());
  const running = await run({ config, clock, log, logListeners, learning, offer, documents, call, encryption });
  const open = opened.move();
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await open.disposeAsync();
    },
  };
}

interface Opened {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly logListeners: LogListeners;
  readonly learning: Learning;
  readonly offer: Offer;
  readonly documents: Documents;
  readonly call: HomeserverCall;
  readonly encryption: OpenCipher | undefined;
}

/** Joins the parts on what is open, and lets them hear. */
async function run({ config, clock, log, logListeners, learning, offer, documents, call, encryption }: Opened): Promise<RunningUsher> {
  const renderer = createRenderer(loadTemplates(config.language));
  const me = config.homeserver.userId;
  const cipher = encryption?.cipher ?? noCipher;
  const matrix = new Homeserver({ call, me, cipher, memory: encryptionMemory(documents), clock, log });
  const queue = new KeyedQueue((error, room) => {
    log.error({ what: "room.failed", where: pseudonym(room), ...errorFields(error) });
  });
  const startedAt = clock.now();
  // What a stop cuts off fails, and has settled then. The stored place in the stream stays where it is from the stop on, so that all of it is heard
  // again; what was answered meanwhile is known by the rooms' documents.
  let leaving = false;
  const readiness = new Readiness({ dataDir: config.dataDir, log, lastHeard: () => intake.lastHeard });
  const beginning = await Beginning.of(documents, log);
  const anew = (await loadSyncMark(documents)) === undefined;
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
    careful: beginning,
    loadMark: () => loadSyncMark(documents),
    saveMark: async (mark) => {
      if (leaving) return;
      await saveSyncMark(documents, mark);
      await beginning.over();
      await readiness.become();
    },
  });
  const about = whoRunsUsher(config);
  const calledAs = config.prefixes[0] ?? me;
  const signs = new Signs({ matrix, documents, clock, queue, offered: config.confirmation.reactions });
  const speaker = new Speaker({ matrix, renderer, clock, pageBytes: config.limits.pageBytes, about });
  const render = (answer: Answer): Rendered => renderer.render(answer, { ...about, calledAs });
  if (!(await offer.load(documents))) log.error({ what: "catalogue.changes-refused" });
  const owed = new OwedWords({ matrix, documents, clock, queue, render });
  const base = { matrix, documents, clock, queue, speaker, owed, calledAs, offer };
  const kinds = [widgetKind(base), botKind(base, config.bots.joinSeconds)];
  const hearings = kinds.flatMap(({ hearing = [] }) => hearing);
  const history = new History({ documents, clock, undoings: kinds.map(({ undoing }) => undoing) });
  const carriers = [...kinds.map(({ carrier }) => carrier), history.carrier];
  const health = async (): Promise<Health> => {
    const crypto = await encryption?.status();
    return { version: VERSION, startedAt, lastHeard: intake.lastHeard, engine: crypto?.engine, verified: crypto?.signed === true };
  };
  const operators = await findOperatorsRoom(config, { matrix, documents, learning });
  const notices = new OperatorNotices({ operators, matrix, clock, log, render, version: VERSION });
  logListeners.add((line) => {
    notices.logged(line);
  });
  const standing = (asker: Asker): Promise<Standing> => operatorStanding({ operators: config.operators, room: operators }, asker, matrix);
  const comparisons = new Comparisons({
    encryption,
    operators,
    matrix,
    renderer,
    calledAs,
    tell: privateTeller({ matrix, log, render }),
    log,
  });
  const commands = allCommands({
    matrix,
    offer,
    kinds,
    history,
    documents,
    carriers,
    clock,
    health,
    cryptoReport: async () => encryption?.status(),
    homeserver: () => checkHomeserver({ call, url: config.homeserver.url, clock }),
    disk: () => checkDisk(config.dataDir),
    operators,
    missing: () => learning.missing,
    addresses: () => offer.library.sites(),
    probe: (url) => probe(url, { privateHosts: config.privateHosts, timeoutMs: PROBE_MS }),
    comparisons,
    leaveReason: () => render({ template: "leave-reason", view: {} }).body,
  });
  const signedOnly = config.crypto.obeyCommandsFrom === "signed-devices";
  const performer = new Performer({
    matrix,
    documents,
    clock,
    log,
    speaker,
    signs,
    answered: () => beginning.gotOn(),
    commands,
    standing,
    confirmationMs: config.limits.confirmationMinutes * 60_000,
    signedOnly,
  });
  const conversation = new Conversation({
    matrix,
    documents,
    clock,
    log,
    queue,
    speaker,
    performer,
    signs,
    commands,
    answers: answerWords(config.confirmation, commands),
    prefixes: config.prefixes,
    staleMs: config.limits.staleCommandMinutes * 60_000,
    signedOnly,
    signedKeys: config.crypto.shareKeysWith === "signed-devices",
    pace: { commands: config.limits.commandsPerMinute, withinMs: 60_000 },
  });
  const membership = comingAndGoing({
    matrix,
    documents,
    clock,
    log,
    queue,
    render,
    owed,
    operators,
    carriers,
    inviters: config.access.inviters,
    canReadEncrypted: cipher.available,
    aloneMs: config.limits.leaveWhenAloneMinutes * 60_000,
  });
  const handle = async (batch: Batch): Promise<void> => {
    for (const room of batch.rooms) {
      if (room.gap) matrix.noteGap(room.roomId);
      for (const event of room.events) matrix.noteEvent(event);
      for (const hearing of hearings) hearing.note(room);
    }
    await Promise.all([
      membership.handle(batch),
      conversation.handle(batch),
      ...hearings.map((hearing) => hearing.handle(batch)),
      // The place of a very first sync must be kept before anything is promised: a crash before that would make the next one the first again.
      batch.first ? undefined : readiness.become(),
    ]);
  };
  const atIntervals = rounds({ conversation, membership, history, owed, documents, clock, readiness });
  await learning.begin("rooms", () => membership.start());
  await learning.begin("display-name", () => conversation.learnName());
  await conversation.start();
  for (const hearing of hearings) await hearing.start();
  await learning.begin("sweep", atIntervals.sweep);
  if (beginning.careful) await learning.begin("careful-start", () => tellOfCarefulStart({ operators, matrix, render, startedAt }));
  const endRounds = startRounds(atIntervals.all, log);
  const rooms = new RoomByRoom(handle, log, (room) => {
    matrix.noteGap(room);
  });
  const begin = async (): Promise<void> => {
    await notices.started();
    await furnishProfile(call, { me, anew }, log);
  };
  void readiness.whenReady.then(begin, () => undefined);
  const ended = intake.run((batch) => rooms.handle(batch));
  ended.catch(async (error: unknown) => {
    // Nothing that it met was too much for it.
    await beginning.over();
    readiness.fail(error);
  });
  return {
    ready: readiness.whenReady,
    ended,
    stop: async () => {
      await endRounds();
      leaving = true;
      learning.stop();
      performer.stop();
      void notices.stopping();
      for (const hearing of hearings) hearing.stop();
      await intake.stop();
      // `ended` comes when all that was heard is settled.
      await settledWithin(Promise.all([queue.idle(), ended]), FINISH_MS);
      await matrix.stop(LEAVE_MS);
      await beginning.over();
    },
  };
}
