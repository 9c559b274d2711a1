// What keeps Usher's memory small wherever it runs: `npm start`, the Dockerfile, the tests. docs/benchmarks.md has the figures with and without.

/** The part of the heap for short-lived objects may grow to 2 MB each half, not 16: encryption makes many such objects. */
export const NODE_OPTIONS = ["--max-semi-space-size=2"];

/**
 * Environment for glibc's allocator; others do not know it. Large pieces go back to the system when they are freed. Otherwise glibc learns to keep them,
 * and what V8's compilers took while they compiled the WebAssembly of encryption stays resident for good.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "65536" };
