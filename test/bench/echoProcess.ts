import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Content } from "../harness/clientApi.ts";
import type { Account } from "../harness/synapse.ts";

const PROGRAM = join(import.meta.dirname, "echoBot.ts");
const DIES_WITH_PARENT = join(import.meta.dirname, "../harness/diesWithParent.ts");

/** The echo as a child process. */
export class EchoProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when its first sync is done. `words` is the content that it answers with. */
  static async start(
    homeserver: string,
    account: Account,
    words: Content = { body: "echo" },
  ): Promise<EchoProcess> {
    const child = spawn(process.execPath, ["--import", DIES_WITH_PARENT, PROGRAM], {
      env: {
        ...process.env,
        BENCH_URL: homeserver,
        BENCH_TOKEN: account.accessToken,
        BENCH_USER: account.userId,
        BENCH_WORDS: JSON.stringify(words),
        NODE_NO_WARNINGS: "1",
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => {
        resolve();
      });
      child.once("exit", (code) => {
        reject(new Error(`The echo ended with ${String(code)}`));
      });
    });
    await ready;
    return new EchoProcess(child);
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exit;
  }
}
