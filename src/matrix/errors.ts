import { UsherError } from "../kernel/errors.ts";

/**
 * Why a request to the homeserver gave nothing:
 * `answered` with an error status, `network` (no connection, or it broke), `timeout`, `malformed` (a good status, but no answer that
 * can be used), `aborted` by the caller.
 */
type Failure = "answered" | "network" | "timeout" | "malformed" | "aborted";

/** What homeservers said in words; beside the errors and not in them, for it may quote anything, and errors are logged. */
const reasons = new WeakMap<Error, string>();

/** What the homeserver said in words when it refused: one line, for whoever asked, and for no log. */
export function reasonOf(error: UsherError | HomeserverError): string | undefined {
  return reasons.get(error);
}

/** The code of a good answer that is larger than is read. */
export const TOO_LARGE = "M_TOO_LARGE";

interface Facts {
  readonly kind: Failure;
  readonly status?: number | undefined;
  readonly errcode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly network?: string | undefined;
}

/**
 * The only error that leaves `call`. It holds what is needed to decide what to do, and never a body, an address or a token:
 * it may be logged as a whole.
 */
export class HomeserverError extends Error {
  readonly kind: Failure;
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** The answer's `errcode`, where it looks like one. */
  readonly errcode: string | undefined;
  /** How long the homeserver asks to wait, ms: the header `Retry-After`, else the body's `retry_after_ms`. */
  readonly retryAfterMs: number | undefined;
  /** The system's or TLS's code for why there was no connection, such as ECONNREFUSED. */
  readonly network: string | undefined;

  constructor(facts: Facts) {
    super(
      facts.errcode ??
        (facts.status === undefined ? facts.kind : `${facts.kind} ${String(facts.status)}`),
    );
    this.name = "HomeserverError";
    this.kind = facts.kind;
    this.status = facts.status;
    this.errcode = facts.errcode;
    this.retryAfterMs = facts.retryAfterMs;
    this.network = facts.network;
    if (facts.reason !== undefined) reasons.set(this, facts.reason);
  }

  /** There was a good answer, and it is larger than is read. */
  get tooLarge(): boolean {
    return this.kind === "malformed" && this.errcode === TOO_LARGE;
  }

  /** Whether the same request may do better later: a limit, a fault of the server, or of the network. Other refusals never change. */
  get passing(): boolean {
    switch (this.kind) {
      case "answered":
        return this.status === 429 || (this.status ?? 0) >= 500;
      case "malformed":
        return !this.tooLarge;
      case "network":
      case "timeout":
        return true;
      case "aborted":
        return false;
    }
  }
}

/** Whether the homeserver said that there is no such thing. A bare 404 from a proxy is not that. */
export function isNotFound(error: unknown): boolean {
  return (
    error instanceof HomeserverError && error.status === 404 && error.errcode === "M_NOT_FOUND"
  );
}

/** Whether something failed only because Usher is being stopped: the next start may do it. */
export function isAborted(error: UsherError): boolean {
  return error.view["code"] === "aborted";
}

/** The same where nothing was asked of the homeserver, for it could not have answered: it may be another time. `code` is a word of ours. */
export function unreachable(action: string, code: string): UsherError {
  return new UsherError("room-unreachable", { status: undefined, code, action, passing: true });
}

/**
 * What a person may see of a failed request. `action` is a stable word of ours for what was tried, as `send`.
 * An `UsherError` passes unchanged.
 */
export function toUsherError(error: unknown, action: string): UsherError {
  if (error instanceof UsherError) return error;
  if (!(error instanceof HomeserverError))
    return new UsherError("unexpected", {}, { cause: error });
  const { status, errcode, kind, passing } = error;
  const view = { status, code: errcode ?? kind, action, passing };
  const shown = new UsherError(status === 429 ? "room-limited" : "room-unreachable", view, {
    cause: error,
  });
  const reason = reasons.get(error);
  if (reason !== undefined) reasons.set(shown, reason);
  return shown;
}

/** Whether the engine broke, and broke again after its restart. */
export function isEngineBroken(error: unknown): boolean {
  return error instanceof UsherError && error.code === "crypto-engine-broken";
}
