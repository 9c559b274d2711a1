import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../../kernel/clock.ts";
import { ANSWER, type Answer, type Job } from "./jobs.ts";
import { packed, Unpacking, type Parcel } from "./wire.ts";

/** What one picture may cost. */
export interface ProcessLimits {
  /** Of the processor, ms; a machine that is busy with other things costs a picture nothing. */
  readonly busyMs: number;
  /** From when it is asked, ms: for what hangs without doing anything, and for systems that do not say what a process takes. */
  readonly hangingMs: number;
  /** Of the machine's memory, bytes. */
  readonly memory: number;
}

/** Why there is no answer: the process did not start, ended by itself, was ended for its time or its memory, or by who started it, or answered nonsense. */
export type ProcessFault = "start" | "ended" | "time" | "memory" | "closed" | "nonsense";

export class ProcessError extends Error {
  readonly fault: ProcessFault;

  constructor(fault: ProcessFault) {
    super(`The process that decodes pictures gave no answer: ${fault}`);
    this.name = "ProcessError";
    this.fault = fault;
  }
}

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** All that the process may read: neither settings nor secrets nor what Usher stores. */
const READABLE = ["assets/", "node_modules/", "package.json", "src/kernel/", "src/kinds/stickers/"];
/** What it may take of memory that can be written, KiB, where a shell can say so: less, and Node does not start. */
const WRITABLE_KIB = 1_200_000;
/** What it may take of the processor in its whole life, s: should Usher be killed while a picture never ends. */
const LIFE_S = 900;
/** How much it stands back behind whoever waits for an answer, where the machine is busy (nice(1)). */
const NICE = 10;
/** How often it is looked at while it works, ms. */
const LOOK_MS = 200;
/** An answer is one sticker or one sheet. */
const MOST_BYTES = 32e6;

/** A process that decodes pictures, from its start to its end. */
export class ChildProcess {
  readonly #child: ReturnType<typeof start>;
  readonly #clock: Clock;
  readonly #limits: ProcessLimits;
  readonly #ready = Promise.withResolvers<undefined>();
  #waiting: PromiseWithResolvers<Parcel> | undefined;
  #fault: ProcessFault = "start";
  #exit: number | undefined;
  #asked = 0;
  #over = false;
  readonly ended: Promise<void>;

  constructor({ clock, limits }: { readonly clock: Clock; readonly limits: ProcessLimits }) {
    this.#clock = clock;
    this.#limits = limits;
    this.#child = start();
    const unpacking = new Unpacking(MOST_BYTES);
    // What cannot be written to it is told by its end.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdout.on("data", (piece: Buffer) => {
      this.#hear(unpacking, piece);
    });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#child.on("error", resolve).on("close", (code) => {
      this.#exit = code ?? undefined;
      resolve(undefined);
    });
    this.#ready.promise.catch(() => undefined);
    this.ended = promise.then(() => {
      this.#over = true;
      const error = new ProcessError(this.#fault);
      this.#ready.reject(error);
      this.#waiting?.reject(error);
    });
  }

  /** How many jobs it was given. */
  get asked(): number {
    return this.#asked;
  }

  /** Its exit code, where it has ended by itself. */
  get exitCode(): number | undefined {
    return this.#exit;
  }

  /** Whether it is of no more use. */
  get hasEnded(): boolean {
    return this.#over;
  }

  /** One job after the other, never two at once. Rejects with a `ProcessError`, when the process has ended. */
  async ask(
    job: Job,
    ...body: readonly Uint8Array[]
  ): Promise<{ readonly answer: Answer; readonly body: Buffer }> {
    if (this.#over) throw new ProcessError("ended");
    this.#asked += 1;
    // It may end at any moment from now on.
    const waiting = Promise.withResolvers<Parcel>();
    waiting.promise.catch(() => undefined);
    this.#waiting = waiting;
    const unwatched = await this.#watch();
    try {
      await this.#ready.promise;
      for (const piece of packed(job, ...body)) this.#child.stdin.write(piece);
      const parcel = await waiting.promise;
      const answer = ANSWER.safeParse(parcel.head);
      if (answer.success) return { answer: answer.data, body: parcel.body };
      await this.kill("nonsense");
      throw new ProcessError("nonsense");
    } finally {
      this.#waiting = undefined;
      unwatched();
    }
  }

  /** Lets it end by itself. */
  end(): void {
    this.#fault = "closed";
    this.#child.stdin.end();
  }

  /** Ends it now; resolves when it has. */
  async kill(fault: ProcessFault): Promise<void> {
    this.#fault = fault;
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #hear(unpacking: Unpacking, piece: Buffer): void {
    try {
      for (const parcel of unpacking.add(piece)) {
        if (this.#fault === "start") {
          this.#fault = "ended";
          this.#ready.resolve(undefined);
        } else this.#waiting?.resolve(parcel);
      }
    } catch {
      void this.kill("nonsense");
    }
  }

  /** Looks at what the job takes until it is told not to any more. */
  async #watch(): Promise<() => void> {
    const begun = this.#clock.now();
    const before = (await this.#taken())?.busyMs ?? 0;
    let over = false;
    let cancel = (): void => undefined;
    const look = async (): Promise<void> => {
      const taken = await this.#taken();
      if (over) return;
      const { busyMs, hangingMs, memory } = this.#limits;
      if (taken !== undefined && taken.memory > memory) return this.kill("memory");
      if (taken !== undefined && taken.busyMs - before > busyMs) return this.kill("time");
      if (this.#clock.now() - begun > hangingMs) return this.kill("time");
      next();
    };
    const next = (): void => {
      cancel = this.#clock.after(LOOK_MS, () => void look());
    };
    next();
    return () => {
      over = true;
      cancel();
    };
  }

  /** What Linux says of the process; undefined elsewhere. */
  async #taken(): Promise<{ readonly busyMs: number; readonly memory: number } | undefined> {
    try {
      const of = `/proc/${String(this.#child.pid)}`;
      const stat = await readFile(`${of}/stat`, "latin1");
      const status = await readFile(`${of}/status`, "latin1");
      // The fields behind the name of the program (proc(5)): 14 and 15 are times in hundredths of a second.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      return { busyMs: 10 * (Number(fields[11]) + Number(fields[12])), memory: kib * 1024 };
    } catch {
      return undefined;
    }
  }
}

/** Starts Node with the right to read its own code and no more: no file, no other process, and nothing of Usher's environment, where secrets may be. */
function start() {
  const node = [
    "--permission",
    "--expose-gc",
    "--allow-addons",
    ...READABLE.map((path) => `--allow-fs-read=${ROOT}${path}`),
    "--disable-warning=SecurityWarning",
    fileURLToPath(new URL("child.ts", import.meta.url)),
  ];
  const limits = `ulimit -d ${String(WRITABLE_KIB)}; ulimit -t ${String(LIFE_S)}; exec nice -n ${String(NICE)} "$0" "$@"`;
  const [command, ...args] = existsSync("/bin/sh")
    ? ["/bin/sh", "-c", limits, process.execPath, ...node]
    : [process.execPath, ...node];
  const { LD_LIBRARY_PATH } = process.env;
  return spawn(command, args, {
    cwd: ROOT,
    env: {
      ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
      MALLOC_ARENA_MAX: "1",
      FONTCONFIG_FILE: `${ROOT}assets/fonts/fonts.conf`,
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
}
