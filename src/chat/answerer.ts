import type { Addressed } from "./address.ts";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Encryption, RoomEvent } from "../matrix/port.ts";
import { roomDocument, type Asked, type RoomDocument } from "../store/room.ts";
import { inShort } from "./advice.ts";
import type { Answer } from "./command.ts";
import { confirmation, isAnswerKey, type Answered, type Pending } from "./confirmation.ts";
import type { ConversationDeps } from "./conversationDeps.ts";
import type { Reacted, Spoken } from "./gate.ts";
import { refusedBefore } from "./lastRefusals.ts";
import { handled, leftBehind, settled } from "./journal.ts";
import type { LoopBreaker } from "./loopBreaker.ts";
import { whatIsWrong } from "./misunderstood.ts";
import { parseLine } from "./parse.ts";
import type { ReplyTarget } from "./replyTarget.ts";
import type { SpokenTo } from "./spokenTo.ts";
import { isStale } from "./stale.ts";
import { tookCredential } from "./typedCredentials.ts";
import { canRead, deviceFault, doubtedYes, REACTION } from "./trust.ts";

/** What a conversation knows beside its rooms' documents. */
interface Here {
  readonly loops: LoopBreaker;
  readonly spokenTo: SpokenTo;
  /** Rooms where a preview waits. */
  readonly waiting: Set<RoomId>;
}

/** A command that somebody gave, and how it came. */
interface Given {
  readonly event: RoomEvent;
  readonly called: Addressed;
  readonly place: ReplyTarget;
  readonly encryption: Encryption;
  readonly batch: Batch;
  readonly again: boolean;
  readonly unread: boolean;
}

/** Answers one thing that somebody said or reacted with, in the room's turn. */
export class Answerer {
  readonly #deps: ConversationDeps;
  readonly #here: Here;

  constructor(deps: ConversationDeps, here: Here) {
    this.#deps = deps;
    this.#here = here;
  }

  /** A reaction may be an answer to a preview. */
  async reaction(event: RoomEvent, reacted: Reacted): Promise<void> {
    if (!this.#here.waiting.has(event.roomId)) return this.#otherReaction(event, reacted);
    const document = await this.#document(event.roomId);
    const outcome = confirmation(
      document?.pending ?? [],
      { ...reacted, person: event.sender },
      this.#deps.clock.now(),
      this.#deps.answers,
    );
    if (outcome !== undefined && outcome.kind !== "none")
      return this.#settle(event, outcome.kind, outcome.pending);
    return this.#otherReaction(event, reacted);
  }

  /** One that answers no preview. */
  async #otherReaction({ roomId: room, sender, eventId }: RoomEvent, { key }: Reacted) {
    if (!isAnswerKey(key)) return;
    const waits = await this.#deps.elseWaits(sender, room);
    if (waits === undefined) return;
    await this.#sayLast({ room, event: eventId, thread: undefined, calledAs: "" }, waits);
  }

  /** Something was said: a command, an answer to a question, or nothing of Usher's. */
  async message(
    event: RoomEvent,
    spoken: Spoken,
    batch: Batch,
    { again, retried }: { again: boolean; retried: boolean },
  ): Promise<void> {
    const { clock, signedOnly, signedKeys } = this.#deps;
    const room = event.roomId;
    const called = await this.#here.spokenTo.what(event, spoken);
    const refused = refusedBefore(this.#deps, event, spoken, called);
    if (called === undefined && refused === undefined) this.#deps.refusals.talked(room);
    if (called === undefined && refused === undefined && !this.#here.waiting.has(room)) return;
    const document = await this.#document(room);
    if (document?.handled.includes(event.eventId) === true) return;
    const place: ReplyTarget = {
      room,
      event: event.eventId,
      thread: spoken.thread,
      calledAs: (called ?? refused)?.calledAs ?? "",
    };

    const how = { addressed: called !== undefined, unnamed: called?.calledAs === "" };
    const reply = { ...spoken, ...how, person: event.sender, line: called?.line ?? spoken.line };
    const outcome =
      spoken.tooLong === true
        ? undefined
        : confirmation(document?.pending ?? [], reply, clock.now(), this.#deps.answers);
    if (called === undefined && refused === undefined && outcome === undefined) return;
    // What was said while Usher was away is counted when it was said, as far as that can be believed.
    const saidAt = Math.min(
      clock.now(),
      Math.max(event.originServerTs, clock.now() - batch.awayMs),
    );
    const silenced = retried ? "hear" : this.#here.loops.hear(room, event.sender, saidAt);
    if (silenced === "silent") return;
    this.#deps.refusals.heard(place, event.sender);
    if (silenced === "say") return this.#sayLast(place, new UsherError("sender-flooding", {}));
    if (called !== undefined && (await tookCredential(this.#deps, event, called.line, place)))
      return this.#remember(room, event.eventId);
    // Whoever answers needs to know who is here too: asked side by side, where it is not known yet.
    const [encryption] = await Promise.all([
      this.#deps.matrix.encryption(room),
      this.#deps.matrix.members(room),
    ]);
    if (event.encryption === "none" && encryption === "encrypted") {
      return this.#sayLast(place, new UsherError("room-cleartext-refused", {}));
    }
    const doubt = deviceFault(event, encryption, { signedOnly, command: undefined });
    if (doubt !== undefined) return this.#sayLast(place, doubt);
    const unread = !canRead(event, signedKeys);
    if (unread) await this.#deps.speaker.mark(room, event.eventId, "unread/device");
    if (spoken.tooLong === true)
      return this.#sayLast(place, new UsherError("message-too-long", {}));
    if (outcome?.kind === "none" || (outcome === undefined && refused !== undefined))
      return this.#sayLast(place, await this.#noQuestion(event, refused));
    if (outcome !== undefined) return this.#settle(event, outcome.kind, outcome.pending, place);
    if (called === undefined) return;
    return this.#command({ event, called, place, encryption, batch, again, unread });
  }

  /** What is said to a yes or no that answers no question of Usher's. */
  async #noQuestion(
    { sender, roomId }: RoomEvent,
    refused: ReturnType<typeof refusedBefore>,
  ): Promise<Answer | UsherError> {
    const waits = await this.#deps.elseWaits(sender, roomId);
    if (waits !== undefined) return waits;
    return refused?.yes === false
      ? { template: "declined", view: { asked: undefined } }
      : new UsherError("confirm-none", { advice: refused?.advice });
  }

  /** Runs a command, or says why not. */
  async #command({ event, called, place, encryption, batch, again, unread }: Given): Promise<void> {
    const { commandRunner, commands, clock, staleMs, signedOnly } = this.#deps;
    const { room } = place;
    const asked: Asked = {
      event: event.eventId,
      person: event.sender,
      ...(place.thread === undefined ? {} : { thread: place.thread }),
      ...called,
      at: clock.now(),
    };
    const understood = parseLine(called.line, commands, called.calledAs);
    // A yes that comes next is meant for what Usher says to this.
    if (this.#here.waiting.has(room) && ("error" in understood || understood.command.changes))
      await this.#deps.documents.update(roomDocument, room, (current) =>
        leftBehind(current, asked),
      );
    if ("error" in understood)
      return this.#sayLast(
        place,
        await whatIsWrong(this.#deps, { ...event, ...called }, understood),
      );
    const distrusted = deviceFault(event, encryption, { signedOnly, command: understood.command });
    if (distrusted !== undefined) return this.#sayLast(place, distrusted);
    if (
      understood.command.changes &&
      isStale(event.originServerTs, clock.now(), batch.awayMs, staleMs)
    ) {
      return this.#sayLast(
        place,
        new UsherError("command-stale", { command: understood.command.words }),
      );
    }
    const from = { unread, signed: event.signedDevice === true, device: event.device };
    await commandRunner.run(understood, room, asked, again, from);
    if (understood.command.changes) this.#here.waiting.add(room);
  }

  /** What follows from a yes, a no, one that came too late, or something else that was meant for one. */
  async #settle(
    event: RoomEvent,
    kind: Answered["kind"],
    pending: Pending,
    said?: ReplyTarget,
  ): Promise<void> {
    const { documents, commandRunner, signs } = this.#deps;
    const {
      preview: _preview,
      expiresAt: _expiresAt,
      older = false,
      inWords = false,
      signs: _signs,
      ...asked
    } = pending;
    // A reaction cannot be answered; the command it belongs to can.
    const place: ReplyTarget = said ?? {
      room: event.roomId,
      event: asked.event,
      thread: asked.thread,
      calledAs: asked.calledAs,
    };
    if (kind === "elsewhere")
      return this.#sayLast(
        place,
        new UsherError("confirm-elsewhere", { asked: inShort(asked.line) }),
      );
    if (kind === "unclear" || kind === "older") {
      const reaction = { roomId: event.roomId, ...REACTION };
      const onlyWords =
        (await doubtedYes(reaction, { ...asked, inWords }, this.#deps)) !== undefined;
      return this.#sayLast(
        place,
        new UsherError(`confirm-${kind}`, { inWords: onlyWords, asked: inShort(asked.line) }),
      );
    }
    if (kind === "confirmed") {
      const doubt = await doubtedYes(event, { ...asked, inWords }, this.#deps);
      if (doubt !== undefined)
        return this.#sayLast({ ...place, event: event.eventId, replyTo: place.event }, doubt);
      return commandRunner.perform(event.roomId, asked, {
        confirmedBy: event.eventId,
        replyTo: place.event,
      });
    }
    const saying =
      kind === "declined"
        ? { template: "declined", view: { asked: older ? inShort(asked.line) : undefined } }
        : new UsherError("confirm-expired", {});
    await this.#deps.speaker.say(place, saying, "settled");
    await documents.update(roomDocument, event.roomId, (document) =>
      handled(settled(document, asked.event), event.eventId),
    );
    signs.takeAway(event.roomId);
  }

  readonly #document = (room: RoomId): Promise<RoomDocument | undefined> =>
    this.#deps.documents.get(roomDocument, room);

  async #sayLast(place: ReplyTarget, saying: Answer | UsherError): Promise<void> {
    await this.#deps.speaker.say(place, saying, "answer");
    await this.#remember(place.room, place.event);
  }

  async #remember(room: RoomId, event: EventId): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => handled(document, event));
  }
}
