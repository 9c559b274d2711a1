import { errorFields, type Log } from "../kernel/log.ts";
import { writeHealthFile } from "./healthFile.ts";

interface ReadinessDeps {
  readonly dataDir: string;
  readonly log: Log;
  /** When the homeserver last answered well; ms since the epoch. */
  readonly lastHeard: () => number | undefined;
}

/** Whether Usher has synced and answers commands, as the health file tells it too. */
export class Readiness {
  readonly name = "health";
  readonly rounds = [{ name: "health", when: "*/15 * * * * *", work: () => this.write() }];
  readonly #deps: ReadinessDeps;
  readonly #ready = Promise.withResolvers<void>();
  #is = false;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  get isReady(): boolean {
    return this.#is;
  }

  /** Resolves when it is; rejects with what made that impossible. */
  get whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** The place of a very first sync must be kept before anything is promised: a crash before that would make the next one the first again. */
  async handle({ first }: { readonly first: boolean }): Promise<void> {
    if (!first) await this.become();
  }

  async become(): Promise<void> {
    if (this.#is) return;
    this.#is = true;
    this.#ready.resolve();
    await this.write();
  }

  fail(error: unknown): void {
    this.#ready.reject(error);
  }

  /** Writes the health file. Never rejects: whoever reads it sees that it grows old, and nothing else depends on it. */
  async write(): Promise<void> {
    const { dataDir, log, lastHeard } = this.#deps;
    try {
      await writeHealthFile(dataDir, { ready: this.#is, lastHeard: lastHeard() });
    } catch (error) {
      log.error({ class: "ops", what: "health.failed", ...errorFields(error) });
    }
  }
}
