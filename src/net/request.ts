import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { bareHost, isPublicAddress } from "./publicAddress.ts";

/** Why a website gave no answer. `private`: its name leads into a private network, so nothing was sent there. */
type WhyNot = "unknown-name" | "private" | "silent" | "certificate";

/** It says nothing of the address, which may hold a secret. */
export class NoAnswer extends Error {
  readonly why: WhyNot;

  constructor(why: WhyNot) {
    super(why);
    this.name = "NoAnswer";
    this.why = why;
  }
}

/** How websites are reached. */
export interface Reach {
  /** Host names that may lead into a private network. */
  readonly privateHosts: readonly string[];
  /** All addresses of a name, IPv4 and IPv6. */
  readonly addresses?: ((host: string) => Promise<readonly string[]>) | undefined;
  /** What is trusted beside the usual authorities. */
  readonly ca?: string | undefined;
}

interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * Sends one request, and resolves with its answer when the headers are there; nothing of the body has been read. The name is looked up once; if
 * one of its addresses is not public, none is asked, and the connection goes to an address that was judged, not to what another look-up might
 * say. A redirection is an answer and is not followed. Rejects with `NoAnswer`; `signal` is the only limit in time.
 */
export async function sendRequest(
  url: URL,
  sent: Sent,
  { addresses = lookUp, privateHosts, ca }: Reach,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = bareHost(url);
  let found: readonly string[];
  try {
    found = isIP(host) > 0 ? [host] : await unlessAborted(addresses(host), signal);
  } catch {
    // Why a name is not found, names servers say in many ways.
    throw new NoAnswer(signal.aborted ? "silent" : "unknown-name");
  }
  if (found.length === 0) throw new NoAnswer("unknown-name");
  if (!privateHosts.includes(host) && !found.every(isPublicAddress)) throw new NoAnswer("private");
  return exchange(url, sent, { addresses: found, ca, signal });
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function exchange(
  url: URL,
  { method, headers, body }: Sent,
  {
    addresses,
    ca,
    signal,
  }: {
    readonly addresses: readonly string[];
    readonly ca: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<IncomingMessage> {
  const judged = addresses.map((address) => ({ address, family: isIP(address) }));
  const pinned: LookupFunction = (_host, { all }, callback) => {
    if (all === true) callback(null, judged);
    else callback(null, judged[0]?.address ?? "", judged[0]?.family ?? 0);
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const begin = url.protocol === "https:" ? httpsRequest : httpRequest;
  const asked = begin(url, {
    method,
    headers: { ...headers },
    lookup: pinned,
    agent: false,
    signal,
    maxHeaderSize: 16_384,
    ...(ca === undefined ? {} : { ca }),
  });
  asked.on("response", resolve);
  // Also after the answer has begun: whoever reads it learns it there.
  asked.on("error", (error: NodeJS.ErrnoException) => {
    const certificate = /CERT|SIGNATURE|ALTNAME|SELF_SIGNED/.test(error.code ?? "");
    reject(new NoAnswer(certificate ? "certificate" : "silent"));
  });
  asked.end(body);
  return promise;
}
