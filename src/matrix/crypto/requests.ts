import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { path, type CallOptions, type HomeserverCall, type Method } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import { retrying } from "../retry.ts";
import type { CryptoEngine, EngineRequest, RequestKind } from "./engine.ts";

/** Keys that did not reach others cost a message; everything else comes again with the next round by itself. */
const TRIES: Readonly<Record<RequestKind, number>> = {
  keysUpload: 3,
  keysQuery: 2,
  keysClaim: 2,
  toDevice: 5,
  signatures: 3,
  roomMessage: 3,
  backup: 2,
};
/** A request that the homeserver refused for good is not repeated with every batch, only this often; ms. */
const REFUSED_WAIT_MS = 60_000;

interface SenderOptions {
  readonly engine: Pick<CryptoEngine, "outgoing" | "sent">;
  readonly call: HomeserverCall;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when Usher stops. */
  readonly signal: AbortSignal;
}

/** Carries the engine's requests to the homeserver and the answers back. A request is told as sent only after the homeserver took it. */
export class RequestSender {
  readonly #options: SenderOptions;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** When a refused request may be tried again, by its id. */
  readonly #notBefore = new Map<string, number>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Sends what waits, one after another, until nothing is left. One round runs at a time; whoever asks during one gets the next, so that
   * what was waiting when they asked is tried when it resolves. Never rejects: what could not be sent stays with the engine.
   */
  drain(): Promise<void> {
    if (this.#running === undefined) return (this.#running = this.#round());
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return (this.#running = this.#round());
    });
    return this.#next;
  }

  /** Sends these in order. Rejects with the `HomeserverError` of the first that could not be sent; the engine hears of those before it. */
  async send(requests: readonly EngineRequest[]): Promise<void> {
    for (const request of requests) await this.#deliver(request);
  }

  async #round(): Promise<void> {
    try {
      const tried = new Set<string>();
      for (;;) {
        const waiting = await this.#options.engine.outgoing();
        const due = waiting.filter(({ id }) => id === undefined || (!tried.has(id) && this.#isDue(id)));
        if (due.length === 0) break;
        for (const request of due) {
          if (request.id !== undefined) tried.add(request.id);
          await this.#attempt(request);
        }
        // A request without an id cannot be told from itself: it is sent once a round.
        if (due.every(({ id }) => id === undefined)) break;
      }
    } catch (error) {
      this.#options.log.warn({ what: "crypto.requests-failed", code: codeOf(error) });
    } finally {
      if (this.#next === undefined) this.#running = undefined;
    }
  }

  #isDue(id: string): boolean {
    return (this.#notBefore.get(id) ?? 0) <= this.#options.clock.now();
  }

  async #attempt(request: EngineRequest): Promise<void> {
    try {
      await this.#deliver(request);
    } catch (error) {
      if (!(error instanceof HomeserverError)) throw error;
      this.#options.log.warn({ what: `crypto.request-failed.${request.kind}`, code: codeOf(error), ...statusOf(error) });
      const now = this.#options.clock.now();
      for (const [id, at] of this.#notBefore) if (at < now) this.#notBefore.delete(id);
      if (request.id !== undefined && !error.passing) this.#notBefore.set(request.id, now + REFUSED_WAIT_MS);
    }
  }

  async #deliver(request: EngineRequest): Promise<void> {
    const { call, clock, signal } = this.#options;
    const [method, where, options] = route(request);
    const answer = await retrying(() => call(method, where, { ...options, signal }), {
      clock,
      signal,
      random: Math.random,
      tries: TRIES[request.kind],
    });
    if (request.kind === "signatures") this.#warnOfFailures(answer);
    await this.#options.engine.sent(request, JSON.stringify(answer));
  }

  /** Signatures are answered with 200 also where single ones were refused. */
  #warnOfFailures(answer: unknown): void {
    const refused = Object.keys(signatureAnswer.parse(answer).failures ?? {}).length;
    if (refused > 0) this.#options.log.warn({ what: "crypto.signatures-refused", count: refused });
  }
}

const signatureAnswer = z.object({ failures: z.record(z.string(), z.unknown()).nullish().catch(undefined) }).catch({});

/** Which call of the client-server API a request is. Pure. */
export function route(request: EngineRequest): readonly [Method, string, CallOptions] {
  const body = JSON.parse(request.body) as object;
  const txn = request.txnId ?? "";
  switch (request.kind) {
    case "keysUpload":
      return ["POST", path("keys", "upload"), { body }];
    case "keysQuery":
      return ["POST", path("keys", "query"), { body }];
    case "keysClaim":
      return ["POST", path("keys", "claim"), { body }];
    case "signatures":
      return ["POST", path("keys", "signatures", "upload"), { body }];
    case "toDevice":
      return ["PUT", path("sendToDevice", request.eventType ?? "", txn), { body }];
    case "roomMessage":
      return ["PUT", path("rooms", request.roomId ?? "", "send", request.eventType ?? "", txn), { body }];
    case "backup":
      return ["PUT", path("room_keys", "keys"), { body, query: { version: request.version } }];
  }
}

function codeOf(error: unknown): string {
  return error instanceof HomeserverError ? (error.errcode ?? error.kind) : error instanceof Error ? error.name : typeof error;
}

function statusOf(error: HomeserverError): { readonly status?: number } {
  return error.status === undefined ? {} : { status: error.status };
}
