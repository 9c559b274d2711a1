import { createHmac, timingSafeEqual } from "node:crypto";
import { RecentIds } from "../kernel/recent.ts";

/** How far the sender's clock may be from ours, and so how long what was heard can be heard again; ms. */
const WINDOW_MS = 300_000;
/** More than are taken in twice that time. */
const NONCES = 20_000;

/** What a request says of itself, as it came. */
export interface Claims {
  /** When it was signed, in ms since the epoch, as decimal digits. */
  readonly time: string;
  /** 32 hexadecimal digits that the sender uses once. */
  readonly nonce: string;
  /** HMAC-SHA256 of the other two and the body, in hexadecimal digits. */
  readonly signature: string;
}

/** Why a request is not taken: of another time, heard before, or of nobody who has the secret. */
export type SignatureFault = "time" | "repeated" | "signature";

/** What whoever has the secret signs: its lines cannot be cut otherwise than they were joined. */
export function signatureOf(
  secret: string,
  { time, nonce }: Omit<Claims, "signature">,
  body: Uint8Array,
): string {
  return createHmac("sha256", secret).update(`1\n${time}\n${nonce}\n`).update(body).digest("hex");
}

/**
 * Tells who has the secret, and takes each thing they say once. What was heard is remembered in memory alone: right after a start something may be heard again,
 * so that whatever is said this way must be true however often it is said.
 */
export class Signatures {
  readonly #secret: string;
  readonly #heard = new RecentIds<string>(NONCES);

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** What is wrong with a request; undefined where nothing is. `now`: ms since the epoch. */
  fault(claims: Claims, body: Uint8Array, now: number): SignatureFault | undefined {
    const { nonce, signature } = claims;
    const fault = claimsFault(claims, now);
    if (fault !== undefined) return fault;
    const expected = signatureOf(this.#secret, claims, body);
    if (!isSame(signature, expected)) return "signature";
    return this.#heard.add(nonce) ? undefined : "repeated";
  }
}

/** What is wrong with a request whatever its body is; undefined where that remains to be seen. `now`: ms since the epoch. */
export function claimsFault(
  { time, nonce, signature }: Claims,
  now: number,
): SignatureFault | undefined {
  if (!/^[0-9a-f]{64}$/.test(signature) || !/^[0-9a-f]{32}$/.test(nonce)) return "signature";
  return !/^\d{1,16}$/.test(time) || Math.abs(Number(time) - now) > WINDOW_MS ? "time" : undefined;
}

/** Takes as long for any two texts of that length. */
function isSame(said: string, expected: string): boolean {
  const [a, b] = [Buffer.from(said), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
