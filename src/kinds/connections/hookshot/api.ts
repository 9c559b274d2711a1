import type { z } from "zod";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { OpenId, OwnAccount } from "../../../matrix/port.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import type { Question } from "../../../net/question.ts";
import type { Sort } from "../sorts.ts";
import {
  CONNECTION,
  CONNECTIONS,
  DONE,
  LOGGED_IN,
  REFUSED,
  SECTIONS,
  type Connection,
} from "./answers.ts";

interface ApiDeps {
  readonly http: HttpClient;
  readonly matrix: OwnAccount & OpenId;
  /** Where it is, without `/widgetapi/v1`. */
  readonly url: string;
  readonly bot: UserId;
}

/** Before it takes a feed it asks the website itself, for 5 s; ms. */
const PATIENCE_MS = 15_000;

/** Of what nobody foresaw, so much is shown. */
const LINE_LENGTH = 200;

/**
 * Asks hookshot 7.4 over its widget API, as Usher itself: it proves who it is with an OpenID token of its homeserver. Rejects with `hookshot-silent`,
 * `hookshot-unclear`, `hookshot-login`, and with what hookshot refuses: `hookshot-forbidden`, `-bot-power`, `-bot-gone`, `-off`, `-refused`.
 */
export class HookshotApi {
  readonly #deps: ApiDeps;
  #token: Promise<string> | undefined;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** What is switched on there, by what the API calls it. */
  async sections(): Promise<Readonly<Record<string, boolean>>> {
    return this.#ask("config/sections", {}, SECTIONS);
  }

  /** Everything that a room is connected with. */
  async connections(room: RoomId): Promise<readonly Connection[]> {
    return this.#ask(this.#path(room), {}, CONNECTIONS);
  }

  async make(room: RoomId, { type }: Sort, config: object): Promise<Connection> {
    const question = { method: "POST", body: JSON.stringify(config) } as const;
    return this.#ask(this.#path(room, type), question, CONNECTION);
  }

  /** Changes these fields, and leaves all others. */
  async alter(room: RoomId, id: string, config: object): Promise<void> {
    const question = { method: "PUT", body: JSON.stringify(config) } as const;
    await this.#ask(this.#path(room, id), question, DONE);
  }

  async unmake(room: RoomId, id: string): Promise<void> {
    await this.#ask(this.#path(room, id), { method: "DELETE" }, DONE);
  }

  #path(room: RoomId, ...more: readonly string[]): string {
    const parts = [room, "connections", ...more].map(encodeURIComponent);
    return `${parts.join("/")}?botUserId=${encodeURIComponent(this.#deps.bot)}`;
  }

  /** Logs in where it has not yet, and once anew where the token has ended. */
  async #ask<T>(path: string, question: Question, schema: z.ZodType<T>): Promise<T> {
    const first = await this.#send(path, question, await this.#logIn());
    if (first.status !== 401) return read(first, schema);
    this.#token = undefined;
    const again = await this.#send(path, question, await this.#logIn());
    if (again.status === 401) throw new UsherError("hookshot-login");
    return read(again, schema);
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
    const { matrix } = this.#deps;
    const { token: openIdToken, server: matrixServer } = await matrix.openIdToken();
    const body = JSON.stringify({ openIdToken, matrixServer });
    const answer = await this.#send("exchange_openid", { method: "POST", body }, undefined);
    if (answer.status >= 400 && answer.status < 600) throw new UsherError("hookshot-login");
    const { token, userId } = checked(answer, LOGGED_IN);
    if (userId !== matrix.me) throw new UsherError("hookshot-login");
    return token;
  }

  async #send(path: string, question: Question, token: string | undefined): Promise<WebsiteAnswer> {
    const { http, url } = this.#deps;
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(question.body === undefined ? {} : { "content-type": "application/json" }),
    };
    const address = new URL(`${url.replace(/\/+$/, "")}/widgetapi/v1/${path}`);
    try {
      const limits = { timeoutMs: PATIENCE_MS, allowPrivate: true };
      return await http.ask(address, { ...question, headers, ...limits });
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      if (error.code !== "website-too-large") throw new UsherError("hookshot-silent");
      throw new UsherError("hookshot-unclear", { status: undefined });
    }
  }
}

/** Of an answer that is well, what the schema reads. */
function read<T>(answer: WebsiteAnswer, schema: z.ZodType<T>): T {
  if (answer.status >= 200 && answer.status < 300) return checked(answer, schema);
  throw refusal(checked(answer, REFUSED), answer.status);
}

/** Nothing of an answer that is not as it should be goes into the error: it may hold secrets. */
function checked<T>(answer: WebsiteAnswer, schema: z.ZodType<T>): T {
  try {
    return answer.json(schema);
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    throw new UsherError("hookshot-unclear", { status: answer.status });
  }
}

/** What it means for whoever asked that hookshot does not do it. Source: matrix-hookshot 7.4, `ErrCode`. */
function refusal({ errcode, error }: z.output<typeof REFUSED>, status: number): UsherError {
  switch (errcode) {
    case "HS_FORBIDDEN_USER":
      return new UsherError("hookshot-forbidden");
    case "HS_FORBIDDEN_BOT":
      return new UsherError("hookshot-bot-power");
    case "HS_NOT_IN_ROOM":
      return new UsherError("hookshot-bot-gone");
    case "HS_DISABLED_FEATURE":
      return new UsherError("hookshot-off");
    case "":
      return new UsherError("hookshot-unclear", { status });
    default:
      return new UsherError("hookshot-refused", { line: error.slice(0, LINE_LENGTH) || errcode });
  }
}
