import { z } from "zod";
import { asUserId, serverOf, type UserId } from "../kernel/ids.ts";
import { claimsFault, Signatures, type Claims } from "./signature.ts";

/** Where the homeserver's module says what became of an account. */
const ACCOUNT_NEWS = "/_usher/v1/account";
/** How far into the future something can have happened: clocks differ; ms. */
const AHEAD_MS = 300_000;

const said = z.strictObject({
  user_id: z
    .string()
    .transform((text, context) => asUserId(text) ?? (context.addIssue("no id"), z.NEVER)),
  deactivated: z.boolean(),
  by_admin: z.boolean(),
  /** When it was; ms since the epoch. */
  ts: z.int().nonnegative(),
});

/** An account of Usher's own homeserver was deactivated, or taken into use again. */
export interface AccountNews {
  readonly person: UserId;
  readonly is: "deactivated" | "active";
  /** ms since the epoch. */
  readonly at: number;
}

/** A request that came, as far as it matters. */
export interface NewsRequest {
  readonly method: string;
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** With which HTTP status something is refused, and a word of ours for the log. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
  /** Whoever has the secret said it all the same. */
  readonly signed: boolean;
}

/** What it says, or why it is refused. */
export type Judged = { readonly news: AccountNews } | Refusal;

/** Judges what comes, by itself and by what came before. */
export class AccountNewsJudge {
  readonly #signatures: Signatures;
  readonly #server: string;

  /** `me`: Usher's own account. */
  constructor(secret: string, me: UserId) {
    this.#signatures = new Signatures(secret);
    this.#server = serverOf(me);
  }

  /** What is refused whatever its body is, so that nobody need read that; undefined where it must be read. `now`: ms since the epoch. */
  refusedUnread(
    { method, path, headers }: Omit<NewsRequest, "body">,
    now: number,
  ): Refusal | undefined {
    if (path !== ACCOUNT_NEWS) return { status: 404, why: "path", signed: false };
    if (method !== "POST") return { status: 405, why: "method", signed: false };
    const fault = claimsFault(claimsOf(headers), now);
    return fault === undefined ? undefined : { status: 401, why: fault, signed: false };
  }

  /** `now`: ms since the epoch. */
  judge(request: NewsRequest, now: number): Judged {
    const refusal = this.refusedUnread(request, now);
    if (refusal !== undefined) return refusal;
    const { headers, body } = request;
    const fault = this.#signatures.fault(claimsOf(headers), body, now);
    if (fault !== undefined) return { status: 401, why: fault, signed: false };
    const news = said.safeParse(jsonOf(body)).data;
    if (news === undefined || news.ts > now + AHEAD_MS)
      return { status: 400, why: "body", signed: true };
    if (serverOf(news.user_id) !== this.#server)
      return { status: 400, why: "server", signed: true };
    const { user_id: person, deactivated, ts } = news;
    return { news: { person, is: deactivated ? "deactivated" : "active", at: Math.min(ts, now) } };
  }
}

function claimsOf(headers: NewsRequest["headers"]): Claims {
  return {
    time: headers["x-usher-time"] ?? "",
    nonce: headers["x-usher-nonce"] ?? "",
    signature: headers["x-usher-signature"] ?? "",
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
