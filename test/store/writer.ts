import { writeSync } from "node:fs";
import { systemClock } from "../../src/kernel/clock.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import { counter, IDS } from "./counter.ts";

/** Writes in the data directory it is given until it is killed, and says after each change what is stored: `<id> <n>`. */
const documents = await openDocuments({
  dir: process.argv[2] ?? "",
  clock: systemClock,
  onQuarantine: ({ reason }) => {
    throw new Error(reason);
  },
});
await Promise.all(
  IDS.map(async (id) => {
    for (;;) {
      const { n } = await documents.update(counter, id, (current) => ({
        n: current.n + 1,
        filler: "x".repeat(current.n % 20_000),
      }));
      writeSync(1, `${id} ${String(n)}\n`);
    }
  }),
);
