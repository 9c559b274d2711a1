/** Codes of Node and OpenSSL for one kind of failure, with the sentence that says what to look at. `{at}` is the address. */
const REASONS: readonly (readonly [codes: RegExp, sentence: string])[] = [
  [
    /^(?:ENOTFOUND|EAI_NONAME|EAI_NODATA)$/,
    "No server has the name in {at}. Check how it is written.",
  ],
  [
    /^EAI_AGAIN$/,
    "Names of servers cannot be looked up at the moment ({at}). Check this machine's network.",
  ],
  [/^ECONNREFUSED$/, "Nothing listens at {at}. Check the port, and whether the homeserver runs."],
  [
    /^(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/,
    "What answers at {at} speaks http, not https. Give its address with http://, or another port.",
  ],
  [
    /^(?:ECONNRESET|UND_ERR_SOCKET|HPE_.*)$/,
    "What answers at {at} ends the connection: it may speak https where this is http, or nothing of the kind.",
  ],
  [
    /^(?:.*CERT.*|.*SIGNATURE.*|ERR_TLS_.*)$/,
    "The certificate of {at} is not one that this machine trusts.",
  ],
  [
    /^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    "{at} does not answer in time. Check the address, and the network between.",
  ],
];

/** Why an address could not be reached, in one sentence for an operator, from what `fetch` threw. */
export function whyUnreachable(error: unknown, address: string): string {
  return reasonFor(networkCode(error), address);
}

/** The same, where only the code is known; "" for none. */
export function reasonFor(code: string, address: string): string {
  const reason =
    REASONS.find(([codes]) => codes.test(code))?.[1] ??
    (code === "" ? "{at} cannot be reached." : `{at} cannot be reached (${code}).`);
  return reason.replace("{at}", address);
}

/** The code of the first error in the chain of causes that has one, "" if none: `fetch` itself says "fetch failed" of everything. */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "TimeoutError") return "ETIMEDOUT";
  if ("code" in error && typeof error.code === "string") return error.code;
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  return networkCode(inner);
}
