import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { minuteOf } from "../src/kernel/days.ts";
import type { UsherProcess } from "../test/harness/usherProcess.ts";

/** What time it is for Usher. It is moved on by a restart, as of a machine that was off meanwhile; the homeserver and the people stay in the present. */
export class DemoClock {
  readonly #usher: UsherProcess;
  #moving: Promise<unknown> | undefined;

  constructor(usher: UsherProcess) {
    this.#usher = usher;
  }

  told(): string {
    return `-- for Usher it is ${minuteOf(this.#usher.now())} UTC --`;
  }

  /** Moves it on by so many ms. Resolves when Usher answers again, with the log files that went and those that stayed. */
  async move(ms: number): Promise<string> {
    const before = await logFiles(this.#usher.dataDir);
    this.#moving = this.#usher.restartLater(ms);
    await this.#moving;
    this.#moving = undefined;
    const now = await logFiles(this.#usher.dataDir);
    const gone = before.filter((name) => !now.includes(name));
    const kept = before.filter((name) => now.includes(name));
    return [
      this.told(),
      `-- log files that went: ${listed(gone)} --`,
      `-- log files that stayed: ${listed(kept)} --`,
    ].join("\n");
  }

  /** Resolves when Usher has ended though nobody moved its clock. */
  async died(): Promise<void> {
    for (;;) {
      await this.#usher.whenEnded();
      if (this.#moving === undefined) return;
      try {
        await this.#moving;
      } catch {
        return;
      }
    }
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

async function logFiles(dataDir: string): Promise<readonly string[]> {
  const names = await readdir(join(dataDir, "logs"), { recursive: true });
  return names.filter((name) => name.endsWith(".ndjson")).sort();
}
