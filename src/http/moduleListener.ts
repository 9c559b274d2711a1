import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Allowance } from "../kernel/allowance.ts";
import type { Clock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { Part } from "../matrix/part.ts";
import { AccountNewsJudge, type AccountNews } from "./accountNews.ts";

/** The largest body that is read: a Matrix ID and some words; bytes. */
const BODY_BYTES = 4_096;
/** How many requests are looked at in a minute, whoever sends them. */
const RATE = { times: 600, withinMs: 60_000, most: 1 };
/** How long a request may take to come, and how many connections there may be. */
const REQUEST_MS = 10_000;
const CONNECTIONS = 32;

interface ModuleListenerDeps {
  readonly me: UserId;
  /** What it shares with the module. */
  readonly secret: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
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
  readonly #rate = new Allowance<"all">(RATE);
  #server: Server | undefined;

  constructor(deps: ModuleListenerDeps) {
    this.#deps = deps;
    this.#judge = new AccountNewsJudge(deps.secret, deps.me);
  }

  /** Rejects as the system does where the address is taken. */
  async start(): Promise<void> {
    const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
    server.maxConnections = CONNECTIONS;
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, log } = this.#deps;
    const now = clock.now();
    if (!this.#rate.allows("all", now)) return end(response, 429);
    this.#rate.take("all", now);
    const body = await bodyOf(request);
    if (body === undefined) return end(response, 413);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([, value]) => typeof value === "string"),
    ) as Record<string, string>;
    const { method = "", url = "" } = request;
    const judged = this.#judge.judge({ method, path: url, headers, body }, clock.now());
    if ("why" in judged) {
      log.warn({ class: "ops", what: "module.refused", code: judged.why, status: judged.status });
      return end(response, judged.status);
    }
    try {
      await this.#deps.heard(judged.news);
      return end(response, 200);
    } catch (error) {
      log.error({ class: "ops", what: "module.failed", ...errorFields(error) });
      return end(response, 503);
    }
  }
}

/** Undefined where it is too large, or broke off: then the connection is of no use any more. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
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
  const close = status === 413 || status === 429 ? { connection: "close" } : {};
  response.writeHead(status, { "content-type": "application/json", ...close });
  response.end("{}");
}
