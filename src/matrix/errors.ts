import { UsherError } from "../kernel/errors.ts";

/**
 * Why a request to the homeserver gave nothing:
 * `answered` with an error status, `network` (no connection, or it broke), `timeout`, `malformed` (a good status, but no answer that
 * can be used), `aborted` by the caller.
 */
type Failure = "answered" | "network" | "timeout" | "malformed" | "aborted";

/** The code of a good answer that is larger than is read. */
export const TOO_LARGE = "M_TOO_LARGE";

interface Facts {
  readonly kind: Failure;
  readonly status?: number | undefined;
  readonly errcode?: string | undefined;
  readonly retryAfterMs?: number | undefined;
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

  constructor(facts: Facts) {
    super(facts.errcode ?? (facts.status === undefined ? facts.kind : `${facts.kind} ${String(facts.status)}`));
    this.name = "HomeserverError";
    this.kind = facts.kind;
    this.status = facts.status;
    this.errcode = facts.errcode;
    this.retryAfterMs = facts.retryAfterMs;
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
  return error instanceof HomeserverError && error.status === 404 && error.errcode === "M_NOT_FOUND";
}

/**
 * What a person may see of a failed request. `action` is a stable word of ours for what was tried, as `send`.
 * An `UsherError` passes unchanged.
 */
export function toUsherError(error: unknown, action: string): UsherError {
  if (error instanceof UsherError) return error;
  if (!(error instanceof HomeserverError)) return new UsherError("unexpected", {}, { cause: error });
  const view = { status: error.status, code: error.errcode ?? error.kind, action };
  return new UsherError(error.status === 429 ? "room-limited" : "room-unreachable", view, { cause: error });
}
