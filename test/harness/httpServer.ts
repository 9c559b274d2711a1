import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a test sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** Parsed JSON; of any other kind of content a buffer; undefined where there was none. */
  readonly body: unknown;
}

/** How a test answers: a status with JSON, a status with text and headers, or something of its own on the raw response. */
export type TestAnswer =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | ((response: ServerResponse) => void);

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** How many connections were opened so far. */
  readonly connections: number;
}

/** A tiny HTTP server on loopback for tests of what speaks HTTP. */
export async function startTestServer(
  answer: (request: SeenRequest, count: number) => TestAnswer | Promise<TestAnswer>,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const bytes = Buffer.concat(chunks);
    const json = (incoming.headers["content-type"] ?? "application/json") === "application/json";
    const request: SeenRequest = {
      method: incoming.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: bytes.byteLength === 0 ? undefined : json ? JSON.parse(bytes.toString()) : bytes,
    };
    seen.push(request);
    const given = await answer(request, seen.length);
    if (typeof given === "function") {
      given(response);
      return;
    }
    response.writeHead(given.status ?? 200, {
      "content-type": "application/json",
      ...given.headers,
    });
    response.end(given.text ?? JSON.stringify(given.json ?? {}));
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => {
      response.destroy();
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
