/**
 * Whether an error is a panic of the WebAssembly (`WebAssembly.RuntimeError`). Thrown by the synchronous part of a call; from an asynchronous
 * one it comes as an uncaught exception, which `machine.ts` keeps from everybody else.
 */
export function isPanic(error: unknown): boolean {
  return error instanceof Error && error.name === "RuntimeError";
}
