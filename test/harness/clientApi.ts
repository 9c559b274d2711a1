import { randomUUID } from "node:crypto";
import { progress } from "./patience.ts";
import type { Account } from "./synapse.ts";

export type Content = Readonly<Record<string, unknown>>;

/** The homeserver said no. `code` is its `M_…` code. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly code: string;

  constructor(action: string, status: number, code: string, words: string) {
    super(`${action}: ${String(status)} ${code} ${words}`);
    this.status = status;
    this.code = code;
  }
}

/** Calls the client-server API for one account. Paths are below `/_matrix/client/v3`, and written with `path`. */
export class ClientApi {
  readonly account: Account;
  readonly #url: string;

  constructor(url: string, account: Account) {
    this.#url = url;
    this.account = account;
  }

  get url(): string {
    return this.#url;
  }

  async call<T = Content>(
    method: "GET" | "PUT" | "POST",
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await fetch(`${this.#url}/_matrix/client/v3${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.account.accessToken}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    // A sync that is answered without news, twice a minute, is no sign that anything goes on.
    if (!path.startsWith("/sync")) progress();
    if (response.ok) return (await response.json()) as T;
    const words = await response.text();
    const { errcode = "", error = words } = parsed(words);
    throw new Refused(`${method} ${path}`, response.status, errcode, error);
  }

  async send(room: string, type: string, content: Content): Promise<string> {
    return (
      await this.call<{ event_id: string }>(
        "PUT",
        path`/rooms/${room}/send/${type}/${randomUUID()}`,
        content,
      )
    ).event_id;
  }
}

/** A path in which everything that is filled in is escaped. */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: texts }, ...values.map(encodeURIComponent));
}

function parsed(words: string): { errcode?: string; error?: string } {
  try {
    return JSON.parse(words) as { errcode?: string; error?: string };
  } catch {
    return {};
  }
}
