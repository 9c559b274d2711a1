import { AsyncLocalStorage } from "node:async_hooks";
import type { UserId } from "../../kernel/ids.ts";
import type { Log, LogFields, Pseudonym } from "../../kernel/log.ts";

/** Who is to appear in no line. */
type IsQuiet = (who: Pseudonym<UserId>) => boolean;

/**
 * A log in which nothing is about people who restricted the use of what is kept about them (R37), not even under a pseudonym. Operators still learn of
 * faults: a warning or an error is written without saying for whom, where and at which command it came.
 */
export class QuietLog {
  readonly #work = new AsyncLocalStorage<Pseudonym<UserId>>();
  #isQuiet: IsQuiet = () => false;

  /** From now on these are quiet; before that, nobody is known to be. */
  know(isQuiet: IsQuiet): void {
    this.#isQuiet = isQuiet;
  }

  /**
   * Does work that somebody's event asks for: whatever is logged in it is about them, unless it names somebody else. What is done for all and only begun in it
   * is `detached`.
   */
  during<T>(who: Pseudonym<UserId>, work: () => T): T {
    return this.#work.run(who, work);
  }

  over(log: Log): Log {
    const about = ({ who = this.#work.getStore() }: LogFields): boolean =>
      who !== undefined && this.#isQuiet(who);
    return {
      debug: (fields) => {
        if (!about(fields)) log.debug(fields);
      },
      info: (fields) => {
        if (!about(fields)) log.info(fields);
      },
      warn: (fields) => {
        log.warn(about(fields) ? unnamed(fields) : fields);
      },
      error: (fields) => {
        log.error(about(fields) ? unnamed(fields) : fields);
      },
    };
  }
}

function unnamed({ who: _, where: __, command: ___, ...fault }: LogFields): LogFields {
  return fault;
}
