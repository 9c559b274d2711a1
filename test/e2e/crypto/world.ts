import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { theSynapse } from "../../harness/e2eSetup.ts";
import type { Account, Synapse } from "../../harness/synapse.ts";
import { Child, type Told } from "./child.ts";
import type { EchoSettings } from "./echoBot.ts";
import type { PersonSettings } from "./person.ts";

const ECHO = join(import.meta.dirname, "echoBot.ts");
const PERSON = join(import.meta.dirname, "person.ts");

/** The run's homeserver with the bot's and people's programs on it, which end with `close`. */
export class World {
  readonly synapse: Synapse = theSynapse();
  readonly #children = new Set<Child>();
  readonly #folders: string[] = [];

  account(name: string): Promise<Account> {
    return this.synapse.register(`${name}-${randomBytes(4).toString("hex")}`);
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "usher-crypto-"));
    this.#folders.push(folder);
    return folder;
  }

  /** A new device of an account. */
  async logIn(account: Account): Promise<Account> {
    const answer = await fetch(`${this.synapse.url}/_matrix/client/v3/login`, {
      method: "POST",
      body: JSON.stringify({
        type: "m.login.password",
        identifier: { type: "m.id.user", user: account.userId },
        password: account.password,
      }),
    });
    const { access_token, device_id } = (await answer.json()) as {
      access_token: string;
      device_id: string;
    };
    return { ...account, accessToken: access_token, deviceId: device_id };
  }

  /** Starts the bot and waits until it is ready, or until it has refused: the answer is then what it said. */
  async bot(
    account: Account,
    folder: string,
    more: Partial<EchoSettings> = {},
  ): Promise<{ readonly child: Child; readonly start: Told }> {
    const settings: EchoSettings = {
      url: this.synapse.url,
      userId: account.userId,
      accessToken: account.accessToken,
      deviceId: account.deviceId,
      dataDir: join(folder, "data"),
      secretsDir: join(folder, "secrets"),
      ...more,
    };
    const child = this.#start(ECHO, settings, true);
    const start = await child.take(
      "start of the bot",
      ({ event }) => event === "ready" || event === "refused",
    );
    return { child, start };
  }

  async person(account: Account, more: Partial<PersonSettings> = {}): Promise<Child> {
    const settings: PersonSettings = {
      url: this.synapse.url,
      ...account,
      signed: true,
      onlySigned: true,
      ...more,
    };
    const child = this.#start(PERSON, settings, false);
    await child.take("start of the person's client", ({ event }) => event === "ready");
    return child;
  }

  /** The SDK of people's clients prints a lot, Usher only what it logs. */
  #start(script: string, settings: object, loud: boolean): Child {
    const child = new Child(script, settings, loud);
    this.#children.add(child);
    return child;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.kill()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** A message with this text, as the person's client tells of it. */
export function says(body: string): (told: Told) => boolean {
  return (told) => told.event === "message" && told["body"] === body;
}
