import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALLOCATOR } from "../../scripts/memory.mjs";
import { systemClock } from "../../src/kernel/clock.ts";
import { TEST_ENGINE } from "./engine.ts";
import { patiently, progress, whenStill } from "./patience.ts";
import type { Account } from "./synapse.ts";
import { ownLife, reusedLife, type Exit, type Life } from "./usherLife.ts";

export type { Exit } from "./usherLife.ts";

const READY = "Usher is ready";
/** How long it may be silent while it starts or stops, ms: guards against hanging, no more. A busy machine may take its time, as may that of who tries the demo. */
const READY_MS = 180_000;
const STOP_MS = 60_000;
/** What ends by itself has ended by then; longer than a stop may take, so that the stop is what is told of. */
const END_MS = 90_000;

export interface UsherOptions {
  readonly homeserver: string;
  readonly account: Account;
  readonly operators?: readonly string[];
  /** More of `config.json`; what is given here replaces whole sections of the harness's own. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** More environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments for Node before the program. */
  readonly nodeArguments?: readonly string[];
  /** Whether its process may have run another Usher before, which is quicker. How a process ends shows only in one of its own. */
  readonly reuse?: boolean;
  /** Where everything of this Usher lives, kept at the end; otherwise a fresh folder, removed by `stop`. */
  readonly folder?: string;
}

/** The real program, as a child: started, stopped, killed and started again on the same data. */
export class UsherProcess {
  readonly userId: string;
  /** Holds `config.json`, the token's file, and `data`. */
  readonly folder: string;
  /** All it has written so far, over all its lives. */
  stdout = "";
  stderr = "";
  readonly #options: UsherOptions;
  readonly #whenWritten = new Set<() => void>();
  #life: Life | undefined;
  #aheadMs = 0;

  private constructor(options: UsherOptions, folder: string) {
    this.#options = options;
    this.folder = folder;
    this.userId = options.account.userId;
  }

  get accessToken(): string {
    return this.#options.account.accessToken;
  }

  get dataDir(): string {
    return join(this.folder, "data");
  }

  get pid(): number | undefined {
    return this.#life?.pid;
  }

  /** Prepares the folder without starting anything. */
  static async prepare(options: UsherOptions): Promise<UsherProcess> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "usher-")));
    await mkdir(folder, { recursive: true });
    const usher = new UsherProcess(options, folder);
    await writeFile(join(folder, "access-token"), options.account.accessToken, { mode: 0o600 });
    // A test's people come by the dozen: the budgets have tests of their own.
    // Nor is a busy machine a homeserver that is slow with keys.
    const crypto = {
      ...(TEST_ENGINE === "wasm" ? {} : { engine: TEST_ENGINE }),
      keysPatienceSeconds: 600,
      ...(options.config?.["crypto"] as object | undefined),
    };
    const config = {
      access: { inviters: { perSenderPerHour: 100_000, perHour: 100_000 } },
      ...options.config,
      crypto,
    };
    await writeFile(join(folder, "config.json"), JSON.stringify(config, undefined, 2));
    return usher;
  }

  /** Starts it and resolves when it is ready; rejects with what it wrote if it ends before. */
  async start(): Promise<this> {
    this.spawn();
    await this.#ready();
    return this;
  }

  /** Starts it without waiting; `ended` tells how it ends. */
  spawn(): void {
    if (this.running) throw new Error("this Usher runs already");
    const { nodeArguments = [], reuse = false } = this.#options;
    const surroundings = {
      folder: this.folder,
      env: this.#environment(),
      aheadMs: this.#aheadMs,
      write: (stream: "stdout" | "stderr", text: string): void => {
        this[stream] += text;
        progress();
        for (const look of this.#whenWritten) look();
      },
    };
    this.#life =
      (reuse && nodeArguments.length === 0) || this.#aheadMs > 0
        ? reusedLife(surroundings)
        : ownLife(nodeArguments, surroundings);
  }

  get running(): boolean {
    return this.#life?.running ?? false;
  }

  /** How it ends, whenever that is: for whoever runs it for people, who take their time. */
  whenEnded(): Promise<Exit> {
    if (this.#life === undefined) throw new Error("this Usher was never started");
    return this.#life.ended;
  }

  /** Resolves when it has ended by itself or by a signal; rejects, and kills it, where it stands still, with what it wrote and what its threads do. */
  async ended(): Promise<Exit> {
    const late = (): string => {
      const seen = `threads: ${threadsOf(this.pid)}\n${this.written()}`;
      this.#life?.kill();
      return `Usher has not ended.\n${seen}`;
    };
    return patiently(this.whenEnded(), late, END_MS);
  }

  /** SIGTERM, and how it ended; SIGKILL if it stands still. Removes the folder unless it was given or is to be kept. */
  async stop({ keep = false } = {}): Promise<Exit> {
    const endWatch = whenStill(() => {
      this.stderr += `\nUsher has not stopped. threads: ${threadsOf(this.pid)}\n`;
      this.#life?.kill();
    }, STOP_MS);
    if (this.running) this.#life?.stop();
    const exit = await this.ended();
    endWatch();
    if (!keep && this.#options.folder === undefined)
      await rm(this.folder, { recursive: true, force: true });
    return exit;
  }

  /** SIGKILL, at once, as a power cut. The folder stays. */
  async kill(): Promise<Exit> {
    this.#life?.kill();
    return this.ended();
  }

  /** Ends it if it runs (SIGTERM), and starts it on the same data. */
  async restart(): Promise<this> {
    if (this.running) await this.stop({ keep: true });
    return this.start();
  }

  /** What time it is for it; ms since the epoch. */
  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  /** Ends it, and starts it again as if so many ms had gone by while it was off. Its clock alone is moved: for the homeserver and the people nothing has happened. */
  async restartLater(ms: number): Promise<this> {
    if (this.running) await this.stop({ keep: true });
    this.#aheadMs += ms;
    return this.start();
  }

  #environment(): Record<string, string> {
    const { homeserver, account, operators, env } = this.#options;
    const ours = Object.entries(process.env).filter(
      ([name]) => !/^(USHER_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name),
    );
    const set = {
      ...ALLOCATOR,
      USHER_CONFIG: join(this.folder, "config.json"),
      USHER_MODE: "trial",
      USHER_HOMESERVER_URL: homeserver,
      USHER_USER_ID: account.userId,
      USHER_ACCESS_TOKEN_FILE: join(this.folder, "access-token"),
      USHER_DATA_DIR: this.dataDir,
      USHER_OPERATORS: operators?.join(","),
      USHER_LOG_LEVEL: "debug",
      USHER_LOGS_TO: "both",
      ...env,
    };
    return Object.fromEntries(
      [...ours, ...Object.entries(set)].filter(
        (variable): variable is [string, string] => variable[1] !== undefined,
      ),
    );
  }

  async #ready(): Promise<void> {
    const from = this.stdout.length;
    const ready = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (this.stdout.slice(from).includes(READY)) ready.resolve(true);
    };
    this.#whenWritten.add(look);
    let why = "";
    const endWatch = whenStill((words) => {
      why = words;
      ready.resolve(false);
    }, READY_MS);
    const ended = this.#life?.ended.then(() => false) ?? false;
    const ok = await Promise.race([ready.promise, ended]);
    endWatch();
    this.#whenWritten.delete(look);
    if (ok) return;
    const how = this.running
      ? `is not ready, and ${why}`
      : `ended (${JSON.stringify(await this.ended())})`;
    if (this.running) await this.kill();
    throw new Error(`Usher ${how}.\n${this.written()}`);
  }

  /** The end of what it has written. */
  written(): string {
    return `stdout: ${this.stdout.slice(-2000)}\nstderr: ${this.stderr.slice(-4000)}`;
  }
}

/** A running Usher with a fresh folder. */
export async function startUsher(options: UsherOptions): Promise<UsherProcess> {
  return (await UsherProcess.prepare(options)).start();
}

/** What each thread of a process waits for in the kernel, where there is Linux's `/proc` to tell. */
function threadsOf(pid = 0): string {
  try {
    const tasks = `/proc/${String(pid)}/task`;
    const about = (thread: string): string =>
      ["comm", "wchan"]
        .map((file) => readFileSync(join(tasks, thread, file), "utf8").trim())
        .join(" in ");
    return readdirSync(tasks).map(about).join(", ");
  } catch (error) {
    return String(error);
  }
}
