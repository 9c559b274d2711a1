import { z } from "zod";
import { asUserId, serverOf, type UserId } from "../kernel/ids.ts";
import { Signatures } from "./signature.ts";

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

/** What it says, or the HTTP status with which it is refused, with a word of ours for the log. */
export type Judged =
  { readonly news: AccountNews } | { readonly status: number; readonly why: string };

/** Judges what comes, by itself and by what came before. */
export class AccountNewsJudge {
  readonly #signatures: Signatures;
  readonly #server: string;

  /** `me`: Usher's own account. */
  constructor(secret: string, me: UserId) {
    this.#signatures = new Signatures(secret);
    this.#server = serverOf(me);
  }

  /** `now`: ms since the epoch. */
  judge({ method, path, headers, body }: NewsRequest, now: number): Judged {
    if (path !== ACCOUNT_NEWS) return { status: 404, why: "path" };
    if (method !== "POST") return { status: 405, why: "method" };
    const claims = {
      time: headers["x-usher-time"] ?? "",
      nonce: headers["x-usher-nonce"] ?? "",
      signature: headers["x-usher-signature"] ?? "",
    };
    const fault = this.#signatures.fault(claims, body, now);
    if (fault !== undefined) return { status: 401, why: fault };
    const news = said.safeParse(jsonOf(body)).data;
    if (news === undefined || news.ts > now + AHEAD_MS) return { status: 400, why: "body" };
    if (serverOf(news.user_id) !== this.#server) return { status: 400, why: "server" };
    const { user_id: person, deactivated, ts } = news;
    return { news: { person, is: deactivated ? "deactivated" : "active", at: Math.min(ts, now) } };
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
