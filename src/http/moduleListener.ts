import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Allowance } from "../kernel/allowance.ts";
import type { Clock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { Part } from "../matrix/part.ts";
import { AccountNewsJudge, type AccountNews, type Refusal } from "./accountNews.ts";

/** The largest body that is read: a Matrix ID and some words; bytes. */
const BODY_BYTES = 4_096;
/** How many requests are taken in a minute of whoever has the secret, and how many of others are refused with a reason and logged; the ones use up nothing of the other. */
const RATE = { times: 600, withinMs: 60_000, most: 1 };
/** How long a request may take to come, or a connection be without one; ms. */
const REQUEST_MS = 10_000;
/** How many connections there may be: where one more comes, the oldest of which nobody has shown to have the secret goes. */
const CONNECTIONS = 32;

interface ModuleListenerDeps {
  readonly me: UserId;
  /** What it shares with the module. */
  readonly secret: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** How long a request may take to come; ms. 10 s unless given. */
  readonly requestMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when it is stored. What it says may be said again. */
  readonly heard: (news: AccountNews) => Promise<void>;
}

/**
 * Listens for the module in Usher's homeserver, which says when an account is deactivated or taken into use again. It has this one address and no other; what comes is
 * answered well only once it is stored, so that the module says it again where it is not.
 */
export class ModuleListener implements Part {
  readonly name = "module-listener";
  readonly #deps: ModuleListenerDeps;
  readonly #judge: AccountNewsJudge;
  readonly #rate = new Allowance<"signed" | "others">({ ...RATE, most: 2 });
  /** Those that are open, oldest first. */
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;

  constructor(deps: ModuleListenerDeps) {
    this.#deps = deps;
    this.#judge = new AccountNewsJudge(deps.secret, deps.me);
  }

  /** Rejects as the system does where the address is taken. */
  async start(): Promise<void> {
    const { requestMs = REQUEST_MS } = this.#deps;
    const server = createServer({
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      keepAliveTimeout: requestMs,
      // As the runtime has it, half a minute may pass until it looks.
      connectionsCheckingInterval: requestMs / 10,
    });
    server.on("connection", (socket) => {
      this.#connect(socket);
    });
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#deps.log.error({ class: "ops", what: "module.failed", ...errorFields(error) });
        response.destroy();
      });
    });
    server.listen(this.#deps.port, this.#deps.host);
    await once(server, "listening");
    this.#server = server;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** Where it listens, once it does. */
  get port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === "object" ? address?.port : undefined;
  }

  #connect(socket: Socket): void {
    const all = this.#connections;
    all.add(socket.once("close", () => all.delete(socket)));
    if (all.size <= CONNECTIONS) return;
    const [oldest] = all;
    oldest?.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock } = this.#deps;
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([, value]) => typeof value === "string"),
    ) as Record<string, string>;
    const { method = "", url: path = "" } = request;
    const unread = this.#judge.refusedUnread({ method, path, headers }, clock.now());
    if (unread !== undefined) return this.#refuse(response, unread);
    const body = await bodyOf(request);
    if (body === undefined)
      return this.#refuse(response, { status: 413, why: "body", signed: false });
    const judged = this.#judge.judge({ method, path, headers, body }, clock.now());
    if ("why" in judged) return this.#refuse(response, judged);
    return this.#take(request.socket, response, judged.news);
  }

  /** What whoever has the secret says. */
  async #take(socket: Socket, response: ServerResponse, news: AccountNews): Promise<void> {
    const { clock, log, heard } = this.#deps;
    const now = clock.now();
    if (!this.#rate.allows("signed", now)) return end(response, 429);
    this.#rate.take("signed", now);
    // It is none of those that go when there are too many.
    this.#connections.delete(socket);
    try {
      await heard(news);
      return end(response, 200);
    } catch (error) {
      log.error({ class: "ops", what: "module.failed", ...errorFields(error) });
      return end(response, 503);
    }
  }

  #refuse(response: ServerResponse, { status, why, signed }: Refusal): void {
    const { clock, log } = this.#deps;
    const of = signed ? "signed" : "others";
    const now = clock.now();
    if (!this.#rate.allows(of, now)) return end(response, 429);
    this.#rate.take(of, now);
    log.warn({ class: "ops", what: "module.refused", code: why, status });
    end(response, status);
  }
}

/** Undefined where it is too large, or broke off: then the connection is of no use any more. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** Nothing but the status is for the other side; clients of Synapse want JSON. */
function end(response: ServerResponse, status: number): void {
  const close = status === 200 || status === 503 ? {} : { connection: "close" };
  response.writeHead(status, { "content-type": "application/json", ...close });
  response.end("{}");
}
