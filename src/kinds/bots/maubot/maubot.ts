import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { MaubotClient } from "./client.ts";
import type { MaubotInstance } from "./config.ts";

/** A bot that a maubot runs: one of its clients. */
export interface ManagedBot {
  readonly user: UserId;
  /** What it is called, if anything. */
  readonly name: string | undefined;
  /** It hears what goes on in its rooms. */
  readonly running: boolean;
  readonly autojoin: boolean;
  readonly instances: readonly ManagedInstance[];
}

interface ManagedInstance {
  readonly id: string;
  readonly plugin: string;
  readonly version: string | undefined;
  readonly running: boolean;
}

interface MaubotDeps {
  readonly client: Pick<MaubotClient, "clients" | "instances" | "plugins" | "make" | "move">;
  readonly clock: Clock;
  /** Whether the catalogue says of it that it is one of maubot's. */
  readonly declared: (user: UserId) => boolean;
  /** Told of each list that is different. */
  readonly found: (bots: readonly ManagedBot[]) => void;
}

/** For how long what maubot said is as good as new, also that it did not answer; ms. */
const FRESH_MS = 60_000;

/** The bots of a maubot, as they were when it was last looked at, and what it does for Usher. */
export class Maubot {
  readonly #deps: MaubotDeps;
  #bots: readonly ManagedBot[] = [];
  #fault: UsherError | undefined;
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(deps: MaubotDeps) {
    this.#deps = deps;
  }

  /** Why it could not be looked at the last time. */
  get fault(): UsherError | undefined {
    return this.#fault;
  }

  bot(user: UserId): ManagedBot | undefined {
    return this.#bots.find((one) => one.user === user);
  }

  /** Looks at maubot, once for all who ask meanwhile, and no more than once a minute unless `now`. Where that fails, what was known stays. */
  async look(now?: "now"): Promise<void> {
    const { clock } = this.#deps;
    if (now === undefined && clock.now() - this.#lookedAt < FRESH_MS) return;
    this.#looking ??= this.#read().finally(() => {
      this.#lookedAt = clock.now();
      this.#looking = undefined;
    });
    await this.#looking;
  }

  /** Whether it is one of maubot's, by what is known now or by the catalogue. */
  async runs(user: UserId): Promise<boolean> {
    await this.look();
    return this.bot(user) !== undefined || this.#deps.declared(user);
  }

  /** Rejects where this is one of maubot's and maubot does not answer. */
  async ready(user: UserId): Promise<void> {
    if (!(await this.runs(user))) return;
    await this.look("now");
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Has it run an instance of the plugin; one that is there already is left as it is. Rejects with `maubot-instance-taken` and as `make` of the client. */
  async provide(user: UserId, wanted: MaubotInstance & { readonly id: string }): Promise<void> {
    const { client } = this.#deps;
    const there = (await client.instances()).find(({ id }) => id === wanted.id);
    if (there === undefined) {
      await client.make(user, wanted);
      this.#lookedAt = -Infinity;
    } else if (there.primary_user !== user || there.type !== wanted.plugin)
      throw new UsherError("maubot-instance-taken", { id: wanted.id });
  }

  /** Has an invited bot join, unless it comes by itself. Rejects as the client does. */
  async bring(user: UserId, room: RoomId): Promise<void> {
    const { client } = this.#deps;
    const now = (await client.clients()).find(({ id }) => id === user);
    if (now?.autojoin === true && now.started) return;
    await client.move("join", user, room);
  }

  /** Has a bot leave. Rejects as the client does. */
  async takeOut(user: UserId, room: RoomId): Promise<void> {
    await this.#deps.client.move("leave", user, room);
  }

  async #read(): Promise<void> {
    const { client, found } = this.#deps;
    try {
      const clients = await client.clients();
      const [instances, plugins] = await Promise.all([client.instances(), client.plugins()]);
      this.#bots = clients.map((one) => ({
        user: one.id,
        name: nameOf(one.displayname) ?? nameOf(one.remote_displayname),
        running: one.enabled && one.started,
        autojoin: one.autojoin,
        instances: instances
          .filter(({ primary_user: user }) => user === one.id)
          .map(({ id, type: plugin, enabled, started }) => ({
            id,
            plugin,
            version: plugins.find((known) => known.id === plugin)?.version,
            running: enabled && started,
          })),
      }));
      this.#fault = undefined;
      found(this.#bots);
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      this.#fault = error;
    }
  }
}

/** "disable" is maubot's word for none. */
function nameOf(said: string | null | undefined): string | undefined {
  const name = said?.trim() ?? "";
  return name === "" || name === "disable" ? undefined : name;
}
