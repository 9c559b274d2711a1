import type { Content } from "./clientApi.ts";
import { progress, whenStill } from "./patience.ts";

/** An event as a person's client got it. Of an invitation's stripped state, `eventId` is empty; `m.typing` has neither sender nor id. */
export interface SeenEvent {
  /** Its place among all that this person has seen: 0, 1, 2 … */
  readonly index: number;
  readonly roomId: string;
  readonly eventId: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Content;
  readonly stateKey: string | undefined;
  /** Of a state event, what stood there before, where the homeserver says so. */
  readonly previous: Content | undefined;
  /** As the sender's homeserver claims; ms since the epoch. */
  readonly ts: number;
  readonly encryption: "none" | "decrypted" | "unreadable";
  /** `true` for what had happened before this person's client started or joined. */
  readonly past: boolean;
}

export type Sighting = Omit<SeenEvent, "index">;
export type Predicate = (event: SeenEvent) => boolean;

export interface Waiting {
  /** Looks at events from this place on (`mark()`); default 0: everything seen so far counts. */
  readonly from?: number;
  /** How long nothing at all may happen meanwhile, ms; default a minute. */
  readonly stillMs?: number;
  /** What is waited for, in words, for the failure message. */
  readonly what?: string;
}

/** Everything one person has seen, and those who wait for more. */
export class Observed {
  readonly seen: SeenEvent[] = [];
  readonly #listeners = new Set<(event: SeenEvent) => void>();
  readonly #failures = new Set<(error: unknown) => void>();
  #failure: { error: unknown } | undefined;

  add(sighting: Sighting): void {
    const event = { ...sighting, index: this.seen.length };
    this.seen.push(event);
    progress();
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Nothing more will come: who waits, waits in vain and is told so. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const failure of [...this.#failures]) failure(error);
  }

  /** Calls the listener with every later event, until the returned function is called. */
  listen(listener: (event: SeenEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  waitFor(
    predicate: Predicate,
    { from = 0, stillMs, what = "the awaited event" }: Waiting = {},
  ): Promise<SeenEvent> {
    const already = this.seen.slice(from).find(predicate);
    if (already !== undefined) return Promise.resolve(already);
    // Made here, so that its stack names the test that waits.
    const failure = new Error();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        endWatch();
        unlisten();
        this.#failures.delete(failed);
      };
      const failed = (error: unknown): void => {
        done();
        failure.message = `Waiting for ${what}, the client stopped hearing: ${String(error)}\n${this.transcript(from)}`;
        failure.cause = error;
        reject(failure);
      };
      const endWatch = whenStill((why) => {
        done();
        failure.message = `Waited for ${what}: ${why}; seen since:\n${this.transcript(from)}`;
        reject(failure);
      }, stillMs);
      const unlisten = this.listen((event) => {
        if (event.index < from || !predicate(event)) return;
        done();
        resolve(event);
      });
      this.#failures.add(failed);
      if (this.#failure !== undefined) failed(this.#failure.error);
    });
  }

  /** The last 40 events from a place on, a line each. */
  transcript(from: number): string {
    const lines = this.seen.slice(from).slice(-40).map(line);
    return lines.length === 0 ? "  (nothing)" : lines.join("\n");
  }
}

function line(event: SeenEvent): string {
  const body = event.content["body"];
  const shown = typeof body === "string" ? JSON.stringify(body) : JSON.stringify(event.content);
  const key = event.stateKey === undefined ? "" : ` [${event.stateKey}]`;
  const how = event.encryption === "none" ? "" : ` (${event.encryption})`;
  return `  ${String(event.index)} ${event.roomId.slice(0, 8)} ${event.type}${key} ${event.sender}${how}: ${shown.slice(0, 400)}`;
}
