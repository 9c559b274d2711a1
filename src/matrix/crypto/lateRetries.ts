import { z } from "zod";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { path, type HomeserverCall } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import type { Content } from "../port.ts";
import { POISON, type Decryption } from "./cipher.ts";
import type { LateEvent, LateEvents } from "./lateEvents.ts";
import { detached } from "../../kernel/tasks.ts";

export type KeyNews = readonly { readonly room: RoomId; readonly session: string }[];

interface LateRetriesDeps {
  readonly late: LateEvents;
  /** Makes what `late` holds durable. */
  readonly keepLate: () => Promise<void>;
  /** Tries to read the event. Never rejects. */
  readonly read: (room: RoomId, event: Content) => Promise<Decryption>;
  /** Called for each event that has become readable, right before it is told. */
  readonly onOpened: () => void;
  readonly call: HomeserverCall;
  readonly log: Log;
}

/**
 * Tries again what could not be read, when keys come, and tells what has become readable. An event that was told stays on the list until its
 * handling is over: after a crash in between it is fetched, and told, once more.
 */
export class LateRetries {
  readonly #deps: LateRetriesDeps;
  /** Keys that came and were not yet tried on the late events. */
  readonly #news: { readonly room: RoomId; readonly session: string }[] = [];
  #retrying: Promise<void> = Promise.resolve();
  #listener: ((room: RoomId, event: Content) => void) | undefined;
  #recalled = false;

  constructor(deps: LateRetriesDeps) {
    this.#deps = deps;
  }

  /** Sets who is told. Told before, an event would be lost. */
  tell(listener: (room: RoomId, event: Content) => void): void {
    this.#listener = listener;
  }

  /** Keeps an event whose key may come. Never rejects. */
  async add(event: LateEvent): Promise<void> {
    this.#deps.late.add(event);
    await this.#keep();
  }

  /** The engine has new keys. */
  keysCame(news: KeyNews): void {
    this.#news.push(...news);
    this.#retry(() => this.#deps.late.of(this.#news.splice(0)));
  }

  /** After a restart of the engine: what waits may have waited for nothing else. */
  retryAll(): void {
    this.#retry(() => this.#deps.late.all);
  }

  /** Resolves when what can be read now has been told. */
  idle(): Promise<void> {
    return this.#retrying;
  }

  /** These were told, and all that follows from them is done: a crash need not bring them again. Never rejects. */
  async handled(events: readonly EventId[]): Promise<void> {
    let removed = false;
    for (const event of events) removed = this.#deps.late.remove(event) || removed;
    if (removed) await this.#keep();
  }

  /** Fetches again the events that waited for a key, or were being handled, when Usher stopped; the first time that the homeserver answers. */
  async recall(): Promise<void> {
    if (this.#recalled) return;
    const { late, call, log } = this.#deps;
    const missing = late.all.filter(({ event }) => event === undefined);
    for (const one of missing) {
      try {
        const event = z
          .record(z.string(), z.unknown())
          .parse(await call("GET", path("rooms", one.room, "event", one.eventId)));
        late.add({ ...one, event });
      } catch (error) {
        if (!(error instanceof HomeserverError)) throw error;
        if (error.passing) return;
        late.remove(one.eventId);
      }
    }
    this.#recalled = true;
    if (missing.length === 0) return;
    log.info({ class: "ops", what: "crypto.late-recalled", count: missing.length });
    this.retryAll();
    await this.#retrying;
  }

  /** One round at a time, so that events are told in the order in which they came, and once. */
  #retry(choose: () => readonly LateEvent[]): void {
    const round = async (): Promise<void> => {
      const { late, read, onOpened, log } = this.#deps;
      try {
        let opened = 0;
        for (const { room, eventId, event } of choose()) {
          if (event === undefined) continue;
          const outcome = await read(room, event);
          if (outcome.kind === "unreadable") {
            // What breaks the engine is not kept for the next start to break it again.
            if (outcome.reason === POISON && late.remove(eventId)) await this.#keep();
            continue;
          }
          if (!late.tell(eventId)) continue;
          opened += 1;
          onOpened();
          this.#listener?.(room, event);
        }
        if (opened > 0) log.info({ class: "ops", what: "crypto.late-opened", count: opened });
      } catch (error) {
        log.warn({ class: "ops", what: "crypto.late-failed", ...errorFields(error) });
      }
    };
    this.#retrying = this.#retrying.then(() => detached(round));
  }

  async #keep(): Promise<void> {
    try {
      await this.#deps.keepLate();
    } catch (error) {
      this.#deps.log.warn({ class: "ops", what: "crypto.late-not-kept", ...errorFields(error) });
    }
  }
}
