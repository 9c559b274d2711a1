import type { z } from "zod";
import type { Secret } from "../../../config/secret.ts";
import type { Secrets } from "../../../config/secrets.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { HttpClient, WebsiteAnswer } from "../../../net/websites.ts";
import type { Reply } from "../dialogue/dialogues.ts";
import { said, told, type Ask, type Values } from "../dialogue/wording.ts";
import { REFUSED } from "./answers.ts";

interface ClientDeps {
  readonly http: HttpClient;
  readonly secrets: Secrets;
  /** The bridge's entry in the catalogue. */
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

/** What is asked: the method and the path behind `/_matrix/provision/`, as `say` of the wording has them, with what fills them. */
export interface HttpQuestion {
  readonly ask: Ask;
  readonly values?: Values;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What came of it: what it says, or its refusal as a line of the wording: "errcode: error". */
export type Answered<T> = { readonly is: "said"; readonly value: T } | Reply;

/** Of what nobody foresaw, so much is shown. */
const LINE_LENGTH = 200;

/**
 * Asks a bridge by its provisioning API. Nothing but what a wording says is ever asked: the secret could do anything. Rejects with `bridge-silent`, `bridge-unclear`, and
 * `secret-unreadable` where there is no secret.
 */
export class ProvisioningClient {
  readonly #deps: ClientDeps;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  async ask<T>(question: HttpQuestion, schema: z.ZodType<T>): Promise<Answered<T>> {
    const secret = this.#secret();
    const answer = await this.#send(question, secret);
    const { status } = answer;
    if (status >= 200 && status < 300) return { is: "said", value: this.#read(answer, schema) };
    const line = hidden(lineOf(answer), secret);
    const known = told(question.ask, question.values ?? {}, line);
    if (known === undefined || known.phrase.means === "going-on")
      return { is: "unclear", lines: [line] };
    return { is: known.phrase.means, ...known };
  }

  #secret(): Secret {
    const { id, secrets } = this.#deps;
    const secret = secrets.read(`catalogue[${id}].provisioning.secret`);
    if (secret !== undefined) return secret;
    const setting = `bridges.catalogue[${id}].provisioning.secretFile`;
    throw new UsherError("secret-unreadable", { setting });
  }

  async #send(
    { ask, values = {}, query = {}, body }: HttpQuestion,
    secret: Secret,
  ): Promise<WebsiteAnswer> {
    const { http, url: base, name } = this.#deps;
    const [method, path = ""] = said(ask, encoded(values)).split(" ");
    const url = new URL(`${base.replace(/\/+$/, "")}/_matrix/provision/${path}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const headers = {
      authorization: `Bearer ${secret.reveal()}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    try {
      return await http.ask(url, {
        ...{ method: method === "GET" ? "GET" : "POST", headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...{ timeoutMs: ask.seconds * 1000, allowPrivate: true },
      });
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      if (error.code !== "website-too-large") throw new UsherError("bridge-silent", { name });
      throw new UsherError("bridge-unclear", { name, lines: ["…"] });
    }
  }

  /** Nothing of an answer that is not as it should be goes into the error: it may hold what is nobody's business. */
  #read<T>(answer: WebsiteAnswer, schema: z.ZodType<T>): T {
    try {
      return answer.json(schema);
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      const lines = [`HTTP ${String(answer.status)}`];
      throw new UsherError("bridge-unclear", { name: this.#deps.name, lines });
    }
  }
}

/** As it stands in a path, each value one part of it. */
function encoded(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, segment(value)]));
}

/** Throws for what could lead elsewhere. */
function segment(value: string): string {
  if (/^\.*$/.test(value)) throw new Error("A value cannot stand in the path of a request");
  return encodeURIComponent(value);
}

/** A refusal, in one line. */
function lineOf(answer: WebsiteAnswer): string {
  const fallback = `HTTP ${String(answer.status)}`;
  try {
    const { errcode, error, "fi.mau.internal_error": inner } = answer.json(REFUSED);
    const words = inner === "" ? error : inner;
    return errcode === "" ? fallback : `${errcode}: ${words}`.slice(0, LINE_LENGTH);
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    return fallback;
  }
}

/** A bridge may quote what it was sent. */
function hidden(line: string, secret: Secret): string {
  return line.replaceAll(secret.reveal(), "…");
}
