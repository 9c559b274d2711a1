import { defineConfig } from "vitest/config";

/** What takes its time: long random runs, kills, and the engines. Part of `npm test`, not of the fast loop. */
const THOROUGH = [
  "test/contract/**/*.test.ts",
  "src/matrix/crypto/indexeddb/{oracle,durability,wasm}.test.ts",
  "src/store/{crash,kill,lowdbDocuments}.test.ts",
  "src/chat/fuzz.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "scripts/**/*.test.ts", "demo/**/*.test.ts"],
          exclude: THOROUGH,
          // No unit test leaves anything behind in its process, and loading everything anew for each file takes three times as long.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      { test: { name: "thorough", include: THOROUGH, testTimeout: 60_000 } },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/harness/e2eSetup.ts",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Twice as many as there are cores: these wait for answers half of their time.
          maxWorkers: 4,
          // After the others, where they run together: vitest asks for it where numbers of workers differ.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
