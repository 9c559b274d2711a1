import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { bareHost } from "./publicAddress.ts";
import type { Question } from "./question.ts";
import { redirectOf } from "./redirect.ts";
import { NoAnswer, sendRequest, type Reach } from "./request.ts";

const MAX_BYTES = 1_048_576;
const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 3;

export interface WebsiteAnswer {
  /** Whatever it is: an error status is an answer too. */
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** As they came: no compression is asked for, and none undone. */
  readonly bytes: Uint8Array;
  /** What it says in JSON, checked. Throws `website-unexpected` where it is none of that shape. */
  json<T>(schema: z.ZodType<T>): T;
}

/** Asks websites, within bounds. */
export interface HttpClient {
  /**
   * Rejects with `website-unreachable` (view: `host`, and why as a flag), `website-private` or `website-too-large`, which never say more of
   * the address than its host.
   */
  ask(url: URL, question?: Question): Promise<WebsiteAnswer>;
}

interface WebsitesDeps extends Pick<Reach, "addresses" | "ca"> {
  readonly clock: Clock;
}

/** Asks without cookies and without kept connections. Up to three redirections are followed, each judged like a new address. */
export class Websites implements HttpClient {
  readonly #deps: WebsitesDeps;
  readonly #stop = new AbortController();

  constructor(deps: WebsitesDeps) {
    this.#deps = deps;
  }

  async ask(url: URL, question: Question = {}): Promise<WebsiteAnswer> {
    const late = new AbortController();
    const cancel = this.#deps.clock.after(question.timeoutMs ?? TIMEOUT_MS, () => {
      late.abort();
    });
    try {
      return await this.#follow(url, question, AbortSignal.any([late.signal, this.#stop.signal]));
    } finally {
      cancel();
    }
  }

  /** What is being asked gets no answer any more. */
  stop(): void {
    this.#stop.abort();
  }

  async #follow(first: URL, asked: Question, signal: AbortSignal): Promise<WebsiteAnswer> {
    let [url, question] = [first, asked];
    for (let followed = 0; ; followed += 1) {
      const response = await this.#send(url, question, signal);
      const { statusCode: status = 0, headers } = response;
      const next = redirectOf({ status, location: headers.location }, url, question);
      if (next === undefined) return await answerOf(response, url, maxBytesOf(question));
      response.destroy();
      if (next === "refused" || followed === MAX_REDIRECTS) throw unreachable(url, "redirects");
      ({ url, question } = next);
    }
  }

  async #send(url: URL, question: Question, signal: AbortSignal): Promise<IncomingMessage> {
    const { method = "GET", headers, body, allowPrivate = false } = question;
    const privateHosts = allowPrivate ? [bareHost(url)] : [];
    const sent = {
      method,
      headers: { "user-agent": "Usher", "accept-encoding": "identity", ...headers },
      ...(body === undefined ? {} : { body }),
    };
    try {
      return await sendRequest(url, sent, { ...this.#deps, privateHosts }, signal);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.why === "private") throw new UsherError("website-private", { host: url.host });
      throw unreachable(url, error.why);
    }
  }
}

/** An answer to HEAD says how long the body would be, and has none. */
function maxBytesOf({ method, maxBytes = MAX_BYTES }: Question): number {
  return method === "HEAD" ? Infinity : maxBytes;
}

async function answerOf(
  response: IncomingMessage,
  { host }: URL,
  maxBytes: number,
): Promise<WebsiteAnswer> {
  const status = response.statusCode ?? 0;
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(", "),
    ]),
  );
  const bytes = await bytesOf(response, host, maxBytes);
  return {
    status,
    headers,
    bytes,
    json: (schema) => {
      const read = schema.safeParse(parsed(bytes));
      if (!read.success) throw new UsherError("website-unexpected", { host, status });
      return read.data;
    },
  };
}

async function bytesOf(
  response: IncomingMessage,
  host: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const told = Number(response.headers["content-length"] ?? 0);
  try {
    if (told > maxBytes) throw tooLarge(host, maxBytes);
    // Leaving the loop closes the connection.
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(host, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw error instanceof UsherError ? error : unreachable({ host }, "silent");
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // No schema takes it.
    return undefined;
  }
}

function tooLarge(host: string, maxBytes: number): UsherError {
  return new UsherError("website-too-large", { host, most: Math.floor(maxBytes / 1024) });
}

function unreachable(
  { host }: Pick<URL, "host">,
  why: Exclude<NoAnswer["why"], "private"> | "redirects",
): UsherError {
  return new UsherError("website-unreachable", {
    host,
    unknownName: why === "unknown-name",
    certificate: why === "certificate",
    redirects: why === "redirects",
    silent: why === "silent",
  });
}
