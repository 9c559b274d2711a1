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

  /** Something of a verification came from this person. Tells at once what came of it: the library forgets an ended one with the next answer. */
  note(sender: unknown): void {
    const user = typeof sender === "string" ? asUserId(sender) : undefined;
    if (user === undefined || this.#verifications === undefined) return;
    this.#moved.add(user);
    try {
      this.#tell(user);
    } catch (error) {
      this.#log.warn({ what: "crypto.verification-failed", ...errorFields(error) });
    }
  }

  /** Takes the steps that Usher takes by itself; called after what the engine had to send is sent. Never rejects. */
  async drive(): Promise<void> {
    for (const user of [...this.#moved]) {
      this.#moved.delete(user);
      try {
        for (const { flow, phase } of this.#verifications?.of(user) ?? []) {
          if (phase === "requested" || phase === "offered") await this.#step(user, flow, "accept");
        }
        // Emoji are known only after our part of the exchange has been sent.
        this.#tell(user);
      } catch (error) {
        this.#log.warn({ what: "crypto.verification-failed", ...errorFields(error) });
      }
    }
  }

  /** An operator says that the person sees the same emoji (`true`), or others (`false`). */
  answer(user: UserId, flow: string, same: boolean): Promise<void> {
    return this.#step(user, flow, same ? "match" : "cancel");
  }

  async #step(user: UserId, flow: string, step: "accept" | "match" | "cancel"): Promise<void> {
    const requests = (await this.#verifications?.step(user, flow, step)) ?? [];
    this.#tell(user);
    await this.#sender.send(requests);
  }

  #tell(user: UserId): void {
    for (const one of this.#verifications?.of(user) ?? []) {
      const { flow, phase } = one;
      if ((phase !== "emoji" && phase !== "done" && phase !== "cancelled") || this.#told.get(flow) === phase) continue;
      this.#told.set(flow, phase);
      for (const oldest of this.#told.keys()) {
        if (this.#told.size <= REMEMBERED_FLOWS) break;
        this.#told.delete(oldest);
      }
      this.#listener({ ...one, phase });
    }
  }
}
