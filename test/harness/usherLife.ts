import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { NODE_OPTIONS } from "../../scripts/memory.mjs";
import { END_OF_LIFE, type HostOrder } from "./hostOrder.ts";
import { NOTES_SENTENCES } from "./saidSentences.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const HOST = join(import.meta.dirname, "usherHost.ts");
const DIES_WITH_PARENT = join(import.meta.dirname, "diesWithParent.ts");
/** What these tests want of Node otherwise than `npm start` does. */
const TEST_OPTIONS = (process.env["USHER_TEST_NODE_OPTIONS"] ?? "").split(" ").filter(Boolean);

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Usher from one start to its end. */
export interface Life {
  readonly pid: number | undefined;
  readonly running: boolean;
  /** How it ends, whenever that is. */
  readonly ended: Promise<Exit>;
  /** Asks it to stop in order. */
  stop(): void;
  /** Ends it at once, as a power cut. */
  kill(): void;
}

type Stream = "stdout" | "stderr";
type Write = (stream: Stream, text: string) => void;

/** Where and with what it lives. */
export interface Surroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** How far its clock is ahead of the system's, ms: only in a process of `reusedLife`. */
  readonly aheadMs: number;
  /** Takes what it writes. */
  readonly write: Write;
}

function node(
  program: readonly string[],
  { folder, env }: Pick<Surroundings, "folder" | "env">,
  ipc: readonly "ipc"[] = [],
): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      ...NODE_OPTIONS,
      ...TEST_OPTIONS,
      ...NOTES_SENTENCES,
      "--import",
      DIES_WITH_PARENT,
      ...program,
    ],
    { cwd: folder, env, stdio: ["pipe", "pipe", "pipe", ...ipc] },
  );
  child.stdout?.setEncoding("utf8");
  child.stderr?.setEncoding("utf8");
  child.stdin?.on("error", () => undefined); // A killed child's pipe breaks; that is the point of it.
  return child;
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

/** The real program in a process of its own, with these arguments for Node. */
export function ownLife(nodeArguments: readonly string[], surroundings: Surroundings): Life {
  const child = node([...nodeArguments, MAIN], surroundings);
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.on("data", (text: string) => {
      surroundings.write(stream, text);
    });
  return {
    pid: child.pid,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    ended: exitOf(child),
    stop: () => child.kill("SIGTERM"),
    kill: () => child.kill("SIGKILL"),
  };
}

/** A process that runs one Usher after the other (`usherHost.ts`). */
class Host {
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  #write: Write;

  constructor(surroundings: Surroundings) {
    this.#child = node([HOST], surroundings, ["ipc"]);
    this.#exit = exitOf(this.#child);
    this.#write = surroundings.write;
    for (const stream of ["stdout", "stderr"] as const)
      this.#child[stream]?.on("data", (text: string) => {
        this.#write(stream, text);
      });
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  begin({ folder, env, aheadMs, write }: Surroundings): Life {
    const streams = new Set<Stream>(["stdout", "stderr"]);
    const stopped = Promise.withResolvers<Exit>();
    let running = true;
    this.#write = (stream, text) => {
      const own = text.replace(END_OF_LIFE, "");
      if (own !== "") write(stream, own);
      if (own === text) return;
      streams.delete(stream);
      if (streams.size > 0) return;
      running = false;
      idle.push(this);
      stopped.resolve({ code: 0, signal: null });
    };
    this.#order({ do: "start", folder, env, aheadMs });
    const alive = (): boolean => this.alive;
    return {
      pid: this.#child.pid,
      get running() {
        return running && alive();
      },
      ended: Promise.race([stopped.promise, this.#exit]),
      stop: () => {
        this.#order({ do: "stop" });
      },
      kill: () => {
        if (running) this.#child.kill("SIGKILL");
      },
    };
  }

  #order(order: HostOrder): void {
    this.#child.send(order);
  }
}

const idle: Host[] = [];

/** The program in a process that may have run it before, and stopped it in order. */
export function reusedLife(surroundings: Surroundings): Life {
  const host = idle.pop() ?? new Host(surroundings);
  if (!host.alive) throw new Error("An Usher has failed after it had stopped in order.");
  return host.begin(surroundings);
}
