import { RecentMap } from "../../kernel/recent.ts";
import type { Clock } from "../../kernel/clock.ts";
import { serverOf, type UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import { settledWithin } from "../../kernel/tasks.ts";
import type { CryptoEngine } from "./engine.ts";
import type { RequestSender } from "./requests.ts";
import type { Supervisor } from "./supervisor.ts";

/** How often the keys of somebody with an unsigned device are asked for, and how long that is waited for; ms. */
const ASK_AGAIN_MS = 60_000;
const ASK_PATIENCE_MS = 5_000;
/** After keys that did not come in time nobody's are waited for during this time, and for longer none from that server; ms. */
const HASTE_MS = 60_000;
const SLOW_MS = 600_000;
const REMEMBERED = 1_000;

interface FirstContactDeps {
  readonly engine: Pick<CryptoEngine, "track" | "query">;
  readonly supervisor: Supervisor;
  readonly sender: Pick<RequestSender, "send">;
  readonly clock: Clock;
  readonly log: Log;
  readonly patienceMs?: number;
}

/**
 * Asks for the keys of whoever sends from a device that does not count as signed: at first contact they are not known yet. What everybody says waits for
 * that meanwhile, so a homeserver that is slow with other people's keys is waited for rarely.
 */
export class FirstContact {
  readonly #deps: FirstContactDeps;
  /** When the keys of people with an unsigned device were last asked for. */
  readonly #askedAt = new RecentMap<UserId, number>(REMEMBERED);
  /** Until when a server's people are not waited for. */
  readonly #slow = new RecentMap<string, number>(REMEMBERED);
  #hasteUntil = -Infinity;

  constructor(deps: FirstContactDeps) {
    this.#deps = deps;
  }

  /** Whether this person's keys were asked for now, and came in time. Never rejects. */
  async ask(user: UserId): Promise<boolean> {
    const { engine, supervisor, sender, clock, log, patienceMs = ASK_PATIENCE_MS } = this.#deps;
    const now = clock.now();
    if (now - (this.#askedAt.get(user) ?? -Infinity) < ASK_AGAIN_MS) return false;
    this.#askedAt.set(user, now);
    try {
      await supervisor.run(() => engine.track([user]));
      const server = serverOf(user);
      // What is tracked is asked for after the batch all the same.
      if (now < this.#hasteUntil || now < (this.#slow.get(server) ?? -Infinity)) return false;
      const query = await supervisor.run(() => engine.query([user]));
      if (await settledWithin(sender.send([query]), patienceMs)) return true;
      this.#hasteUntil = clock.now() + HASTE_MS;
      this.#slow.set(server, clock.now() + SLOW_MS);
      log.warn({ class: "ops", what: "crypto.keys-slow" });
    } catch (error) {
      log.warn({ class: "ops", what: "crypto.sender-unknown", ...errorFields(error) });
    }
    return false;
  }
}
