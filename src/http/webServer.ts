import type { AddressInfo, Socket } from "node:net";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from "fastify";
import { Allowance } from "../kernel/allowance.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { Part } from "../matrix/part.ts";
import { addressKey } from "./addressKey.ts";

/** How many requests one address may make in a minute; what watches Usher has as many of its own. In memory alone, of the newest addresses. */
const RATE = { times: 120, withinMs: 60_000, most: 2_000 };
/** How long a request may take to come, or a connection be without one; ms. */
const REQUEST_MS = 10_000;
/** How many connections there may be: where one more comes, the oldest on which nothing is being answered goes. */
const CONNECTIONS = 500;
/** The largest head of a request, and how many requests a connection may bring. */
const HEAD_BYTES = 8_192;
const REQUESTS = 1_000;

/** Nothing here is to be framed, runs a script, or asks anybody else. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

declare module "fastify" {
  interface FastifyContextConfig {
    /** It is asked by what watches Usher, again and again. */
    watches?: boolean;
  }
}

/** What is answered at one address of the server, to GET and HEAD. */
export interface WebRoute {
  readonly path: string;
  readonly watches?: boolean;
  readonly answer: RouteHandlerMethod;
}

interface WebServerDeps {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly routes: readonly WebRoute[];
  readonly clock: Clock;
  readonly log: Log;
  /** How long a request may take to come; ms. 10 s unless given. */
  readonly requestMs?: number;
  readonly mostConnections?: number;
}

/**
 * What Usher answers over HTTP, to anybody: each route says of itself what. Nothing of a request gets into a log line or a header; whatever is wrong with one is
 * answered with a code and a sentence. What fails here is told to the log without whatever was asked.
 */
export class WebServer implements Part {
  readonly name = "web-server";
  readonly #deps: WebServerDeps;
  readonly #rate = new Allowance<string>(RATE);
  /** Those that are open, oldest first, and those on which something is being answered. */
  readonly #connections = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  #app: FastifyInstance | undefined;
  #warned = false;

  constructor(deps: WebServerDeps) {
    this.#deps = deps;
  }

  /** Rejects as the system does where the address is taken. */
  async start(): Promise<void> {
    const { requestMs = REQUEST_MS, trustedProxies, routes, host, port } = this.#deps;
    const app = fastify({
      http: {
        headersTimeout: requestMs,
        maxHeaderSize: HEAD_BYTES,
        // As the runtime has it, half a minute may pass until it looks.
        connectionsCheckingInterval: requestMs / 10,
      },
      requestTimeout: requestMs,
      connectionTimeout: requestMs * 3,
      keepAliveTimeout: requestMs,
      maxRequestsPerSocket: REQUESTS,
      forceCloseConnections: true,
      trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
      frameworkErrors: (_error, _request, reply) => {
        refuse(reply.headers(HEADERS), 400);
      },
    });
    app.removeAllContentTypeParsers();
    app.addHook("onRequest", (request, reply, next) => {
      this.#arrive(request, reply, next);
    });
    app.addHook("onResponse", (request, _reply, next) => {
      this.#busy.delete(request.raw.socket);
      next();
    });
    app.setNotFoundHandler((_request, reply) => refuse(reply, 404));
    app.setErrorHandler((error, _request, reply) => this.#fail(error, reply));
    for (const route of routes) serve(app, route);
    app.server.on("connection", (socket: Socket) => {
      this.#connect(socket);
    });
    await app.listen({ host, port });
    this.#app = app;
  }

  stop(): Promise<undefined> | undefined {
    return this.#app?.close();
  }

  /** Where it listens, once it does. */
  get port(): number | undefined {
    return (this.#app?.server.address() as AddressInfo | null | undefined)?.port;
  }

  #connect(socket: Socket): void {
    const { mostConnections = CONNECTIONS } = this.#deps;
    const all = this.#connections;
    const gone = (): void => {
      all.delete(socket);
      this.#busy.delete(socket);
    };
    all.add(socket.once("close", gone));
    if (all.size <= mostConnections) return;
    for (const one of all) if (!this.#busy.has(one)) return void one.destroy();
  }

  /** A request has come, as far as its head. */
  #arrive(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
    const { clock, log, trustedProxies } = this.#deps;
    this.#busy.add(request.raw.socket);
    reply.headers(HEADERS);
    const forwarded = request.headers["x-forwarded-for"] !== undefined;
    if (forwarded && trustedProxies.length === 0 && !this.#warned) {
      this.#warned = true;
      log.warn({ class: "ops", what: "web.proxy-unknown" });
    }
    const of = request.routeOptions.config.watches === true ? "watch" : "page";
    const key = `${of} ${addressKey(request.ip)}`;
    const now = clock.now();
    if (this.#rate.allows(key, now)) {
      this.#rate.take(key, now);
      next();
      return;
    }
    const seconds = Math.ceil((this.#rate.nextAt(key, now) - now) / 1000);
    refuse(reply.header("retry-after", String(Math.max(1, seconds))), 429);
  }

  #fail(error: unknown, reply: FastifyReply): FastifyReply {
    const status = (error as { readonly statusCode?: unknown }).statusCode;
    if (typeof status === "number" && status >= 400 && status < 500) return refuse(reply, status);
    this.#deps.log.error({ class: "ops", what: "web.failed", ...errorFields(error) });
    return refuse(reply, 500);
  }
}

function serve(app: FastifyInstance, { path, watches = false, answer }: WebRoute): void {
  app.get(path, { config: { watches } }, answer);
  app.route({
    method: ["DELETE", "OPTIONS", "PATCH", "POST", "PUT"],
    url: path,
    handler: (_request, reply) => refuse(reply.header("allow", "GET, HEAD"), 405),
  });
}

/** What is wrong, as Matrix says such things: a code and a sentence (specification, "Standard error response"). */
const REFUSALS: Readonly<Record<number, readonly [errcode: string, error: string]>> = {
  400: ["M_UNRECOGNIZED", "This address cannot be read. Check how it is written."],
  404: ["M_NOT_FOUND", "There is nothing at this address. Check how it is written."],
  405: ["M_UNRECOGNIZED", "This address can only be read: ask for it with GET."],
  415: ["M_UNRECOGNIZED", "Nothing can be sent to this address. Ask for it with GET."],
  429: ["M_LIMIT_EXCEEDED", "Too many requests came from your address. Try again in a minute."],
  500: ["M_UNKNOWN", "Something went wrong here. Try again later."],
};
const OTHER = ["M_UNRECOGNIZED", "This request cannot be understood."] as const;

function refuse(reply: FastifyReply, status: number): FastifyReply {
  const [errcode, error] = REFUSALS[status] ?? OTHER;
  return reply.code(status).type("application/json").send(JSON.stringify({ errcode, error }));
}
