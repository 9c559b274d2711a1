import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { progress, whenStill } from "./patience.ts";
import { faulty, type Fault } from "./scriptedFaults.ts";
import { routes, type Handler, type Reply, type Route } from "./scriptedRoutes.ts";
import { syncBody, type ScriptedBatch } from "./scriptedSync.ts";
import { ScriptedRooms } from "./scriptedRooms.ts";

export type { Fault } from "./scriptedFaults.ts";
export type { ScriptedBatch, ScriptedRoom } from "./scriptedSync.ts";

/** A request as it came. */
export interface ScriptedRequest {
  /** 1 for the first. */
  readonly number: number;
  readonly method: string;
  /** Decoded, without the query; `r0` and `v1` are shown as `v3`, so a test need not know which one a client uses. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; of any other kind of content a buffer; undefined where there was none. */
  readonly body: unknown;
  readonly contentType: string;
  readonly token: string | undefined;
  /** Settles when the connection is done with it: answered, or given up by the client. */
  readonly over: Promise<unknown>;
}

/** Whoever lets it wait for less than this is answered at once; ms. */
const HELD_MS = 1_000;

type Matcher = string | ((request: ScriptedRequest) => boolean);

/** A fault that was set: how often it struck, and the way to let go what hangs. */
export interface SetFault {
  readonly struck: number;
  release(): void;
}

interface PendingFault {
  readonly matches: (request: ScriptedRequest) => boolean;
  readonly fault: Fault;
  readonly released: Promise<void>;
  left: number;
  struck: number;
}

/**
 * A homeserver for tests, on loopback, that says what a test tells it to and remembers every request. It keeps the rules that a
 * client's correctness depends on (transaction ids, sync tokens that can be asked for again, state that can be read back) and no others:
 * it checks no power and no membership. Nothing in it waits for time to pass.
 *
 * `/sync`: the test queues answers with `sync`. Asked without `since` it gives `initial`; asked with the token of answer n it gives
 * answer n + 1, as often as asked; where there is none yet it holds the request, or answers emptily where it may hardly wait.
 */
export class ScriptedHomeserver {
  readonly me = "@usher:scripted.test";
  readonly device = "SCRIPTED";
  readonly token = "scripted-token";
  readonly password = "scripted-password";
  readonly requests: ScriptedRequest[] = [];
  readonly rooms: ScriptedRooms = new ScriptedRooms();
  /** Tokens that are good. */
  readonly tokens: Set<string> = new Set([this.token]);
  /** The answer to a first sync. */
  initial: ScriptedBatch = {};

  readonly #server: Server;
  readonly #routes: Route[];
  readonly #batches: ScriptedBatch[] = [];
  readonly #faults: PendingFault[] = [];
  #held: (() => void)[] = [];
  #waiting: {
    predicate: (request: ScriptedRequest) => boolean;
    found: (request: ScriptedRequest) => void;
    endWatch: () => void;
  }[] = [];

  /** A server that listens on a free port. */
  static async start(): Promise<ScriptedHomeserver> {
    const server = new ScriptedHomeserver();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  private constructor() {
    this.#routes = routes(this);
    this.on("GET /_matrix/client/v3/sync", (request) => this.#answerSync(request));
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch((error: unknown) => {
        outgoing.destroy(error as Error);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Queues the next answer to `/sync`; its state events change the rooms too. Returns the token that stands after it. */
  sync(batch: ScriptedBatch = {}): string {
    this.#batches.push(batch);
    for (const rooms of [batch.join, batch.leave]) {
      for (const [room, { state = [], timeline = [] }] of Object.entries(rooms ?? {}))
        this.rooms.take(room, [...state, ...timeline]);
    }
    const held = this.#held;
    this.#held = [];
    for (const release of held) release();
    return `s${String(this.#batches.length)}`;
  }

  /** Answers a route in another way, or one that is not there: `on("GET /_matrix/client/v3/rooms/:room/members", …)`. */
  on(pattern: string, handler: Handler): void {
    this.#routes.unshift({ pattern: pattern.split("/"), handler });
  }

  /** The next `times` requests that match go wrong. A matcher in words is a part of `METHOD /path`. */
  fault(matcher: Matcher, fault: Fault, times = 1): SetFault {
    const matches =
      typeof matcher === "string"
        ? (request: ScriptedRequest) => `${request.method} ${request.path}`.includes(matcher)
        : matcher;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const pending: PendingFault = { matches, fault, released, left: times, struck: 0 };
    this.#faults.push(pending);
    return {
      get struck() {
        return pending.struck;
      },
      release,
    };
  }

  /** The first request that satisfies the predicate, of those that came and those that will. */
  waitForRequest(predicate: (request: ScriptedRequest) => boolean): Promise<ScriptedRequest> {
    const past = this.requests.find(predicate);
    if (past !== undefined) return Promise.resolve(past);
    // Made here, so that its stack names the test that waits.
    const failure = new Error();
    return new Promise((found, reject) => {
      const endWatch = whenStill((why) => {
        const asked = this.requests.slice(-20).map(({ method, path }) => `  ${method} ${path}`);
        failure.message = `Waited for a request: ${why}; the last ones:\n${asked.join("\n")}`;
        reject(failure);
      });
      this.#waiting.push({ predicate, found, endWatch });
    });
  }

  /** The first `/sync` that asks for what comes after this token; undefined means a first sync. */
  waitForSync(since: string | undefined): Promise<ScriptedRequest> {
    return this.waitForRequest(
      ({ path, query }) => path.endsWith("/sync") && (query.get("since") ?? undefined) === since,
    );
  }

  /** Ends every connection, and all waiting. */
  async close(): Promise<void> {
    for (const { endWatch } of this.#waiting) endWatch();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await this.#record(
      incoming,
      new Promise((over) => outgoing.once("close", over)),
    );
    const fault = this.#faults.find((one) => one.left > 0 && one.matches(request));
    if (fault !== undefined) {
      fault.left -= 1;
      fault.struck += 1;
      if (fault.fault.kind === "hang") await fault.released;
      else if (fault.fault.kind === "close") {
        if (fault.fault.afterEffect === true) await this.#answer(request, outgoing);
        outgoing.destroy();
        return;
      } else {
        send(outgoing, faulty(fault.fault));
        return;
      }
    }
    const reply = await this.#answer(request, outgoing);
    if (!outgoing.destroyed) send(outgoing, reply);
  }

  async #record(incoming: IncomingMessage, over: Promise<unknown>): Promise<ScriptedRequest> {
    const url = new URL(incoming.url ?? "/", "http://scripted.test");
    const bytes = Buffer.concat((await incoming.toArray()) as Buffer[]);
    const { "content-type": contentType = "application/json" } = incoming.headers;
    const request: ScriptedRequest = {
      number: this.requests.length + 1,
      method: incoming.method ?? "GET",
      path: decodeURIComponent(url.pathname).replace(
        /^\/_matrix\/client\/(?:r0|v1)\//,
        "/_matrix/client/v3/",
      ),
      query: url.searchParams,
      body:
        bytes.byteLength === 0
          ? undefined
          : contentType === "application/json"
            ? (JSON.parse(bytes.toString()) as unknown)
            : bytes,
      contentType,
      token:
        incoming.headers.authorization?.replace(/^Bearer /, "") ??
        url.searchParams.get("access_token") ??
        undefined,
      over,
    };
    this.requests.push(request);
    progress();
    this.#waiting = this.#waiting.filter(({ predicate, found, endWatch }) => {
      if (!predicate(request)) return true;
      endWatch();
      found(request);
      return false;
    });
    return request;
  }

  async #answer(request: ScriptedRequest, outgoing: ServerResponse): Promise<Reply> {
    const segments = `${request.method} ${request.path}`.split("/");
    for (const { pattern, handler, open } of this.#routes) {
      const parameters = match(pattern, segments);
      if (parameters === undefined) continue;
      if (open !== true && request.token === undefined)
        return { status: 401, body: { errcode: "M_MISSING_TOKEN" } };
      if (open !== true && !this.tokens.has(request.token ?? ""))
        return { status: 401, body: { errcode: "M_UNKNOWN_TOKEN" } };
      return await handler(request, parameters, outgoing);
    }
    return { status: 404, body: { errcode: "M_UNRECOGNIZED" } };
  }

  async #answerSync(request: ScriptedRequest): Promise<Reply> {
    const since = request.query.get("since");
    if (since === null) return { status: 200, body: syncBody(this.initial, this.#batches.length) };
    const seen = /^s([0-9]+)$/.exec(since)?.[1];
    if (seen === undefined || Number(seen) > this.#batches.length)
      return { status: 400, body: { errcode: "M_UNKNOWN" } };
    const index = Number(seen);
    while (this.#batches[index] === undefined) {
      if (Number(request.query.get("timeout")) < HELD_MS)
        return { status: 200, body: syncBody({}, index) };
      await new Promise<void>((release) => this.#held.push(release));
    }
    return { status: 200, body: syncBody(this.#batches[index], index + 1) };
  }
}

/** The names in a pattern with what stands in their places; undefined if it is another path. The last name takes the rest. */
function match(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (segments.length < pattern.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const last = index === pattern.length - 1;
    if (part.startsWith(":"))
      found[part.slice(1)] = last ? segments.slice(index).join("/") : (segments[index] ?? "");
    else if (part !== segments[index] || (last && segments.length > pattern.length))
      return undefined;
  }
  return found;
}

function send(outgoing: ServerResponse, reply: Reply): void {
  const type = reply.file?.type ?? (reply.text === undefined ? "application/json" : "text/html");
  const length = reply.file === undefined ? {} : { "content-length": reply.file.bytes.length };
  outgoing.writeHead(reply.status, { "content-type": type, ...length, ...reply.headers });
  outgoing.end(reply.file?.bytes ?? reply.text ?? JSON.stringify(reply.body));
}
