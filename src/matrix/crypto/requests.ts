import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { asRoomId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { path, type CallOptions, type HomeserverCall, type Method } from "../client.ts";
import { HomeserverError, unreachable } from "../errors.ts";
import type { Content } from "../port.ts";
import { retrying } from "../retry.ts";
import type { SendToRoom } from "./cipher.ts";
import type { CryptoEngine, EngineRequest, RequestKind } from "./engine.ts";

/** What the homeserver itself is asked, and not a room of it. */
type OwnKind = Exclude<RequestKind, "roomMessage">;

/** Keys that did not reach others cost a message; everything else comes again with the next round by itself. */
const TRIES: Readonly<Record<OwnKind, number>> = {
  keysUpload: 3,
  keysQuery: 2,
  keysClaim: 2,
  toDevice: 5,
  signatures: 3,
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
  /** When a refused request may be tried again, by its name. */
  readonly #notBefore = new Map<string, number>();
  #sendToRoom: SendToRoom | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Sets the way into rooms. Until then, what is for rooms waits. */
  sendsBy(send: SendToRoom): void {
    this.#sendToRoom = send;
  }

  /**
   * Sends what waits for the homeserver, one after another, until nothing is left. One round runs at a time; whoever asks during one gets the next, so that
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

  /** Sends what waits for rooms. That is no part of a round: to encrypt for a room takes a round. */
  async sendToRooms(): Promise<void> {
    if (this.#sendToRoom === undefined) return;
    for (const request of await this.#options.engine.outgoing()) {
      if (request.kind === "roomMessage" && this.#isDue(nameOf(request)))
        await this.#attempt(request);
    }
  }

  /** Sends these in order. Rejects with the error of the first that could not be sent; the engine hears of those before it. */
  async send(requests: readonly EngineRequest[]): Promise<void> {
    for (const request of requests) await this.#deliver(request);
  }

  async #round(): Promise<void> {
    try {
      const tried = new Set<string>();
      for (let goingOn = true; goingOn && !this.#options.signal.aborted;) {
        const waiting = await this.#options.engine.outgoing();
        goingOn = false;
        for (const request of waiting) {
          const name = nameOf(request);
          if (request.kind === "roomMessage" || tried.has(name) || !this.#isDue(name)) continue;
          tried.add(name);
          // What went through may have brought up more; where nothing does, the next round is for it.
          if (await this.#attempt(request)) goingOn = true;
        }
      }
    } catch (error) {
      this.#options.log.warn({ class: "ops", what: "crypto.requests-failed", code: codeOf(error) });
    } finally {
      if (this.#next === undefined) this.#running = undefined;
    }
  }

  #isDue(name: string): boolean {
    return (this.#notBefore.get(name) ?? 0) <= this.#options.clock.now();
  }

  /** Whether the homeserver took it. */
  async #attempt(request: EngineRequest): Promise<boolean> {
    try {
      await this.#deliver(request);
      return true;
    } catch (error) {
      // The way into rooms has made its tries when it fails.
      const intoRoom = request.kind === "roomMessage" && error instanceof UsherError;
      if (!(error instanceof HomeserverError) && !intoRoom) throw error;
      this.#options.log.warn({
        class: "ops",
        what: `crypto.request-failed.${request.kind}`,
        code: codeOf(error),
        ...statusOf(error),
      });
      const now = this.#options.clock.now();
      for (const [name, at] of this.#notBefore) if (at < now) this.#notBefore.delete(name);
      if (!(error instanceof HomeserverError && error.passing))
        this.#notBefore.set(nameOf(request), now + REFUSED_WAIT_MS);
      return false;
    }
  }

  async #deliver(request: EngineRequest): Promise<void> {
    const answer =
      request.kind === "roomMessage"
        ? await this.#intoRoom(request)
        : await this.#ask({ ...request, kind: request.kind });
    if (request.kind === "signatures") this.#warnOfFailures(answer);
    await this.#options.engine.sent(request, JSON.stringify(answer));
  }

  #ask(request: OwnRequest): Promise<unknown> {
    const { call, clock, signal } = this.#options;
    const [method, where, options] = route(request);
    const tries = TRIES[request.kind];
    return retrying(() => call(method, where, { ...options, signal }), {
      clock,
      signal,
      random: Math.random,
      tries,
    });
  }

  async #intoRoom({ roomId, eventType, txnId, body }: EngineRequest): Promise<object> {
    const room = asRoomId(roomId ?? "");
    if (this.#sendToRoom === undefined || room === undefined) throw unreachable("send", "aborted");
    return {
      event_id: await this.#sendToRoom(
        room,
        eventType ?? "",
        JSON.parse(body) as Content,
        txnId ?? "",
      ),
    };
  }

  /** Signatures are answered with 200 also where single ones were refused. */
  #warnOfFailures(answer: unknown): void {
    const refused = Object.keys(signatureAnswer.parse(answer).failures ?? {}).length;
    if (refused > 0)
      this.#options.log.warn({ class: "ops", what: "crypto.signatures-refused", count: refused });
  }
}

/** What a request is known by when it comes up again: the library gives a query for keys a new id each time it is asked. */
function nameOf({ kind, id, body }: EngineRequest): string {
  return kind === "keysQuery" || id === undefined ? `${kind} ${body}` : id;
}

const signatureAnswer = z
  .object({ failures: z.record(z.string(), z.unknown()).nullish().catch(undefined) })
  .catch({});

type OwnRequest = EngineRequest & { readonly kind: OwnKind };

/** Which call of the client-server API a request is. Pure. */
export function route(request: OwnRequest): readonly [Method, string, CallOptions] {
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
    case "backup":
      return ["PUT", path("room_keys", "keys"), { body, query: { version: request.version } }];
  }
}

function codeOf(error: unknown): string {
  if (error instanceof UsherError) return error.code;
  return error instanceof HomeserverError
    ? (error.errcode ?? error.kind)
    : error instanceof Error
      ? error.name
      : typeof error;
}

function statusOf(error: HomeserverError | UsherError): { readonly status?: number } {
  return error instanceof UsherError || error.status === undefined ? {} : { status: error.status };
}
