import { Program, sentencesOf } from "./program.ts";

function fail(error: unknown): never {
  console.error(sentencesOf(error));
  process.exit(1);
}

// A task that nobody waited for has failed: nothing can be trusted after that, and the journal brings what ran back at the next start.
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

const program = new Program(process.env);
const stop = async (): Promise<void> => {
  if (await program.stop()) process.exit(0);
};
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

await program.run().catch(fail);
