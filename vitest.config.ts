import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Vitest begins on an older Node too, and then fails file by file with words that tell nobody why.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(
    `The tests need Node 24, and this is ${process.versions.node}: \`npm test -- <path>\` and \`npm run test:unit -- <path>\` bring it with them.\n`,
  );
  process.exit(1);
}

/**
 * Ends a test that hangs, and decides nothing else, ms: how long a test takes says more of the machine than of Usher. What waits for something has
 * patience of its own (`test/harness/patience.ts`) and tells what it waited for.
 */
const HANGING = 30 * 60_000;
const limits = {
  testTimeout: HANGING,
  hookTimeout: HANGING,
  expect: { poll: { timeout: 120_000 } },
  // Vitest itself would leave one core to others, which of two is half.
  maxWorkers: availableParallelism(),
};

/** What takes its time: long random runs, kills, and the engines. Part of `npm test`, not of the fast loop. */
const THOROUGH = [
  "test/contract/**/*.test.ts",
  "src/matrix/crypto/indexeddb/{oracle,durability,wasm}.test.ts",
  "src/store/{crash,kill}.test.ts",
  "src/chat/fuzz.test.ts",
];

// In a whole run, what is said is noted (`scripts/unsaidSentences.ts`).
const setupFiles =
  process.env["SAID_SENTENCES"] === undefined ? [] : ["test/harness/saidSentences.ts"];

/** What takes longest of the end-to-end tests: one that begins last is waited for by a machine with nothing else to do. `npm test` shows the times. */
const LONGEST_FIRST = [
  "appserviceIrcConnector",
  "bridgev2Connector",
  "bridgeConnectors",
  "bridgeFaults",
  "upgrades",
  "encryptedTalk",
  "storage",
  "stickerImports",
  "stickerLinks",
  "crash",
  "safeMode",
  "away",
  "membership",
  "connections",
  "bots",
  "widgetDefinitions",
  "lifecycle",
  "widgets",
  "roughStart",
  "upgradeCrash",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST_FIRST.findIndex((name) =>
        moduleId.endsWith(`/test/e2e/${name}.test.ts`),
      );
      return found < 0 ? LONGEST_FIRST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    // The homeservers of the end-to-end tests end in it.
    teardownTimeout: 180_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          ...limits,
          setupFiles,
          include: [
            "src/**/*.test.ts",
            "scripts/**/*.test.ts",
            "demo/**/*.test.ts",
            "test/harness/**/*.test.ts",
          ],
          exclude: THOROUGH,
          // No unit test leaves anything behind in its process, and loading everything anew for each file takes three times as long.
          isolate: false,
        },
      },
      { test: { ...limits, setupFiles, name: "thorough", include: THOROUGH } },
      {
        test: {
          ...limits,
          setupFiles,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/harness/e2eSetup.ts",
          // Each file ends what it began, and to load the client that encrypts anew for each takes two seconds.
          isolate: false,
          // What keeps Usher's memory small costs a fifth of the time of a start, and they start it some hundred times.
          env: { USHER_TEST_NODE_OPTIONS: "--no-optimize-for-size" },
          // Twice as many as there are cores: these wait for answers half of their time.
          maxWorkers: 4,
          // After the others, where they run together: vitest asks for it where numbers of workers differ.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
