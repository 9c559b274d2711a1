import type { EventId } from "../kernel/ids.ts";
import type { Answer } from "./command.ts";

interface SlowWorkDeps {
  /** Says that it is worked on, and what of it now: as a message of its own, or in place of this one. */
  readonly say: (
    doing: Answer | undefined,
    step: string,
    edits: EventId | undefined,
  ) => Promise<EventId>;
  /** Whether the homeserver asks for less to be sent. */
  readonly isLimited: () => boolean;
  /** What this message is among what is said of the same command. */
  readonly step: string;
  /** The message that says it already. */
  readonly before: EventId | undefined;
}

/** The one message of a command that takes its time: it says what is being done, each time in place of what it said before, and becomes the answer. */
export class SlowWork {
  readonly #deps: SlowWorkDeps;
  /** Settles when all that was to be said of it has been. */
  #message: Promise<EventId | undefined>;
  #now: { readonly key: string; readonly doing: Answer } | undefined;
  #shown: string | undefined;

  constructor(deps: SlowWorkDeps) {
    this.#deps = deps;
    this.#message = Promise.resolve(deps.before);
  }

  /** It is slow: that is said, once `first` is done. */
  begin(first: () => Promise<unknown>): void {
    const { say, step } = this.#deps;
    this.#message = first().then(() => {
      this.#shown = this.#now?.key;
      return say(this.#now?.doing, step, undefined);
    });
    // The answer itself will fail for the same reason, and is what is reported.
    this.#message.catch(() => undefined);
  }

  /** It was said before a crash: said again it is the same message, with the words that it had then. */
  again(): void {
    const { say, step } = this.#deps;
    this.#message = say(undefined, step, undefined).then((id) => this.#renewed(id));
    this.#message.catch(() => undefined);
  }

  /** This is being done now. `key` names it among all that is done for the command, so that after a crash it is said once. */
  goesOn(key: string, doing: Answer): void {
    this.#now = { key, doing };
    this.#message = this.#message.then((id) => this.#renewed(id));
    this.#message.catch(() => undefined);
  }

  /** The message that is to become the answer; undefined where there is none. */
  end(): Promise<EventId | undefined> {
    return this.#message;
  }

  async #renewed(id: EventId | undefined): Promise<EventId | undefined> {
    const { say, isLimited, step } = this.#deps;
    const now = this.#now;
    if (id === undefined || now === undefined || now.key === this.#shown || isLimited()) return id;
    this.#shown = now.key;
    // The answer itself will fail for the same reason, and is what is reported.
    await say(now.doing, `${step} ${now.key}`, id).catch(() => undefined);
    return id;
  }
}
