import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { networkCode } from "../config/reach.ts";
import { HomeserverError, TOO_LARGE } from "./errors.ts";
import { LargeTurn } from "./largeTurn.ts";
import { LARGE_BYTES } from "./limits.ts";

/** What the SDK gives to its request function, as far as it is used here. */
const request = z.object({
  uri: z.string(),
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  qs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.undefined()])).nullish(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});

/** A file that is sent as it comes: its size in bytes is told first. */
export interface SentFile {
  readonly mimetype: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What the SDK has no parameter for, carried beside the call. The answer goes the same way back: see `fetchForSdk`. */
interface Exchange {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly unqueued: boolean;
  readonly file: SentFile | undefined;
  answer: unknown;
}

export const exchange = new AsyncLocalStorage<Exchange>();

const errorBody = z.object({
  errcode: z.string().optional().catch(undefined),
  retry_after_ms: z.number().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** Some codes are not the specification's, but none has a space in it: text cannot pass for a code. */
const ERRCODE = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;

/**
 * Stands in for the `request` package, over the runtime's own `fetch` with its kept connections. Nothing but a `HomeserverError` or
 * an answer in JSON comes out. The answer is left in the exchange rather than given to the SDK, which takes `null` for an error,
 * and any object with a member `errcode` too: a room's state may have one, put there by a stranger.
 */
export function fetchForSdk(
  parameters: unknown,
  callback: (error: HomeserverError | null, response?: object, body?: object) => void,
): void {
  const current = exchange.getStore();
  if (current === undefined)
    throw new Error("The SDK made a request that does not come from client.ts");
  perform(request.parse(parameters), current).then(
    (answer) => {
      current.answer = answer;
      callback(null, { statusCode: 200, body: {} }, {});
    },
    (error: unknown) => {
      callback(error instanceof HomeserverError ? error : new HomeserverError({ kind: "network" }));
    },
  );
}

async function perform(
  what: z.infer<typeof request>,
  { clock, signal, timeoutMs, maxBytes, unqueued, file }: Exchange,
): Promise<unknown> {
  if (signal?.aborted === true) throw new HomeserverError({ kind: "aborted" });
  const stop = new AbortController();
  let stopped: "timeout" | "aborted" | undefined;
  const give = (why: "timeout" | "aborted") => (): void => {
    stopped ??= why;
    stop.abort();
  };
  const cancel = clock.after(timeoutMs, give("timeout"));
  const onAbort = give("aborted");
  signal?.addEventListener("abort", onAbort, { once: true });
  let status: number | undefined;
  try {
    const response = await fetch(withQuery(what.uri, what.qs ?? {}), {
      method: what.method,
      ...(file === undefined ? inOne(what) : streamed(what, file)),
      redirect: "manual",
      signal: stop.signal,
    });
    status = response.status;
    clock.other?.heard(Date.parse(response.headers.get("date") ?? ""));
    using turn = new LargeTurn(unqueued, stop.signal);
    const text = await read(response, maxBytes, turn);
    if (response.ok) return parse(text, status);
    throw refusal(text, status, response.headers.get("retry-after"), clock.now());
  } catch (error) {
    if (error instanceof HomeserverError) throw error;
    // Of the cause only its code is kept: the rest may hold the address and, in some runtimes, the headers.
    const code = networkCode(error);
    throw new HomeserverError({
      kind: stopped ?? "network",
      ...(/^[A-Z_]{1,60}$/.test(code) ? { network: code } : {}),
    });
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}

function inOne({ headers, body }: z.infer<typeof request>): RequestInit {
  return { headers, ...(body === undefined ? {} : { body }) };
}

/** No more of the file is read than the connection takes. */
function streamed({ headers }: z.infer<typeof request>, file: SentFile): RequestInit {
  const { mimetype, size, bytes } = file;
  return {
    headers: { ...headers, "Content-Type": mimetype, "Content-Length": String(size) },
    body: ReadableStream.from(bytes),
    duplex: "half",
  };
}

function withQuery(
  uri: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) pairs.set(name, String(value));
  return pairs.size === 0 ? uri : `${uri}?${pairs.toString()}`;
}

/** The whole body, counted as it comes, after unpacking. Kept as bytes until it is whole: text that grows would be in memory twice. */
async function read(response: Response, maxBytes: number, turn: LargeTurn): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream and gives the connection up.
    if (bytes > maxBytes)
      throw new HomeserverError({ kind: "malformed", status: response.status, errcode: TOO_LARGE });
    if (bytes > LARGE_BYTES) await turn.take();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse(text: string, status: number): object {
  const malformed = new HomeserverError({ kind: "malformed", status });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  // Every answer of the client-server API is an object or an array.
  if (typeof value !== "object" || value === null) throw malformed;
  return value;
}

/** What an answer with an error status says, of which no more is read than errors have to say. */
export async function readRefusal(response: Response, now: number): Promise<HomeserverError> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > REFUSAL_BYTES) break;
    chunks.push(chunk);
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  return refusal(text, response.status, response.headers.get("retry-after"), now);
}

const REFUSAL_BYTES = 65_536;

function refusal(
  text: string,
  status: number,
  header: string | null,
  now: number,
): HomeserverError {
  let body: z.infer<typeof errorBody> = {};
  try {
    body = errorBody.catch({}).parse(JSON.parse(text));
  } catch {
    // A proxy's page, mostly: the status says all there is.
  }
  return new HomeserverError({
    kind: "answered",
    status,
    errcode: body.errcode !== undefined && ERRCODE.test(body.errcode) ? body.errcode : undefined,
    reason: body.error === undefined ? undefined : inOneLine(body.error),
    retryAfterMs:
      waitAsked(header, now) ??
      (body.retry_after_ms === undefined ? undefined : Math.max(0, body.retry_after_ms)),
  });
}

/** UTF-16 units of what a homeserver says. */
const MAX_REASON = 200;

function inOneLine(text: string): string | undefined {
  const line = text
    .slice(0, MAX_REASON)
    .toWellFormed()
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  return line === "" ? undefined : line;
}

/** `Retry-After` in ms: seconds, or a date (RFC 9110, 10.2.3). */
export function waitAsked(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
