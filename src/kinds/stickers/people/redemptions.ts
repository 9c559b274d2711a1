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

/** People whose tries are kept at once: a server may have accounts without end, and each that is kept takes memory. */
export const MOST_TRYING = 10_000;

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
 *
 * Tries are counted for each person, and never for a server, a room or a pack: whoever has many accounts could lock out everybody else by that, and a secret of 100 random bits is
 * not found with however many accounts. The count is there for whoever mistypes, and so that nobody keeps the processor busy.
 */
export class Redemptions {
  readonly #deps: RedemptionsDeps;
  /** When somebody gave a code that opens nothing, as long as that counts; ms since the epoch. Whoever did last is last. In memory alone. */
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
    if (this.#triesOf(person).length >= MOST_TRIES) throw new UsherError("sticker-code-tries");
    for (const [one] of this.#tries) {
      if (this.#tries.size <= MOST_TRYING && this.#triesOf(one).length > 0) break;
      this.#tries.delete(one);
    }
  }

  /** Those that count still. */
  #triesOf(person: UserId): readonly number[] {
    const since = this.#deps.clock.now() - HOUR_MS;
    return (this.#tries.get(person) ?? []).filter((at) => at > since);
  }

  #failed(person: UserId): UsherError {
    const tries = [...this.#triesOf(person), this.#deps.clock.now()];
    this.#tries.delete(person);
    this.#tries.set(person, tries);
    return new UsherError("sticker-code", { left: MOST_TRIES - tries.length });
  }
}
