import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALLOCATOR, NODE_OPTIONS } from "../../scripts/memory.mjs";
import { TEST_ENGINE } from "./engine.ts";
import { patiently, progress, whenStill } from "./patience.ts";
import { NOTES_SENTENCES } from "./saidSentences.ts";
import type { Account } from "./synapse.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const DIES_WITH_PARENT = join(import.meta.dirname, "diesWithParent.ts");
const READY = "Usher is ready";
/** What these tests want of Node otherwise than `npm start` does. */
const TEST_OPTIONS = (process.env["USHER_TEST_NODE_OPTIONS"] ?? "").split(" ").filter(Boolean);
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
  /** Where everything of this Usher lives, kept at the end; otherwise a fresh folder, removed by `stop`. */
  readonly folder?: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
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
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;

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
    return this.#child?.pid;
  }

  /** Prepares the folder without starting anything. */
  static async prepare(options: UsherOptions): Promise<UsherProcess> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "usher-")));
    await mkdir(folder, { recursive: true });
    const usher = new UsherProcess(options, folder);
    await writeFile(join(folder, "access-token"), options.account.accessToken, { mode: 0o600 });
    // A test's people come by the dozen: the budgets have tests of their own.
    const crypto =
      TEST_ENGINE === "wasm"
        ? {}
        : {
            crypto: { engine: TEST_ENGINE, ...(options.config?.["crypto"] as object | undefined) },
          };
    const config = {
      access: { inviters: { perSenderPerHour: 100_000, perHour: 100_000 } },
      ...options.config,
      ...crypto,
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
    const { nodeArguments = [] } = this.#options;
    const child = spawn(
      process.execPath,
      [
        ...NODE_OPTIONS,
        ...TEST_OPTIONS,
        ...NOTES_SENTENCES,
        "--import",
        DIES_WITH_PARENT,
        ...nodeArguments,
        MAIN,
      ],
      {
        cwd: this.folder,
        env: this.#environment(),
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    this.#child = child;
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        this[stream] += text;
        progress();
      });
    child.stdin.on("error", () => undefined); // A killed child's pipe breaks; that is the point of it.
    this.#exit = once(child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  get running(): boolean {
    return (
      this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
    );
  }

  /** How it ends, whenever that is: for whoever runs it for people, who take their time. */
  whenEnded(): Promise<Exit> {
    if (this.#exit === undefined) throw new Error("this Usher was never started");
    return this.#exit;
  }

  /** Resolves when it has ended by itself or by a signal; rejects, and kills it, where it stands still, with what it wrote and what its threads do. */
  async ended(): Promise<Exit> {
    const late = (): string => {
      const seen = `threads: ${threadsOf(this.pid)}\n${this.#written()}`;
      this.#child?.kill("SIGKILL");
      return `Usher has not ended.\n${seen}`;
    };
    return patiently(this.whenEnded(), late, END_MS);
  }

  /** SIGTERM, and how it ended; SIGKILL if it stands still. Removes the folder unless it was given or is to be kept. */
  async stop({ keep = false } = {}): Promise<Exit> {
    const endWatch = whenStill(() => {
      this.stderr += `\nUsher has not stopped. threads: ${threadsOf(this.pid)}\n`;
      this.#child?.kill("SIGKILL");
    }, STOP_MS);
    if (this.running) this.#child?.kill("SIGTERM");
    const exit = await this.ended();
    endWatch();
    if (!keep && this.#options.folder === undefined)
      await rm(this.folder, { recursive: true, force: true });
    return exit;
  }

  /** SIGKILL, at once, as a power cut. The folder stays. */
  async kill(): Promise<Exit> {
    this.#child?.kill("SIGKILL");
    return this.ended();
  }

  /** Ends it if it runs (SIGTERM), and starts it on the same data. */
  async restart(): Promise<this> {
    if (this.running) await this.stop({ keep: true });
    return this.start();
  }

  #environment(): NodeJS.ProcessEnv {
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
      ...env,
    };
    return Object.fromEntries(
      [...ours, ...Object.entries(set)].filter(([, value]) => value !== undefined),
    );
  }

  async #ready(): Promise<void> {
    const child = this.#child;
    const from = this.stdout.length;
    const ready = Promise.withResolvers<boolean>();
    const look = (): void => {
      if (this.stdout.slice(from).includes(READY)) ready.resolve(true);
    };
    child?.stdout?.on("data", look);
    let why = "";
    const endWatch = whenStill((words) => {
      why = words;
      ready.resolve(false);
    }, READY_MS);
    const ended = this.#exit?.then(() => false) ?? false;
    const ok = await Promise.race([ready.promise, ended]);
    endWatch();
    child?.stdout?.off("data", look);
    if (ok) return;
    const how = this.running
      ? `is not ready, and ${why}`
      : `ended (${JSON.stringify(await this.ended())})`;
    if (this.running) await this.kill();
    throw new Error(`Usher ${how}.\n${this.#written()}`);
  }

  /** The end of what it has written. */
  #written(): string {
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
