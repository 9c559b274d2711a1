import { z } from "zod";
import { transaction, type Once } from "./transaction.ts";
import { sleep, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { asEventId, type EventId, type RoomId, type UserId } from "../kernel/ids.ts";
import { KeyedQueue, settledWithin } from "../kernel/tasks.ts";
import { MEMBERS_STATE } from "../privacy/records/members.ts";
import { SAID } from "../privacy/records/rooms.ts";
import {
  declareEvent,
  declareEventsOf,
  declareState,
  type EventType,
  type StateType,
} from "../privacy/declared.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { RoomCipher } from "./crypto/cipher.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { Lanes } from "./lanes.ts";
import type { Content, Limits } from "./port.ts";
import { waitBeforeRetry } from "./retry.ts";
import { expect } from "./roomReader.ts";

/** An event may have 65,536 bytes; what homeservers add to the content (ids, hashes, signatures) has room in the rest. */
const LARGEST_CONTENT = 60_000;
/** So often a message is encrypted at most, while others keep coming into the room. */
const ENCRYPTING = 3;

const sent = z.object({
  event_id: z
    .string()
    .transform((text, context) => asEventId(text) ?? (context.addIssue("no id"), z.NEVER)),
});

interface OutboxDeps {
  readonly call: HomeserverCall;
  readonly clock: Clock;
  readonly random: () => number;
  readonly cipher: RoomCipher;
  /** Rejects with a `HomeserverError` where it is not known. */
  readonly encryption: (room: RoomId) => Promise<"none" | "encrypted">;
  /** Whom the room's key is for. */
  readonly readers: (room: RoomId) => Promise<readonly UserId[]>;
}

/** The homeserver writes it for whoever invites or removes somebody. */
export const MEMBER = declareState("m.room.member", MEMBERS_STATE);
/** What Usher says in rooms. A verification begins with a message, and goes on with events of its own. */
export const MESSAGE = declareEvent("m.room.message", SAID);
/** A picture of a pack, as whoever shows it calls it (specification, "Sticker messages"). */
export const STICKER = declareEvent("m.sticker", SAID);
const REACTION = declareEvent("m.reaction", SAID);
const verification = declareEventsOf("m.key.verification.", SAID);

/** How long a limit holds whose sender has given up, ms: where the homeserver names no time, and at most. */
const SHORT_LIMIT = 1_000;
const LONGEST_LIMIT = 30_000;

interface SendOptions {
  readonly before?: (() => Promise<void>) | undefined;
  readonly ahead?: boolean | undefined;
}

/** What one entry does with each of its tries. */
type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Everything that goes out: in each room in the order in which it was given, across rooms side by side. What a homeserver limits or
 * a network breaks is tried again, up to five times, under the same transaction id, so that nothing is sent twice.
 * Rejects with an `UsherError`.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #lanes: Lanes;
  readonly #queue: KeyedQueue;
  readonly #stop = new AbortController();
  #order = 0;
  #closed = false;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#lanes = new Lanes(deps.clock);
    this.#queue = new KeyedQueue(() => undefined);
    // Ahead of what waits in the room's order: the next step of a verification is worth little when it comes late.
    deps.cipher.sendsBy((room, type, content, cause) =>
      this.send(
        room,
        type === MESSAGE ? MESSAGE : verification(type),
        [content],
        { cause, step: "verification" },
        { ahead: true },
      ),
    );
  }

  get limits(): Limits {
    return this.#lanes.limits;
  }

  /**
   * Sends an event, encrypted where the room is. `forms` are contents of which the first that is not too large is sent.
   * `before` runs right before each try, and may refuse. `ahead`: does not wait for what was given before it.
   */
  send(
    room: RoomId,
    type: EventType,
    forms: readonly Content[],
    once: Once,
    how: SendOptions = {},
  ): Promise<EventId> {
    const attempt = async (signal: AbortSignal): Promise<EventId> => {
      await how.before?.();
      return await this.#post(room, type, forms, await this.isEncrypted(room), once, signal);
    };
    return this.enqueue(how.ahead === true ? `ahead ${room}` : room, "send", attempt);
  }

  /** Reactions are never encrypted (specification, `m.reaction`), and worth one more try at most. */
  react(
    room: RoomId,
    event: EventId,
    key: string,
    once: Once,
    courtesy?: "courtesy",
  ): Promise<EventId> {
    const content = { "m.relates_to": { rel_type: "m.annotation", event_id: event, key } };
    const where = path("rooms", room, "send", REACTION, transaction("react", once));
    return this.#courteously(courtesy, "react", (tries) =>
      this.enqueue(room, "react", (signal) => this.#put(where, content, signal), tries),
    );
  }

  redact(room: RoomId, event: EventId, once: Once, courtesy?: "courtesy"): Promise<EventId> {
    const where = path("rooms", room, "redact", event, transaction("redact", once));
    return this.#courteously(courtesy, "redact", (tries) =>
      this.enqueue(room, "redact", (signal) => this.#put(where, {}, signal), tries),
    );
  }

  /** What nobody waits for does not use up what the homeserver still allows. */
  #courteously(
    courtesy: "courtesy" | undefined,
    action: "react" | "redact",
    send: (tries?: number) => Promise<EventId>,
  ): Promise<EventId> {
    if (courtesy === undefined) return send(action === "react" ? 2 : undefined);
    if (!this.limits.now) return send(1);
    const limited = new HomeserverError({
      kind: "answered",
      status: 429,
      errcode: "M_LIMIT_EXCEEDED",
    });
    return Promise.reject(toUsherError(limited, action));
  }

  /** State of the same content twice is one event for the homeserver, so trying again is safe. */
  setState(room: RoomId, type: StateType, stateKey: string, content: Content): Promise<EventId> {
    return this.enqueue(room, "set-state", (signal) =>
      this.#put(path("rooms", room, "state", type, stateKey), content, signal),
    );
  }

  /** Hears nothing more and waits until all is sent, at most `ms`; what is then left is given up. Whether nothing was. */
  async stop(ms: number): Promise<boolean> {
    this.#closed = true;
    const done = await settledWithin(this.#queue.idle(), ms);
    this.#stop.abort(new HomeserverError({ kind: "aborted" }));
    this.#lanes.openAll();
    return done;
  }

  /** Does something in the order of this key: a room's, or another. */
  enqueue<T>(key: string, action: string, attempt: Attempt<T>, tries?: number): Promise<T> {
    if (this.#closed)
      return Promise.reject(toUsherError(new HomeserverError({ kind: "aborted" }), action));
    const order = this.#order++;
    return new Promise((resolve, reject) => {
      // `run` never rejects: the entry's own promise says how it went.
      void this.#queue.run(key, async () => {
        try {
          resolve(await this.#untilDone(order, attempt, tries));
        } catch (error) {
          reject(toUsherError(error, action));
        }
      });
    });
  }

  async #untilDone<T>(order: number, attempt: Attempt<T>, tries: number | undefined): Promise<T> {
    const { signal } = this.#stop;
    for (let failed = 1; ; failed += 1) {
      const leave = await this.#lanes.enter(order);
      let limitedFor: number | undefined;
      let wait: number | undefined;
      try {
        signal.throwIfAborted();
        return await attempt(signal);
      } catch (error) {
        wait = waitBeforeRetry(error, failed, this.#deps.random, tries);
        // Who gives up was limited all the same.
        if (error instanceof HomeserverError && error.status === 429)
          limitedFor = wait ?? Math.min(error.retryAfterMs ?? SHORT_LIMIT, LONGEST_LIMIT);
        if (wait === undefined) throw error;
      } finally {
        leave(limitedFor);
      }
      // A limit holds everybody back at the entrance; any other fault only this one.
      if (limitedFor === undefined) await sleep(this.#deps.clock, wait, signal);
    }
  }

  /** Sends a message as one try of an entry. `encrypted`: as `isEncrypted` has it. */
  sayNow(
    room: RoomId,
    content: Content,
    { encrypted, once }: { readonly encrypted: boolean; readonly once: Once },
    signal: AbortSignal,
  ): Promise<EventId> {
    return this.#post(room, MESSAGE, [content], encrypted, once, signal);
  }

  /** Whether what goes to the room must be encrypted. Rejects where that is not known, or cannot be done. */
  async isEncrypted(room: RoomId): Promise<boolean> {
    const encrypted = (await this.#deps.encryption(room)) === "encrypted";
    if (encrypted && !this.#deps.cipher.available)
      throw new UsherError("room-encrypted-unreadable");
    return encrypted;
  }

  /** Sends the first form that is not too large. */
  async #post(
    room: RoomId,
    type: EventType,
    forms: readonly Content[],
    encrypted: boolean,
    once: Once,
    signal: AbortSignal,
  ): Promise<EventId> {
    for (const content of forms) {
      const event = encrypted ? await this.#encrypted(room, type, content) : { type, content };
      if (Buffer.byteLength(JSON.stringify(event.content)) > LARGEST_CONTENT) continue;
      return this.#put(
        path("rooms", room, "send", event.type, transaction("send", once)),
        event.content,
        signal,
      );
    }
    throw new HomeserverError({ kind: "answered", status: 413, errcode: "M_TOO_LARGE" });
  }

  /** For whoever may read it when it is sent: who has come while it was being encrypted could not, and no later key would help them. */
  async #encrypted(
    room: RoomId,
    type: EventType,
    content: Content,
  ): Promise<{ readonly type: string; readonly content: Content }> {
    const { cipher, readers } = this.#deps;
    for (let tries = 1; ; tries += 1) {
      const before = await readers(room);
      const event = await encryptedEvent(cipher, room, before, type, content);
      // In a room into which people keep coming it goes to those who were seen last.
      if (tries === ENCRYPTING || includesAll(before, await readers(room))) return event;
    }
  }

  async #put(where: string, body: Content, signal: AbortSignal): Promise<EventId> {
    return expect(sent, await this.#deps.call("PUT", where, { body, signal })).event_id;
  }
}

function includesAll(users: readonly UserId[], wanted: readonly UserId[]): boolean {
  const known = new Set(users);
  return wanted.every((user) => known.has(user));
}

/** The relation stays outside, unencrypted, and only there: homeservers gather by it (specification, "Forming relationships between events"). */
async function encryptedEvent(
  cipher: RoomCipher,
  room: RoomId,
  readers: readonly UserId[],
  type: string,
  { "m.relates_to": relation, ...inner }: Content,
): Promise<{ readonly type: string; readonly content: Content }> {
  const outer = await cipher.encrypt(room, readers, type, inner);
  return relation === undefined
    ? outer
    : { ...outer, content: { ...outer.content, "m.relates_to": relation } };
}
