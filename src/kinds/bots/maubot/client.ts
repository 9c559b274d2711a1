import { z } from "zod";
import type { Secret } from "../../../config/secret.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import { CLIENTS, INSTANCE, INSTANCES, LOGGED_IN, PLUGINS, REFUSED } from "./answers.ts";
import type { MaubotInstance } from "./config.ts";

interface ClientDeps {
  readonly http: HttpClient;
  readonly url: string;
  readonly user: string;
  /** Read anew for each log-in. Throws `secret-unreadable`. */
  readonly password: () => Secret;
}

/** All that maubot is ever asked: a log-in as its admin could do anything with any of its bots. */
type Call =
  | { readonly is: "clients" | "instances" | "plugins" }
  | { readonly is: "make"; readonly id: string; readonly body: object }
  | { readonly is: "join" | "leave"; readonly user: UserId; readonly room: RoomId };

/** Maubot itself answers at once. */
const OWN_MS = 5_000;
/** What goes on to the bot's homeserver may have it join over federation. */
const PROXIED_MS = 30_000;

/**
 * Asks a maubot of 0.6 over its management API. Rejects with `maubot-unreachable`, `maubot-password`,
 * `maubot-too-large` or `maubot-unexpected`.
 */
export class MaubotClient {
  readonly #deps: ClientDeps;
  #token: Promise<string> | undefined;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  async clients(): Promise<z.output<typeof CLIENTS>> {
    return read(await this.#ask({ is: "clients" }), CLIENTS);
  }

  async instances(): Promise<z.output<typeof INSTANCES>> {
    return read(await this.#ask({ is: "instances" }), INSTANCES);
  }

  async plugins(): Promise<z.output<typeof PLUGINS>> {
    return read(await this.#ask({ is: "plugins" }), PLUGINS);
  }

  /** Makes an instance, or starts it where it is there. Rejects also with `maubot-instance` where maubot does not make it. */
  async make(user: UserId, { plugin, id, config }: MaubotInstance & { id: string }): Promise<void> {
    const body = { type: plugin, primary_user: user, enabled: true, ...(config && { config }) };
    const answer = await this.#ask({ is: "make", id, body });
    const refusal = refusalOf(answer);
    if (refusal !== undefined) {
      const missing = refusal.errcode === "plugin_type_not_found";
      throw new UsherError("maubot-instance", { id, plugin, missing });
    }
    read(answer, INSTANCE);
  }

  /** Has the bot join or leave a room. Rejects also with `maubot-bot-refused` where its homeserver does not let it. */
  async move(is: "join" | "leave", user: UserId, room: RoomId): Promise<void> {
    const answer = await this.#ask({ is, user, room });
    const reason = refusalOf(answer)?.error;
    if (reason !== undefined)
      throw new UsherError("maubot-bot-refused", { user, joins: is === "join", reason });
    read(answer, z.object({}));
  }

  /** Logs in where it has not yet, and once anew where the token has ended. */
  async #ask(call: Call): Promise<WebsiteAnswer> {
    const first = await this.#send(call, await this.#logIn());
    if (!ended(first, call)) return first;
    this.#token = undefined;
    const again = await this.#send(call, await this.#logIn());
    if (ended(again, call)) throw new UsherError("maubot-password");
    return again;
  }

  /** One log-in for all who ask meanwhile. */
  #logIn(): Promise<string> {
    this.#token ??= this.#newToken().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #newToken(): Promise<string> {
    const { user: username, password } = this.#deps;
    const body = JSON.stringify({ username, password: password().reveal() });
    const answer = await this.#request("auth/login", { method: "POST", body, timeoutMs: OWN_MS });
    if (answer.status === 401) throw new UsherError("maubot-password");
    return read(answer, LOGGED_IN).token;
  }

  #send(call: Call, token: string): Promise<WebsiteAnswer> {
    const headers = { authorization: `Bearer ${token}` };
    switch (call.is) {
      case "clients":
      case "instances":
      case "plugins":
        return this.#request(call.is, { headers, timeoutMs: OWN_MS });
      case "make": {
        const body = JSON.stringify(call.body);
        const path = `instance/${segment(call.id)}`;
        return this.#request(path, { method: "PUT", headers, body, timeoutMs: OWN_MS });
      }
      case "join":
      case "leave": {
        const room = segment(call.room);
        const end = call.is === "join" ? `join/${room}` : `rooms/${room}/leave`;
        const path = `proxy/${segment(call.user)}/_matrix/client/v3/${end}`;
        return this.#request(path, { method: "POST", headers, body: "{}", timeoutMs: PROXIED_MS });
      }
    }
  }

  async #request(
    path: string,
    question: Parameters<HttpClient["ask"]>[1] & object,
  ): Promise<WebsiteAnswer> {
    const { url, http } = this.#deps;
    const type = question.body === undefined ? {} : { "content-type": "application/json" };
    try {
      return await http.ask(new URL(`${url.replace(/\/+$/, "")}/${path}`), {
        ...question,
        headers: { ...type, ...question.headers },
        allowPrivate: true,
      });
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      if (error.code === "website-too-large") throw new UsherError("maubot-too-large");
      throw new UsherError("maubot-unreachable");
    }
  }
}

/** Of an answer that is well, what the schema reads. Nothing of one that is not goes into the error: it may hold tokens. */
function read<T>(answer: WebsiteAnswer, schema: z.ZodType<T>): T {
  const { status } = answer;
  if (status < 200 || status > 299) throw new UsherError("maubot-unexpected", { status });
  return checked(answer, schema);
}

function checked<T>(answer: WebsiteAnswer, schema: z.ZodType<T>): T {
  try {
    return answer.json(schema);
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    throw new UsherError("maubot-unexpected", { status: answer.status });
  }
}

/** Why it did not do it, where that is for whoever asked to know. */
function refusalOf(answer: WebsiteAnswer): z.output<typeof REFUSED> | undefined {
  return answer.status >= 400 && answer.status < 500 ? checked(answer, REFUSED) : undefined;
}

/** Whether maubot itself takes the token no more: behind the proxy, the homeserver may say 401 of the bot's own. */
function ended(answer: WebsiteAnswer, { is }: Call): boolean {
  if (answer.status !== 401) return false;
  return (is !== "join" && is !== "leave") || checked(answer, REFUSED).errcode.startsWith("auth_");
}

/**
 * As one segment of a path. Maubot decodes the path and puts it together anew for the homeserver: what could become another path there is
 * refused, with `maubot-name`.
 */
function segment(name: string): string {
  if (!/^[\w!@.:=+[\]-]+$/.test(name) || /^\.+$/.test(name))
    throw new UsherError("maubot-name", { name });
  return encodeURIComponent(name);
}
