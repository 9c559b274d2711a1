import type { Clock } from "../../../kernel/clock.ts";
import { HOUR_MS } from "../../../kernel/days.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, UserId } from "../../../kernel/ids.ts";
import { KeyedQueue } from "../../../kernel/tasks.ts";
import { readCode } from "./codeText.ts";
import type { Codes } from "./codes.ts";
import type { PersonPacks } from "./personPacks.ts";

/** Codes that open nothing which somebody may try within an hour. */
export const MOST_TRIES = 10;

interface RedemptionsDeps {
  readonly codes: Codes;
  readonly personPacks: PersonPacks;
  readonly clock: Clock;
}

/** What came of a code. `free`: the pack was theirs before, and the code can be given to somebody else. */
export interface Redeemed {
  readonly pack: string;
  readonly free: boolean;
}

/**
 * Turns codes into packs of people. What is done stands in the person's document from before the code is taken until the pack is theirs, so that a kill at any
 * step neither loses a code nor lets one count twice: what was taken for a command is given to whose command it was, and what was not is still free.
 */
export class Redemptions {
  readonly #deps: RedemptionsDeps;
  /** When somebody gave a code that opens nothing, as long as that counts; ms since the epoch. In memory alone. */
  readonly #tries = new Map<UserId, readonly number[]>();
  /** Keys are people's ids: a document has room for one redemption. */
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });

  constructor(deps: RedemptionsDeps) {
    this.#deps = deps;
  }

  /** Safe to repeat for the same event. Rejects with `sticker-code` and `sticker-code-tries`. */
  redeem(person: UserId, typed: string, event: EventId): Promise<Redeemed> {
    return this.#queue.inTurn(person, async () => {
      await this.#settle(person);
      this.#mayTry(person);
      const { codes, personPacks } = this.#deps;
      const code = readCode(typed);
      const known = code === undefined ? undefined : await codes.find(code);
      if (known === undefined) throw this.#failed(person);
      const { pack, batch, hash } = known;
      if (await personPacks.hasRedeemed(person, pack)) {
        // The same command may have taken it before a crash.
        await codes.spend(known, event);
        return { pack, free: await codes.isFree(known) };
      }
      if (!(await codes.isFree(known))) throw this.#failed(person);
      await personPacks.begin(person, { event, batch, hash });
      if ((await this.#settle(person)) === undefined) throw this.#failed(person);
      return { pack, free: false };
    });
  }

  /** Ends whatever was being redeemed when Usher was stopped. */
  async resume(): Promise<void> {
    for await (const person of this.#deps.personPacks.interrupted())
      await this.#queue.inTurn(person, () => this.#settle(person));
  }

  /** The pack that came of what is noted as being redeemed for this person; undefined where nothing is, or somebody else was faster. */
  async #settle(person: UserId): Promise<string | undefined> {
    const { codes, personPacks } = this.#deps;
    const redeeming = await personPacks.redeeming(person);
    if (redeeming === undefined) return undefined;
    const pack = await codes.take(redeeming, redeeming.event);
    await personPacks.end(person, pack);
    if (pack !== undefined) await codes.spend(redeeming, redeeming.event);
    return pack;
  }

  #mayTry(person: UserId): void {
    const since = this.#deps.clock.now() - HOUR_MS;
    for (const [one, times] of this.#tries) {
      const left = times.filter((at) => at > since);
      if (left.length === 0) this.#tries.delete(one);
      else this.#tries.set(one, left);
    }
    const tries = this.#tries.get(person) ?? [];
    if (tries.length >= MOST_TRIES) throw new UsherError("sticker-code-tries");
  }

  #failed(person: UserId): UsherError {
    const tries = [...(this.#tries.get(person) ?? []), this.#deps.clock.now()];
    this.#tries.set(person, tries);
    return new UsherError("sticker-code", { left: MOST_TRIES - tries.length });
  }
}
