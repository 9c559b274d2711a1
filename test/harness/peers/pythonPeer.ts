import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { SetupFault } from "../fault.ts";
import { progress, whenStill } from "../patience.ts";
import { pythonEnvironment, pythonWith } from "../python.ts";

const REQUIREMENTS = join(import.meta.dirname, "peers.requirements.txt");
const START_MS = 300_000;
const STOP_MS = 30_000;

/** Runs a module, or its `main` where it has one. It ends when its standard input closes, however its parent dies. */
const PROGRAM = `
import os, signal, sys, threading
def watch():
    while os.read(0, 1): pass
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
import importlib
getattr(importlib.import_module(sys.argv.pop(1)), "main", lambda: None)()
`;

/** Modules of this folder can be run too, and leave nothing in it. */
const OWN_MODULES = { PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: "1" };

/** A program that Usher works with, as a child. */
export interface Peer {
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

interface PeerOptions {
  /** The Python module whose `main` it is. */
  readonly module: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The file of its packages, where it does not go with those of the other peers. */
  readonly requirements?: string;
  /** Resolves once this port of loopback listens. */
  readonly port: number;
}

/** Python with the peers' packages. */
export function peersPython(requirements = REQUIREMENTS): Promise<string> {
  return pythonWith(requirements, (sentence) => {
    console.error(sentence);
  });
}

/** Starts it, and resolves when it listens. What it writes is in `<module>.log` of its folder. */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const { module, args, cwd, port, requirements = REQUIREMENTS } = options;
  const child = spawn(await peersPython(requirements), ["-c", PROGRAM, module, ...args], {
    ...{ cwd, env: { ...pythonEnvironment(), ...OWN_MODULES } },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const log = createWriteStream(join(cwd, `${module}.log`), { flags: "a" });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", progress);
    stream.pipe(log);
  }
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    const endWatch = whenStill(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    endWatch();
  };
  const late = new AbortController();
  const endWatch = whenStill(() => {
    late.abort();
  }, START_MS);
  while (!(await listens(port))) {
    if (late.signal.aborted || child.exitCode !== null) {
      await kill();
      throw new SetupFault(`${module} did not start: see ${join(cwd, `${module}.log`)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  endWatch();
  return { kill };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
