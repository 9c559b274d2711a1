/**
 * What Node is started with wherever Usher runs (`npm start`, the Dockerfile, the tests): the part of the heap for short-lived objects may grow to 2 MB
 * each half, not 16. Encryption makes many such objects; docs/benchmarks.md has the figures with and without.
 */
export const NODE_OPTIONS = ["--max-semi-space-size=2"];
