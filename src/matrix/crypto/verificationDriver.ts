import { errorFields, type Log } from "../../kernel/log.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";
import type { CryptoEngine, Verification, Verifications } from "./engine.ts";
import type { RequestSender } from "./requests.ts";

const REMEMBERED_FLOWS = 200;

/** What operators are told of a comparison: the emoji to compare, and how it ended. */
export type VerificationNews = Verification & { readonly phase: "emoji" | "done" | "cancelled" };

/**
 * Carries verifications as far as Usher can by itself: it agrees to compare emoji, and tells what they are. That they match is for a person
 * to say, with `match`; a bot that says so by itself proves nothing to anybody.
 */
export class VerificationDriver {
  readonly #verifications: Verifications | undefined;
  readonly #sender: RequestSender;
  readonly #log: Log;
  /** People with a verification that may have moved. */
  readonly #moved = new Set<UserId>();
  /** The last phase that was told, by flow. */
  readonly #told = new Map<string, Verification["phase"]>();
  #listener: (news: VerificationNews) => void = () => undefined;

  constructor(engine: CryptoEngine, sender: RequestSender, log: Log) {
    this.#verifications = engine.verifications;
    this.#sender = sender;
    this.#log = log;
  }

  onNews(listener: (news: VerificationNews) => void): void {
    this.#listener = listener;
  }

  note(sender: unknown): void {
    const user = typeof sender === "string" ? asUserId(sender) : undefined;
    if (user !== undefined && this.#verifications !== undefined) this.#moved.add(user);
  }

  /** Goes through all that may have moved. Never rejects. */
  async drive(): Promise<void> {
    for (const user of [...this.#moved]) {
      this.#moved.delete(user);
      try {
        for (const one of this.#verifications?.of(user) ?? []) await this.#advance(one);
      } catch (error) {
        this.#log.warn({ what: "crypto.verification-failed", ...errorFields(error) });
      }
    }
  }

  /** An operator says that the person sees the same emoji (`true`), or others (`false`). */
  async answer(user: UserId, flow: string, same: boolean): Promise<void> {
    await this.#sender.send((await this.#verifications?.step(user, flow, same ? "match" : "cancel")) ?? []);
    this.#moved.add(user);
    await this.drive();
  }

  async #advance(one: Verification): Promise<void> {
    const { user, flow, phase } = one;
    if (phase === "requested" || phase === "offered") {
      await this.#sender.send((await this.#verifications?.step(user, flow, "accept")) ?? []);
    } else if ((phase === "emoji" || phase === "done" || phase === "cancelled") && this.#told.get(flow) !== phase) {
      this.#told.set(flow, phase);
      if (this.#told.size > REMEMBERED_FLOWS)
        for (const oldest of this.#told.keys()) {
          this.#told.delete(oldest);
          break;
        }
      this.#listener({ ...one, phase });
    }
  }
}
