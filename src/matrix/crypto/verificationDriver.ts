import { errorFields, type Log } from "../../kernel/log.ts";
import { asUserId, type UserId } from "../../kernel/ids.ts";
import type { CryptoEngine, Verification, Verifications } from "./engine.ts";
import type { RequestSender } from "./requests.ts";

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
  /** Whose emoji were told and whose end was not, by flow. */
  readonly #shown = new Map<string, UserId>();
  #listener: (news: VerificationNews) => void = () => undefined;

  constructor(engine: CryptoEngine, sender: RequestSender, log: Log) {
    this.#verifications = engine.verifications;
    this.#sender = sender;
    this.#log = log;
  }

  onNews(listener: (news: VerificationNews) => void): void {
    this.#listener = listener;
  }

  /** Something of a verification came from this person. Tells at once what came of it. */
  note(sender: unknown): void {
    const user = typeof sender === "string" ? asUserId(sender) : undefined;
    if (user === undefined || this.#verifications === undefined) return;
    this.#moved.add(user);
    this.#safely(() => {
      this.#tell(user);
    });
  }

  /** Tells of comparisons that ended without anybody's doing: the library ends one whose time is over. */
  look(): void {
    for (const user of new Set(this.#shown.values())) {
      this.#safely(() => {
        this.#tell(user);
      });
    }
  }

  /** Whether a comparison goes on whose end is to be told: the library ends it, when its time is over, with an answer that it is given. */
  get underWay(): boolean {
    return this.#shown.size > 0;
  }

  /** Takes the steps that Usher takes by itself; called after what the engine had to send to the homeserver is sent. Never rejects. */
  async drive(): Promise<void> {
    await this.#sendToRooms();
    for (const user of [...this.#moved]) {
      this.#moved.delete(user);
      try {
        for (const { flow, phase } of this.#verifications?.of(user) ?? []) {
          if (phase === "requested" || phase === "offered") await this.#step(user, flow, "accept");
        }
        // Emoji are known only after our part of the exchange has been sent.
        this.#tell(user);
      } catch (error) {
        this.#log.warn({ class: "ops", what: "crypto.verification-failed", ...errorFields(error) });
      }
    }
  }

  /** An operator says that the person sees the same emoji (`true`), or others (`false`). */
  answer(user: UserId, flow: string, same: boolean): Promise<void> {
    return this.#step(user, flow, same ? "match" : "cancel");
  }

  async #sendToRooms(): Promise<void> {
    try {
      await this.#sender.sendToRooms();
    } catch (error) {
      this.#log.warn({ class: "ops", what: "crypto.verification-failed", ...errorFields(error) });
    }
  }

  async #step(user: UserId, flow: string, step: "accept" | "match" | "cancel"): Promise<void> {
    const requests = (await this.#verifications?.step(user, flow, step)) ?? [];
    this.#tell(user);
    await this.#sender.send(requests);
  }

  /** The emoji of each comparison once, and then its end once. Of one that never came so far there is nothing to tell. */
  #tell(user: UserId): void {
    const known = this.#verifications?.of(user) ?? [];
    for (const one of known) {
      const { flow, phase } = one;
      const shown = this.#shown.has(flow);
      if (phase === "emoji" && !shown) {
        this.#shown.set(flow, user);
        this.#listener({ ...one, phase });
      } else if (shown && (phase === "done" || phase === "cancelled")) {
        this.#end(flow);
        this.#listener({ ...one, phase });
      }
    }
    // An engine that was opened anew knows nothing of those before.
    for (const [flow, whose] of this.#shown) {
      if (whose !== user || known.some((one) => one.flow === flow)) continue;
      this.#end(flow);
      this.#listener({ user, flow, phase: "cancelled" });
    }
  }

  #end(flow: string): void {
    this.#shown.delete(flow);
    this.#verifications?.release(flow);
  }

  #safely(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#log.warn({ class: "ops", what: "crypto.verification-failed", ...errorFields(error) });
    }
  }
}
