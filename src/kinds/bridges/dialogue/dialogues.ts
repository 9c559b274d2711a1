import { randomUUID } from "node:crypto";
import type { Clock } from "../../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import { KeyedQueue } from "../../../kernel/tasks.ts";
import { unreachable } from "../../../matrix/errors.ts";
import type { RoomBatch } from "../../../matrix/intake.ts";
import type { OwnAccount, RoomEvent, Sending } from "../../../matrix/port.ts";
import { linesOf, said, told, type Ask, type Told, type Values } from "./wording.ts";

/** What is asked of a bridge's bot, and where. */
export interface Question {
  readonly bot: UserId;
  readonly room: RoomId;
  readonly ask: Ask;
  readonly values: Values;
  /** What it is asked for. */
  readonly cause: string;
  /** Where the answer shows elsewhere: once this settles, no words are waited for any more. */
  readonly over?: Promise<unknown>;
  /** Only notices are answers: in a room of people the bot may say what others have written. */
  readonly notices?: boolean;
}

/** What came of a question: the line that ended it, or what was said that nobody foresaw; nothing where it was silent. */
export type Reply =
  | ({ readonly is: "done" | "refused" } & Told)
  | { readonly is: "unclear"; readonly lines: readonly string[] };

interface DialoguesDeps {
  readonly matrix: OwnAccount & Sending;
  readonly clock: Clock;
}

/** A question that waits for its answer. */
interface Open {
  readonly bot: UserId;
  readonly room: RoomId;
  hear(event: RoomEvent): void;
  /** Something happened in the room that was not heard. */
  missed(): void;
  end(): void;
}

/** So many lines are kept to be shown where none was understood, each so long. */
const LINES = 5;
const LINE_LENGTH = 200;

/**
 * Speaks with the bots of bridges. One question at a time for each bot, for a bot may take whatever is said next as the answer to its own question. What counts is
 * what exactly that bot says in exactly that room after the question, line by line.
 */
export class Dialogues {
  readonly #deps: DialoguesDeps;
  readonly #open = new Set<Open>();
  readonly #turns = new KeyedQueue(() => undefined);
  #stopped = false;

  constructor(deps: DialoguesDeps) {
    this.#deps = deps;
  }

  /** Has something of a bot to itself: several questions that belong together. */
  inTurn<T>(bot: UserId, work: () => Promise<T>): Promise<T> {
    return this.#turns.inTurn(bot, work);
  }

  /** What has just been read. */
  note({ roomId, gap, events }: RoomBatch): void {
    for (const one of this.#open) {
      if (one.room !== roomId) continue;
      if (gap) one.missed();
      for (const event of events) one.hear(event);
    }
  }

  /** Nobody is answered any more: all questions end with `room-unreachable`, to be asked again at the next start. */
  stop(): void {
    this.#stopped = true;
    for (const one of this.#open) one.end();
  }

  /** Asks, in the bot's turn, and waits. Rejects with `room-unreachable` where the question cannot be sent, or Usher stops. */
  ask(question: Question): Promise<Reply> {
    const { room, ask, values, cause } = question;
    return this.#hear(question, async (heard) => {
      // A name of its own each time: one that was used is no second question for the homeserver.
      const once = { cause, step: `bridge ${randomUUID()}` };
      const body = said(ask, values);
      heard.asked(await this.#deps.matrix.send(room, { body, asText: true }, once));
    });
  }

  /** The same of what has been asked before, in nobody's turn: what the bot says there from now on. */
  overhear(question: Question): Promise<Reply> {
    return this.#hear(question, (heard) => {
      heard.asked();
    });
  }

  async #hear(
    { bot, room, ask, values, over, notices = false }: Question,
    begin: (heard: Heard) => void | Promise<void>,
  ): Promise<Reply> {
    if (this.#stopped) throw unreachable("wait", "aborted");
    const heard = new Heard({ bot, room, ask, values, notices });
    this.#open.add(heard);
    // The answer comes from the question on: what it said before belongs to another.
    const cancel = this.#deps.clock.after(ask.seconds * 1000, () => {
      heard.end();
    });
    try {
      await begin(heard);
      if (over !== undefined) over.then(heard.end, heard.end);
      const reply = await heard.reply;
      if (reply.is === "unclear" && this.#stopped) throw unreachable("wait", "aborted");
      return reply;
    } finally {
      cancel();
      this.#open.delete(heard);
    }
  }
}

/** What has been heard since a question, which may be before the homeserver has said which event that is. */
class Heard implements Open {
  readonly bot: UserId;
  readonly room: RoomId;
  readonly #ask: Ask;
  readonly #values: Values;
  readonly #notices: boolean;
  /** What was heard while it was not known which event the question is. */
  #early: RoomEvent[] | undefined = [];
  readonly #unclear: string[] = [];
  readonly #reply = Promise.withResolvers<Reply>();
  #asked: EventId | undefined;
  #isAsked = false;

  constructor({ bot, room, ask, values, notices }: Required<Omit<Question, "cause" | "over">>) {
    this.bot = bot;
    this.room = room;
    this.#ask = ask;
    this.#values = values;
    this.#notices = notices;
  }

  get reply(): Promise<Reply> {
    return this.#reply.promise;
  }

  hear(event: RoomEvent): void {
    if (this.#early !== undefined) this.#early.push(event);
    else if (event.eventId === this.#asked) this.#isAsked = true;
    else if (this.#isAsked) this.#take(event);
  }

  /** The question is this event; without one, it was asked before. */
  asked(event?: EventId): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#asked = event;
    this.#isAsked = event === undefined;
    // Where the question itself has not been heard yet, nothing of it was an answer.
    for (const one of early) this.hear(one);
  }

  missed(): void {
    // The question was among it, if it was sent before.
    if (this.#early === undefined) this.#isAsked = true;
  }

  readonly end = (): void => {
    this.#reply.resolve({ is: "unclear", lines: this.#unclear });
  };

  #take({ sender, type, content, stateKey, redacted }: RoomEvent): void {
    if (sender !== this.bot || stateKey !== undefined || redacted) return;
    if (this.#notices && content["msgtype"] !== "m.notice") return;
    for (const line of saidBy(type, content)) {
      const found = told(this.#ask, this.#values, line);
      if (found === undefined) {
        if (this.#unclear.length < LINES) this.#unclear.push(line.slice(0, LINE_LENGTH));
      } else if (found.phrase.means !== "going-on") {
        this.#reply.resolve({ is: found.phrase.means, ...found });
        return;
      }
    }
  }
}

/** The lines of a message; a reaction is a line too. */
function saidBy(type: string, content: Readonly<Record<string, unknown>>): readonly string[] {
  if (type === "m.room.message")
    return typeof content["body"] === "string" ? linesOf(content["body"]) : [];
  if (type !== "m.reaction") return [];
  const relation = content["m.relates_to"];
  const key =
    typeof relation === "object" && relation !== null && "key" in relation
      ? relation.key
      : undefined;
  return typeof key === "string" ? [key.replaceAll("\uFE0F", "")] : [];
}
