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

/** Stands between Usher and a real homeserver, and makes that slow where a test wants it. */
export class HoldingProxy {
  readonly #server = createServer();
  readonly #target: URL;
  readonly #holds: { readonly part: string; readonly came: () => void; readonly released: Promise<void> }[] = [];

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

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(incoming: IncomingMessage, givenUp: () => boolean): Promise<IncomingMessage> {
    const { method = "GET", url = "/", headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const hold = this.#holds.find(({ part }) => `${method} ${decodeURIComponent(url)}`.includes(part));
    hold?.came();
    await hold?.released;
    if (givenUp()) throw new Error("nobody waits for the answer any more");
    const outgoing = forward(new URL(url, this.#target), { method, headers: { ...headers, host: this.#target.host } });
    outgoing.end(Buffer.concat(chunks));
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return answer;
  }
}
