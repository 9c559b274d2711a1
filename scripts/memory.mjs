// What keeps Usher's memory small wherever it runs: `npm start`, the Dockerfile, the benchmarks (the end-to-end tests leave the first out: vitest.config.ts). docs/benchmarks.md has the figures with and without.

/**
 * `--optimize-for-size`: the heap stays close to what is in use: encryption makes many short-lived objects, and V8 would otherwise let them lie in a young generation of 32 MB
 * (this makes it 2) and in an old one twice the size of what lives. It costs a twelfth more of Usher's processor time.
 * The other two let V8 compile on the main thread alone: a compiling thread that needs a collection while the process ends waits for the main thread,
 * which waits for it, for ever (a known fault of Node 24: docs/decisions).
 */
export const NODE_OPTIONS = [
  "--optimize-for-size",
  "--no-concurrent-sparkplug",
  "--no-concurrent-recompilation",
];

/**
 * Environment for glibc's allocator; others do not know it. Large pieces go back to the system when they are freed, and threads share one pool. Otherwise
 * what V8's compilers took while they compiled the WebAssembly of encryption stays resident for good.
 */
export const ALLOCATOR = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "65536",
};
