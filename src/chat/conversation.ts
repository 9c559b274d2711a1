import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { newReference, type UserId, type EventId, type RoomId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { MatrixPort, RoomEvent } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type Asked, type RoomDocument } from "../store/room.ts";
import { inShort } from "./advice.ts";
import type { Answer, Command } from "./command.ts";
import { Company } from "./company.ts";
import { confirmation, type Answered, type AnswerWords, type Pending } from "./confirmation.ts";
import { actionable, type Edited, type Reacted, type Redacted, type Spoken } from "./gate.ts";
import { refusedBefore, type LastRefusals } from "./lastRefusals.ts";
import { handled, leftBehind, settled, withoutExpired } from "./journal.ts";
import { LoopBreaker, type Pace } from "./loopBreaker.ts";
import { parseLine } from "./parse.ts";
import { retryTransient } from "./retryTransient.ts";
import type { CommandRunner } from "./commandRunner.ts";
import type { Signs } from "./signs.ts";
import type { ReplyTarget, Speaker } from "./speaker.ts";
import { SpokenTo } from "./spokenTo.ts";
import { isStale } from "./stale.ts";
import { canRead, deviceFault, doubtedYes } from "./trust.ts";
import { hintAt, UnreadEvents } from "./unreadable.ts";
import { Withdrawals } from "./withdrawals.ts";

interface ConversationDeps {
  readonly matrix: Pick<MatrixPort, "me" | "members" | "encryption" | "displayName" | "event">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly speaker: Speaker;
  readonly commandRunner: CommandRunner;
  /** Told by the speaker what was refused. */
  readonly refusals: LastRefusals;
  readonly signs: Signs;
  readonly commands: readonly Command[];
  readonly answers: AnswerWords;
  readonly prefixes: readonly string[];
  /** A command that changes things and is older than this when it is heard is not run unasked; ms. */
  readonly staleMs: number;
  /** What a person types fast, a bot exceeds. */
  readonly pace: Pace;
  /** Whether commands from devices that their owner has not verified are refused (MSC4153). */
  readonly signedOnly: boolean;
  /** Whether devices that their owner has not verified get no keys of Usher's messages. */
  readonly signedKeys: boolean;
}

/** Hears what happens in rooms and answers what is said to Usher, in order within a room and side by side across rooms. */
export class Conversation implements Part {
  readonly #deps: ConversationDeps;
  readonly name = "conversation";
  readonly rounds = [
    { name: "previews", when: "*/10 * * * * *", work: () => this.forgetExpired() },
    { name: "unread", when: "*/10 * * * * *", work: () => this.hintAtUnread() },
  ];
  readonly #loops: LoopBreaker;
  /** Rooms in which the last run left something to do. */
  readonly #left: RoomDocument[] = [];
  /** Rooms where a preview waits, so that ordinary talk elsewhere costs no look at a document. */
  readonly #waiting = new Set<RoomId>();
  readonly #unread = new UnreadEvents();
  readonly #withdrawals: Withdrawals;
  readonly #spokenTo: SpokenTo;
  /** The first batch may bring what was answered right before a crash. */
  #caughtUp = false;

  constructor(deps: ConversationDeps) {
    this.#deps = deps;
    this.#loops = new LoopBreaker(deps.pace);
    this.#withdrawals = new Withdrawals(deps);
    this.#spokenTo = new SpokenTo({ ...deps, company: new Company(deps) });
  }

  found(document: RoomDocument): void {
    const { pending, journal, spent = [] } = document;
    if (pending.length > 0) this.#waiting.add(document.id);
    if (pending.length + journal.length + spent.length > 0) this.#left.push(document);
  }

  /** Takes up what the last run left: previews that wait, and commands that were begun. */
  start(): Promise<void> {
    const { queue, commandRunner, signs } = this.#deps;
    for (const document of this.#left.splice(0)) {
      signs.resume(document);
      for (const { confirmedBy, replyTo, ...asked } of document.journal) {
        void queue.run(document.id, () => commandRunner.perform(document.id, asked, { confirmedBy, replyTo }, { resumed: true }));
      }
    }
    return Promise.resolve();
  }

  stop(): void {
    this.#deps.commandRunner.stop();
  }

  /** Learns what Usher is called; until then it is called by its other names. */
  async learnName(): Promise<void> {
    await this.#spokenTo.learnName();
  }

  /** Settles when everything in the batch that is Usher's to act on has been acted on. */
  async handle(batch: Batch): Promise<void> {
    const again = !this.#caughtUp;
    // Batches come room by room, the first one's rooms all in the same turn.
    queueMicrotask(() => (this.#caughtUp = true));
    await Promise.all(
      batch.rooms
        // Each in a turn of its own: while one waits for somebody outside, the next are heard.
        .flatMap(({ roomId, events, gap }) => [
          ...(gap && this.#waiting.has(roomId) ? [this.#deps.queue.run(roomId, () => this.#withdrawals.missed(roomId))] : []),
          ...events.map((event) => this.#deps.queue.run(roomId, () => this.#hear(event, batch, again))),
        ]),
    );
  }

  /** Forgets previews whose time is over (D10). */
  async forgetExpired(): Promise<void> {
    const { documents, clock, signs, refusals } = this.#deps;
    refusals.forgetOld();
    for (const room of this.#waiting) {
      const document = await documents.update(roomDocument, room, (current) => withoutExpired(current, clock.now()));
      if (document.pending.length === 0) this.#waiting.delete(room);
      if ((document.spent ?? []).length > 0) signs.takeAway(room);
    }
    signs.tidy();
  }

  /** Says, once in a room and day, that something could not be read, whose key is missing, and what to do. */
  async hintAtUnread(): Promise<void> {
    const { clock, queue } = this.#deps;
    for (const one of this.#unread.overdue(clock.now())) await queue.run(one.room, () => hintAt(one, this.#deps));
  }

  /** One event. Its failure is reported where it can be, and harms no other event. */
  async #hear(event: RoomEvent, batch: Batch, again: boolean): Promise<void> {
    const { matrix, clock, log, commandRunner } = this.#deps;
    if (event.encryption === "unreadable" && event.sender !== matrix.me) {
      this.#unread.note({ room: event.roomId, event: event.eventId, sender: event.sender, why: event.unread, at: clock.now() });
    } else {
      this.#unread.readable(event.eventId);
    }
    const { heard } = { heard: undefined, ...actionable(event, matrix.me) };
    const member = event.type === "m.room.member" ? event.stateKey : undefined;
    if (heard === undefined && member === undefined && event.sender !== matrix.me) this.#deps.refusals.talked(event.roomId);
    if (heard === undefined && member === undefined) return;
    try {
      await retryTransient(clock, commandRunner.signal, async (retried) => {
        if (heard === undefined) await this.#moved(event);
        else if (heard.kind === "message") await this.#message(event, heard, batch, { again: again || retried, retried });
        else if (heard.kind === "reaction") await this.#reaction(event, heard);
        else await this.#takenBack(event, heard);
      });
    } catch (error) {
      const reference = newReference();
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.error({ what: "event.failed", where: pseudonym(event.roomId), reference, ...code });
      if (heard?.kind === "message" && !commandRunner.signal.aborted) await this.#apologise(event, heard, reference);
    }
  }

  /** Nobody who spoke to Usher is left without a word, if a word can be said at all. */
  async #apologise(event: RoomEvent, spoken: Spoken, reference: string): Promise<void> {
    const { speaker, log } = this.#deps;
    try {
      const called = await this.#spokenTo.what(event, spoken);
      if (called === undefined) return;
      const place = { room: event.roomId, event: event.eventId, thread: spoken.thread, calledAs: called.calledAs };
      // Under a name of its own: the command may be finished yet, and then has its answer to say.
      await speaker.say(place, new UsherError("unexpected", { reference }), "sorry");
    } catch (error) {
      log.error({ what: "event.unanswered", where: pseudonym(event.roomId), reference, ...errorFields(error) });
    }
  }

  /** Somebody's membership or name changed. */
  async #moved({ roomId, stateKey, content }: RoomEvent): Promise<void> {
    const { matrix } = this.#deps;
    if (stateKey === matrix.me) await this.#spokenTo.learnName();
    else if (content["membership"] !== "join" && this.#waiting.has(roomId)) await this.#withdrawals.left(roomId, stateKey as UserId);
  }

  /** A message was changed or taken away: what it asked for is withdrawn, and who thinks to have corrected a command is told that it was not. */
  async #takenBack(event: RoomEvent, heard: Edited | Redacted): Promise<void> {
    const { roomId: room, sender } = event;
    if (this.#waiting.has(room) && (await this.#withdrawals.take(room, heard, sender))) return;
    const called = heard.kind === "edit" ? await this.#spokenTo.what(event, heard) : undefined;
    if (called === undefined || this.#loops.hear(room, sender, this.#deps.clock.now()) !== "hear") return;
    await this.#withdrawals.notFollowed({ room, event: heard.target, thread: undefined, calledAs: called.calledAs }, sender);
  }

  async #reaction(event: RoomEvent, reacted: Reacted): Promise<void> {
    if (!this.#waiting.has(event.roomId)) return;
    const document = await this.#document(event.roomId);
    const outcome = confirmation(document?.pending ?? [], { ...reacted, person: event.sender }, this.#deps.clock.now(), this.#deps.answers);
    if (outcome !== undefined && outcome.kind !== "none") await this.#settle(event, outcome.kind, outcome.pending);
  }

  async #message(event: RoomEvent, spoken: Spoken, batch: Batch, { again, retried }: { again: boolean; retried: boolean }): Promise<void> {
    const { commandRunner, commands, clock, staleMs, signedOnly, signedKeys } = this.#deps;
    const room = event.roomId;
    const called = await this.#spokenTo.what(event, spoken);
    const refused = refusedBefore(this.#deps, event, spoken, called);
    if (called === undefined && refused === undefined) this.#deps.refusals.talked(room);
    if (called === undefined && refused === undefined && !this.#waiting.has(room)) return;
    const document = await this.#document(room);
    if (document?.handled.includes(event.eventId) === true) return;
    const place: ReplyTarget = { room, event: event.eventId, thread: spoken.thread, calledAs: (called ?? refused)?.calledAs ?? "" };

    const how = { addressed: called !== undefined, unnamed: called?.calledAs === "" };
    const reply = { ...spoken, ...how, person: event.sender, line: called?.line ?? spoken.line };
    const outcome = spoken.tooLong === true ? undefined : confirmation(document?.pending ?? [], reply, clock.now(), this.#deps.answers);
    if (called === undefined && refused === undefined && outcome === undefined) return;
    // What was said while Usher was away is counted when it was said, as far as that can be believed.
    const saidAt = Math.min(clock.now(), Math.max(event.originServerTs, clock.now() - batch.awayMs));
    const silenced = retried ? "hear" : this.#loops.hear(room, event.sender, saidAt);
    if (silenced === "silent") return;
    this.#deps.refusals.heard(place, event.sender);
    if (silenced === "say") return this.#sayLast(place, new UsherError("sender-flooding", {}));
    // Whoever answers needs to know who is here too: asked side by side, where it is not known yet.
    const [encryption] = await Promise.all([this.#deps.matrix.encryption(room), this.#deps.matrix.members(room)]);
    if (event.encryption === "none" && encryption === "encrypted") {
      return this.#sayLast(place, new UsherError("room-cleartext-refused", {}));
    }
    const doubt = deviceFault(event, encryption, { signedOnly, command: undefined });
    if (doubt !== undefined) return this.#sayLast(place, doubt);
    const unread = !canRead(event, signedKeys);
    if (unread) await this.#deps.speaker.mark(room, event.eventId, "unread/device");
    if (spoken.tooLong === true) return this.#sayLast(place, new UsherError("message-too-long", {}));
    if (refused?.yes === false && (outcome?.kind ?? "none") === "none") return this.#sayLast(place, { template: "declined", view: {} });
    if (outcome?.kind === "none" || (outcome === undefined && refused !== undefined))
      return this.#sayLast(place, new UsherError("confirm-none", { advice: refused?.advice }));
    if (outcome !== undefined) return this.#settle(event, outcome.kind, outcome.pending, place);
    if (called === undefined) return;

    const asked: Asked = {
      event: event.eventId,
      person: event.sender,
      ...(spoken.thread === undefined ? {} : { thread: spoken.thread }),
      ...called,
      at: clock.now(),
    };
    const understood = parseLine(called.line, commands, called.calledAs);
    // A yes that comes next is meant for what Usher says to this.
    if (this.#waiting.has(room) && ("error" in understood || understood.command.changes))
      await this.#deps.documents.update(roomDocument, room, (current) => leftBehind(current, asked));
    if ("error" in understood) return this.#sayLast(place, await commandRunner.misunderstood({ ...event, ...called }, understood));
    const distrusted = deviceFault(event, encryption, { signedOnly, command: understood.command });
    if (distrusted !== undefined) return this.#sayLast(place, distrusted);
    if (understood.command.changes && isStale(event.originServerTs, clock.now(), batch.awayMs, staleMs)) {
      return this.#sayLast(place, new UsherError("command-stale", { command: understood.command.words }));
    }
    await commandRunner.run(understood, room, asked, again, unread);
    if (understood.command.changes) this.#waiting.add(room);
  }

  /** What follows from a yes, a no, one that came too late, or something else that was meant for one. */
  async #settle(event: RoomEvent, kind: Answered["kind"], pending: Pending, said?: ReplyTarget): Promise<void> {
    const { documents, commandRunner, signs } = this.#deps;
    const { preview: _preview, expiresAt: _expiresAt, older: _older, inWords = false, signs: _signs, ...asked } = pending;
    // A reaction cannot be answered; the command it belongs to can.
    const place: ReplyTarget = said ?? { room: event.roomId, event: asked.event, thread: asked.thread, calledAs: asked.calledAs };
    if (kind === "unclear") return this.#sayLast(place, new UsherError("confirm-unclear", { inWords, asked: inShort(asked.line) }));
    if (kind === "older") return this.#sayLast(place, new UsherError("confirm-older", { inWords }));
    if (kind === "confirmed") {
      const doubt = await doubtedYes(event, { ...asked, inWords }, this.#deps);
      if (doubt !== undefined) return this.#sayLast({ ...place, event: event.eventId, replyTo: place.event }, doubt);
      return commandRunner.perform(event.roomId, asked, { confirmedBy: event.eventId, replyTo: place.event });
    }
    const saying = kind === "declined" ? { template: "declined", view: {} } : new UsherError("confirm-expired", {});
    await this.#deps.speaker.say(place, saying, "settled");
    await documents.update(roomDocument, event.roomId, (document) => handled(settled(document, asked.event), event.eventId));
    signs.takeAway(event.roomId);
  }

  readonly #document = (room: RoomId): Promise<RoomDocument | undefined> => this.#deps.documents.get(roomDocument, room);

  async #sayLast(place: ReplyTarget, saying: Answer | UsherError): Promise<void> {
    await this.#deps.speaker.say(place, saying, "answer");
    await this.#remember(place.room, place.event);
  }

  async #remember(room: RoomId, event: EventId): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => handled(document, event));
  }
}
