import { UsherError } from "../kernel/errors.ts";
import { newReference, type UserId, type RoomId } from "../kernel/ids.ts";
import { errorFields, pseudonym } from "../kernel/log.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { RoomEvent } from "../matrix/port.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import { Company } from "./company.ts";
import { actionable, type Edited, type Redacted, type Spoken } from "./gate.ts";
import { withoutExpired } from "./journal.ts";
import { LoopBreaker } from "./loopBreaker.ts";
import { retryTransient } from "./retryTransient.ts";
import { SpokenTo } from "./spokenTo.ts";
import { hintAt, UnreadEvents } from "./unreadable.ts";
import { tookCredential } from "./typedCredentials.ts";
import { Withdrawals } from "./withdrawals.ts";
import { Answerer } from "./answerer.ts";
import type { ConversationDeps } from "./conversationDeps.ts";

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
  readonly #answerer: Answerer;
  /** The first batch may bring what was answered right before a crash. */
  #caughtUp = false;

  constructor(deps: ConversationDeps) {
    this.#deps = deps;
    this.#loops = new LoopBreaker(deps.pace);
    this.#withdrawals = new Withdrawals(deps);
    this.#spokenTo = new SpokenTo({ ...deps, company: new Company(deps) });
    this.#answerer = new Answerer(deps, {
      loops: this.#loops,
      spokenTo: this.#spokenTo,
      waiting: this.#waiting,
    });
  }

  found(document: RoomDocument): void {
    const { pending, journal, spent = [] } = document;
    if (pending.length > 0) this.#waiting.add(document.id);
    if (pending.length + journal.length + spent.length > 0) this.#left.push(document);
  }

  /** Takes up what the last run left: previews that wait, and commands that were begun. */
  start(): Promise<void> {
    const { queue, commandRunner, signs, quietly } = this.#deps;
    for (const document of this.#left.splice(0)) {
      signs.resume(document);
      for (const { confirmedBy, replyTo, ...asked } of document.journal) {
        void queue.run(document.id, () =>
          quietly(pseudonym(asked.person), () =>
            commandRunner.perform(document.id, asked, { confirmedBy, replyTo }, { resumed: true }),
          ),
        );
      }
    }
    return Promise.resolve();
  }

  stop(): void {
    this.#deps.commandRunner.stop();
  }

  /** What is over when Usher starts goes before anything is answered, and not with the first round after that. */
  async sweepRoom(room: RoomDocument): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    if (withoutExpired(room, now) === room) return;
    await documents.update(roomDocument, room.id, (current) => withoutExpired(current, now));
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
          ...(gap && this.#waiting.has(roomId)
            ? [this.#deps.queue.run(roomId, () => this.#withdrawals.missed(roomId))]
            : []),
          ...events.map((event) =>
            this.#deps.queue.run(roomId, () =>
              this.#deps.quietly(pseudonym(event.sender), () => this.#hear(event, batch, again)),
            ),
          ),
        ]),
    );
  }

  /** Forgets previews whose time is over (D10). */
  async forgetExpired(): Promise<void> {
    const { documents, clock, signs, refusals } = this.#deps;
    refusals.forgetOld();
    for (const room of this.#waiting) {
      const document = await documents.update(roomDocument, room, (current) =>
        withoutExpired(current, clock.now()),
      );
      if (document.pending.length === 0) this.#waiting.delete(room);
      if ((document.spent ?? []).length > 0) signs.takeAway(room);
    }
    signs.tidy();
  }

  /** Says, once in a room and day, that something could not be read, whose key is missing, and what to do. */
  async hintAtUnread(): Promise<void> {
    const { clock, queue } = this.#deps;
    for (const one of this.#unread.overdue(clock.now()))
      await queue.run(one.room, () => hintAt(one, this.#deps));
  }

  /** One event. Its failure is reported where it can be, and harms no other event. */
  async #hear(event: RoomEvent, batch: Batch, again: boolean): Promise<void> {
    const { matrix, clock, log, commandRunner } = this.#deps;
    if (event.encryption === "unreadable" && event.sender !== matrix.me) {
      this.#unread.note({
        room: event.roomId,
        event: event.eventId,
        sender: event.sender,
        why: event.unread,
        at: clock.now(),
      });
    } else {
      this.#unread.readable(event.eventId);
    }
    const { heard } = { heard: undefined, ...actionable(event, matrix.me) };
    const member = event.type === "m.room.member" ? event.stateKey : undefined;
    if (heard === undefined && member === undefined && event.sender !== matrix.me)
      this.#deps.refusals.talked(event.roomId);
    if (heard === undefined && member === undefined) return;
    try {
      await retryTransient({ clock, signal: commandRunner.signal }, async (retried) => {
        if (heard === undefined) await this.#moved(event);
        else if (heard.kind === "message")
          await this.#answerer.message(event, heard, batch, { again: again || retried, retried });
        else if (heard.kind === "reaction") await this.#answerer.reaction(event, heard);
        else await this.#takenBack(event, heard);
      });
    } catch (error) {
      const reference = newReference();
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.error({
        class: "bot",
        what: "event.failed",
        where: pseudonym(event.roomId),
        reference,
        ...code,
      });
      if (heard?.kind === "message" && !commandRunner.signal.aborted)
        await this.#apologise(event, heard, reference);
    }
  }

  /** Nobody who spoke to Usher is left without a word, if a word can be said at all. */
  async #apologise(event: RoomEvent, spoken: Spoken, reference: string): Promise<void> {
    const { speaker, log } = this.#deps;
    try {
      const called = await this.#spokenTo.what(event, spoken);
      if (called === undefined) return;
      const place = {
        room: event.roomId,
        event: event.eventId,
        thread: spoken.thread,
        calledAs: called.calledAs,
      };
      // Under a name of its own: the command may be finished yet, and then has its answer to say.
      await speaker.say(place, new UsherError("unexpected", { reference }), "sorry");
    } catch (error) {
      log.error({
        class: "bot",
        what: "event.unanswered",
        where: pseudonym(event.roomId),
        reference,
        ...errorFields(error),
      });
    }
  }

  /** Somebody's membership or name changed. */
  async #moved({ roomId, stateKey, content }: RoomEvent): Promise<void> {
    const { matrix } = this.#deps;
    if (stateKey === matrix.me) await this.#spokenTo.learnName();
    else if (content["membership"] !== "join" && this.#waiting.has(roomId))
      await this.#withdrawals.left(roomId, stateKey as UserId);
  }

  /** A message was changed or taken away: what it asked for is withdrawn, and who thinks to have corrected a command is told that it was not. */
  async #takenBack(event: RoomEvent, heard: Edited | Redacted): Promise<void> {
    const { roomId: room, sender } = event;
    const taken = this.#waiting.has(room) && (await this.#withdrawals.take(room, heard, sender));
    const called = heard.kind === "edit" ? await this.#spokenTo.what(event, heard) : undefined;
    if (called === undefined) return;
    if (!taken && this.#loops.hear(room, sender, this.#deps.clock.now()) !== "hear") return;
    const place = { room, thread: undefined, calledAs: called.calledAs };
    const { eventId } = event;
    if (await tookCredential(this.#deps, event, called.line, { ...place, event: eventId })) return;
    if (!taken) await this.#withdrawals.notFollowed({ ...place, event: heard.target }, sender);
  }
}
