import type { View } from "../../src/kernel/errors.ts";

const file = "/srv/usher/secrets/data-key-ring";
const kid = "2026-11-29-3f9c0a";

/** What is said of the key ring and of credentials. */
export const SECRET_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "error/credential-unreadable": [{ name: "GitHub" }],
  "error/data-key-unreadable": [{ kid, file }],
  "error/key-in-use": [
    { kid, count: 1 },
    { kid, count: 12 },
  ],
  "error/key-missing": [{ kid, file }],
  "error/key-primary": [{ kid }],
  "error/key-ring-damaged": [
    { file, line: 3 },
    { file, line: undefined },
  ],
  "error/key-ring-inside": [{ file: "/srv/usher/data/key-ring", dir: "/srv/usher/data" }],
  "error/key-ring-missing": [{ file }],
  "error/key-ring-open": [{ file }],
  "error/key-ring-unusable": [{ file, code: "EACCES" }],
  "error/key-unknown": [{ kid }],
};
