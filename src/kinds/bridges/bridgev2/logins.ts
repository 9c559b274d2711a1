import type { z } from "zod";
import { UsherError } from "../../../kernel/errors.ts";
import type { UserId } from "../../../kernel/ids.ts";
import type { ConnectorDeps } from "../connector.ts";
import { answered } from "../dialogue/answered.ts";
import type { At, Logins, Step } from "../logins/logins.ts";
import { ProvisioningClient, type HttpQuestion } from "../provisioning/client.ts";
import { DONE, STANDING, STEP } from "./loginAnswers.ts";
import { BRIDGEV2_LOGINS } from "./loginWording.ts";

interface LoginsEntry {
  readonly id: string;
  readonly name: string;
  readonly provisioning: { readonly url: string };
}

const { asks: ASKS } = BRIDGEV2_LOGINS;

/** People's log-ins at a bridge of bridgev2, by its provisioning API: exactly what is here is asked, and for exactly this person. */
export class Bridgev2Logins implements Logins {
  readonly #entry: LoginsEntry;
  readonly #client: ProvisioningClient;

  constructor(entry: LoginsEntry, deps: Pick<ConnectorDeps, "http" | "secrets">) {
    const { id, name, provisioning } = entry;
    this.#entry = entry;
    this.#client = new ProvisioningClient({ ...deps, id, name, url: provisioning.url });
  }

  async standing(person: UserId): ReturnType<Logins["standing"]> {
    const { login_flows: flows, logins } = await this.#say(
      person,
      { ask: ASKS.standing },
      STANDING,
    );
    return {
      flows,
      logins: logins.map(({ id, name, state: { state_event: state } }) => ({
        ...{ id, name, up: state === "CONNECTED" },
      })),
    };
  }

  async start(person: UserId, flow: string): Promise<Step> {
    return stepOf(await this.#say(person, { ask: ASKS.start, values: { flow } }, STEP));
  }

  async next(person: UserId, at: At, typed?: Readonly<Record<string, string>>): Promise<Step> {
    const { process, step, type, once } = at;
    const question = {
      ...{ ask: typed === undefined ? ASKS.wait : ASKS.next, values: { process, step, type } },
      ...(once === undefined ? {} : { query: { txn_id: once } }),
      ...(typed === undefined ? {} : { body: typed }),
    };
    return stepOf(await this.#say(person, question, STEP));
  }

  async cancel(person: UserId, { process }: At): Promise<void> {
    await this.#do(person, { ask: ASKS.cancel, values: { process } });
  }

  async logout(person: UserId, login: string): Promise<void> {
    await this.#do(person, { ask: ASKS.logout, values: { login } });
    const { logins } = await this.standing(person);
    if (logins.some(({ id }) => id === login))
      throw new UsherError("bridge-login-stays", { name: this.#entry.name });
  }

  async #do(person: UserId, question: HttpQuestion): Promise<void> {
    const answer = await this.#client.ask(withPerson(question, person), DONE);
    if (answer.is !== "said") answered(answer, this.#entry);
  }

  async #say<T>(person: UserId, question: HttpQuestion, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.#client.ask(withPerson(question, person), schema);
    if (answer.is === "said") return answer.value;
    answered(answer, this.#entry);
    throw new UsherError("bridge-unclear", { name: this.#entry.name, lines: [] });
  }
}

function withPerson(question: HttpQuestion, person: UserId): HttpQuestion {
  return { ...question, query: { ...question.query, user_id: person } };
}

function stepOf(said: z.output<typeof STEP>): Step {
  const { login_id: process, step_id: step, type, txn_id: once, instructions } = said;
  const at = { process, step, type, once, instructions };
  const { user_input: input, display_and_wait: shown, complete } = said;
  if (type === "user_input" && input !== undefined)
    return { ...at, is: "input", fields: input.fields };
  if (type === "display_and_wait" && shown !== undefined) {
    const how = HOW[shown.type];
    if (how !== undefined) return { ...at, is: "show", how, data: shown.data };
  }
  if (type === "complete" && complete !== undefined)
    return { ...at, is: "done", login: complete.user_login_id };
  return { ...at, is: "elsewhere" };
}

const HOW: Readonly<Record<string, "qr" | "text" | "nothing">> = {
  qr: "qr",
  code: "text",
  emoji: "text",
  nothing: "nothing",
};
