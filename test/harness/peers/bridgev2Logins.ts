import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../httpServer.ts";

const BASE = "/_matrix/provision/v3/";
export const SECRET = "a-shared-secret-of-telegram";

/** One log-in that goes on. */
interface Process {
  readonly person: string;
  readonly flow: string;
  step: string;
  phone: string;
}

/**
 * Plays the provisioning API of a bridge of bridgev2, of which log-ins are made: by telephone number and code, and by a picture. It answers word for word as such bridges were seen to, also where
 * that is odd: what goes wrong within a step is a fault of its own with the reason in another field, and the log-in is gone then.
 */
export class BridgeLogins {
  /** What the network sends as its code. */
  code = "54321";
  /** What somebody scans. */
  qr = "https://example.org/login?token=first";
  readonly #logins = new Map<string, string[]>();
  readonly #processes = new Map<string, Process>();
  readonly #waiting = new Map<string, (answer: TestAnswer) => void>();
  /** That somebody waits for what is shown to be scanned. */
  #isWaited = Promise.withResolvers<void>();
  #server: TestServer | undefined;
  #count = 0;

  static async begin(): Promise<BridgeLogins> {
    const bridge = new BridgeLogins();
    bridge.#server = await startTestServer((request) => bridge.#asked(request));
    return bridge;
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  /** Where somebody is logged in. */
  of(person: string): readonly string[] {
    return this.#logins.get(person) ?? [];
  }

  /** How many log-ins go on. */
  get open(): number {
    return this.#processes.size;
  }

  /** What is shown is too old: there is another to be scanned. */
  async refresh(qr: string): Promise<void> {
    await this.#isWaited.promise;
    this.qr = qr;
    for (const [id, answer] of this.#waiting) answer({ json: this.#qrStep(id) });
    this.#answered();
  }

  /** Somebody scans what is shown. */
  async scan(login: string): Promise<void> {
    await this.#isWaited.promise;
    for (const [id, answer] of this.#waiting) answer(this.#completed(id, login));
    this.#answered();
  }

  async stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  #asked({ method, path, headers, query, body }: SeenRequest): TestAnswer | Promise<TestAnswer> {
    const [what = "", ...more] = path.slice(BASE.length).split("/").map(decodeURIComponent);
    const person = query.get("user_id") ?? "";
    if (headers.authorization !== `Bearer ${SECRET}`)
      return refusal(401, "M_UNKNOWN_TOKEN", "Invalid auth token");
    if (person === "") return refusal(403, "M_FORBIDDEN", "User does not have login permissions");
    if (`${method} ${what}` === "GET whoami") return { json: this.#whoami(person) };
    if (what === "logout") return this.#logout(person, more[0] ?? "");
    const [deed = "", first = "", step = "", type = ""] = more;
    if (what !== "login" || method !== "POST")
      return refusal(404, "M_UNRECOGNIZED", "Unrecognized");
    if (deed === "start") return this.#start(person, first);
    const process = this.#processes.get(first);
    if (process === undefined) return refusal(404, "M_NOT_FOUND", "Login not found");
    if (deed === "cancel") {
      this.#processes.delete(first);
      return { json: {} };
    }
    if (process.step !== step || process.person !== person)
      return refusal(500, "M_BAD_STATE", `Step ID does not match ${process.step}`);
    if (type === "display_and_wait")
      return new Promise((resolve) => {
        this.#waiting.set(first, resolve);
        this.#isWaited.resolve();
      });
    return this.#typed(first, process, (body ?? {}) as Readonly<Record<string, string>>);
  }

  #answered(): void {
    this.#waiting.clear();
    this.#isWaited = Promise.withResolvers<void>();
  }

  #whoami(person: string): object {
    const logins = this.of(person).map((id) => ({
      ...{ id, name: `+${id}`, state: { state_event: "CONNECTED" } },
    }));
    return {
      network: { displayname: "Telegram" },
      login_flows: [
        { id: "phone", name: "Phone number", description: "By a code that you get" },
        { id: "qr", name: "QR code", description: "" },
      ],
      logins: logins.length === 0 ? null : logins,
    };
  }

  #start(person: string, flow: string): TestAnswer {
    this.#count += 1;
    const id = `login_${String(this.#count)}`;
    this.#processes.set(id, { person, flow, step: flow, phone: "" });
    if (flow === "qr") return { json: this.#qrStep(id) };
    return { json: inputStep(id, "phone", { type: "phone_number", id: "phone", name: "Phone" }) };
  }

  #typed(id: string, process: Process, fields: Readonly<Record<string, string>>): TestAnswer {
    if (process.step === "phone") {
      [process.step, process.phone] = ["code", fields["phone"] ?? ""];
      return { json: inputStep(id, "code", { type: "2fa_code", id: "code", name: "Code" }) };
    }
    if (fields["code"] === this.code)
      return this.#completed(id, process.phone.replaceAll(/\D/g, ""));
    this.#processes.delete(id);
    const inner = { "fi.mau.internal_error": `wrong code ${String(fields["code"])}` };
    return {
      status: 500,
      json: { errcode: "M_UNKNOWN", error: "Internal error in login step", ...inner },
    };
  }

  #completed(id: string, login: string): TestAnswer {
    const { person = "" } = this.#processes.get(id) ?? {};
    this.#processes.delete(id);
    this.#logins.set(person, [...this.of(person), login]);
    return {
      json: {
        ...{ login_id: id, step_id: "complete", type: "complete", instructions: "Welcome" },
        complete: { user_login_id: login },
      },
    };
  }

  #qrStep(id: string): object {
    return {
      ...{ login_id: id, step_id: "qr", type: "display_and_wait", instructions: "Scan this" },
      ...{ txn_id: "bls_1", display_and_wait: { type: "qr", data: this.qr } },
    };
  }

  #logout(person: string, id: string): TestAnswer {
    if (!this.of(person).includes(id)) return refusal(404, "M_NOT_FOUND", "Login not found");
    this.#logins.set(
      person,
      this.of(person).filter((one) => one !== id),
    );
    return { json: {} };
  }
}

function inputStep(id: string, step: string, field: object): object {
  return {
    ...{ login_id: id, step_id: step, type: "user_input", txn_id: `bls_${step}` },
    ...{ instructions: "", user_input: { fields: [field] } },
  };
}

function refusal(status: number, errcode: string, error: string): TestAnswer {
  return { status, json: { errcode, error } };
}
