import { spawn } from "node:child_process";
import { constants } from "node:os";

const PASSED_ON = ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Runs a program in our place: it has our standard streams and gets our signals. Resolves with its exit code, which after a
 * signal is 128 and the signal's number, as shells count.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runChild(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    const handlers = PASSED_ON.map((signal) => {
      const handler = () => {
        // Ctrl-C in a terminal reaches the child without us; twice would mean "at once" to it.
        if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      };
      process.on(signal, handler);
      return { signal, handler };
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const { signal, handler } of handlers) process.off(signal, handler);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
