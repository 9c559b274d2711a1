import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that the proxy keeps. */
interface Held {
  /** Resolves when it has come. */
  readonly came: Promise<void>;
  /** Lets it, and all that follow, through; not what Usher has given up meanwhile. */
  release(): void;
}

/** Stands between Usher and a real homeserver, and makes that slow, or answers in its place, where a test wants it. */
export class HoldingProxy {
  readonly #server = createServer();
  readonly #target: URL;
  readonly #holds: {
    readonly part: string;
    readonly came: () => void;
    readonly released: Promise<void>;
  }[] = [];
  readonly #kept: { readonly part: string; readonly bodies: string[] }[] = [];

  static async start(target: string): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server.on("request", (incoming, outgoing) => {
      const passed = this.#pass(incoming, () => outgoing.destroyed).then((answer) => {
        if (answer === undefined) {
          outgoing.writeHead(200, { "content-type": "application/json" }).end("{}");
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.catch(() => outgoing.destroy());
    });
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Keeps every request whose `METHOD /path`, decoded, has this in it. */
  hold(part: string): Held {
    const came = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const hold = { part, came: came.resolve, released: released.promise };
    this.#holds.push(hold);
    return {
      came: came.promise,
      release: () => {
        this.#holds.splice(this.#holds.indexOf(hold), 1);
        released.resolve();
      },
    };
  }

  /** Says `{}` to every request whose `METHOD /path` has this in it, and lets none through. The bodies that were kept from the homeserver, oldest first. */
  keepBack(part: string): readonly string[] {
    const bodies: string[] = [];
    this.#kept.push({ part, bodies });
    return bodies;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Undefined for what is kept back. */
  async #pass(
    incoming: IncomingMessage,
    givenUp: () => boolean,
  ): Promise<IncomingMessage | undefined> {
    const { method = "GET", url = "/", headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const asked = `${method} ${decodeURIComponent(url)}`;
    const kept = this.#kept.find(({ part }) => asked.includes(part));
    if (kept !== undefined) {
      kept.bodies.push(Buffer.concat(chunks).toString());
      return undefined;
    }
    const hold = this.#holds.find(({ part }) => asked.includes(part));
    hold?.came();
    await hold?.released;
    if (givenUp()) throw new Error("nobody waits for the answer any more");
    const outgoing = forward(new URL(url, this.#target), {
      method,
      headers: { ...headers, host: this.#target.host },
    });
    outgoing.end(Buffer.concat(chunks));
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return answer;
  }
}
