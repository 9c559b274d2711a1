import { lookup } from "node:dns/promises";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./publicAddress.ts";

/** What came of looking at a website. `private`: its name leads into a private network, so nothing was sent there. */
export type Probe =
  | { readonly is: "answered"; readonly status: number }
  | { readonly is: "unknown-name" | "private" | "silent" | "certificate" };

export interface ProbeOptions {
  /** Host names that may lead into a private network, as the operator has configured. */
  readonly privateHosts: readonly string[];
  readonly timeoutMs: number;
  /** All addresses of a name, IPv4 and IPv6. */
  readonly addresses?: (host: string) => Promise<readonly string[]>;
  /** What is trusted beside the usual authorities. */
  readonly ca?: string;
}

/**
 * Asks a website for its headers: whether it is there, nothing more. Its name is looked up once; if one of its addresses is not public, none is
 * asked, and the connection goes to an address that was judged, not to what another look-up might say. A redirection is an answer and is
 * not followed. Bounded in time; nothing of the answer but its status is read. Never rejects.
 */
export async function probe(url: URL, options: ProbeOptions): Promise<Probe> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { addresses = lookUp, privateHosts, timeoutMs } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  let found: readonly string[];
  try {
    found = isIP(host) > 0 ? [host] : await unlessAborted(addresses(host), signal);
  } catch {
    // Why a name is not found, names servers say in many ways.
    return { is: signal.aborted ? "silent" : "unknown-name" };
  }
  const [first] = found;
  if (first === undefined) return { is: "unknown-name" };
  if (!privateHosts.includes(host) && !found.every(isPublicAddress)) return { is: "private" };
  return head(url, found, signal, options.ca);
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => {
    reject(signal.reason as Error);
  });
  return Promise.race([promise, aborted]);
}

function head(
  url: URL,
  addresses: readonly string[],
  signal: AbortSignal,
  ca: string | undefined,
): Promise<Probe> {
  const judged = addresses.map((address) => ({ address, family: isIP(address) }));
  const pinned: LookupFunction = (_host, { all }, callback) => {
    if (all === true) callback(null, judged);
    else callback(null, judged[0]?.address ?? "", judged[0]?.family ?? 0);
  };
  const { promise, resolve } = Promise.withResolvers<Probe>();
  const asked = request(url, {
    method: "HEAD",
    lookup: pinned,
    agent: false,
    signal,
    maxHeaderSize: 16_384,
    ...(ca === undefined ? {} : { ca }),
  });
  asked.on("response", (response) => {
    resolve({ is: "answered", status: response.statusCode ?? 0 });
    response.destroy();
  });
  asked.on("error", (error: NodeJS.ErrnoException) => {
    resolve({
      is: /CERT|SIGNATURE|ALTNAME|SELF_SIGNED/.test(error.code ?? "") ? "certificate" : "silent",
    });
  });
  asked.end();
  return promise;
}
