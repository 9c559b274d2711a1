import { systemClock, type Clock } from "../kernel/clock.ts";
import type { UploadType } from "../privacy/declared.ts";
import { HomeserverError } from "./errors.ts";
import { exchange, fetchForSdk, type SentFile } from "./http.ts";
import { ANSWER_BYTES } from "./limits.ts";
import { LogService, MatrixClient, setRequestFn } from "./sdk.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Sent as it comes, instead of a body. */
  readonly file?: SentFile & { readonly holds: UploadType };
  readonly signal?: AbortSignal;
  /** 60 s unless given. */
  readonly timeoutMs?: number;
  /** The largest answer that is read, unpacked; unless given, what memory allows, 64 MiB at most. */
  readonly maxBytes?: number;
  /** Is read whatever other large answers are being read. */
  readonly unqueued?: boolean;
}

/**
 * One request to the client-server API. `path` begins with `/_matrix/`, its parts already encoded (`path` below does it).
 * Resolves with the answer's JSON, an object or array that nobody has looked at. Rejects with a `HomeserverError` only. Tries once.
 */
export type HomeserverCall = (
  method: Method,
  path: string,
  options?: CallOptions,
) => Promise<unknown>;

interface Access {
  readonly url: string;
  /** Absent before a login. */
  readonly token?: string;
  readonly clock?: Clock;
}

/** A way to the homeserver, through the SDK's client. */
export function createHomeserverCall({
  url,
  token = "",
  clock = systemClock,
}: Access): HomeserverCall {
  const client = sdkClient(url, token);
  return async (
    method,
    path,
    {
      query,
      body,
      file,
      signal,
      timeoutMs = 60_000,
      maxBytes = ANSWER_BYTES,
      unqueued = false,
    } = {},
  ) => {
    const limits = { clock, signal, timeoutMs, maxBytes, unqueued };
    const current = { ...limits, file, answer: undefined as unknown };
    // The SDK knows no streams, and sends JSON for a body. The time limit and the form of the answer are ours.
    try {
      await exchange.run(current, () =>
        client.doRequest(method, path, query ?? null, body ?? null),
      );
    } catch (error) {
      if (error instanceof HomeserverError) throw error;
      throw new HomeserverError({ kind: "malformed" });
    }
    return current.answer;
  };
}

/** Joins parts to a path below `/_matrix/client/v3`, each of them encoded. */
export function path(...parts: readonly string[]): string {
  return `/_matrix/client/v3/${parts.map(encodeURIComponent).join("/")}`;
}

/** The SDK's client, silent and deaf: it does nothing but what it is told. */
export function sdkClient(url: string, token: string): MatrixClient {
  setRequestFn(fetchForSdk);
  // Its log lines quote addresses, bodies and messages, and what they tell of is in the error that is thrown beside them.
  const nothing = (): void => undefined;
  LogService.setLogger({
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  });
  const client = new MatrixClient(url, token);
  // It would answer invitations that claim to be direct by writing account data, and let the process die if that fails.
  client.removeAllListeners();
  return client;
}
