import { createRenderer } from "./chat/render.ts";
import { loadTemplates } from "./chat/templates.ts";
import { loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problems.ts";
import { UsherError } from "./kernel/errors.ts";
import { startOrSafely } from "./safeMode.ts";
import type { RunningUsher } from "./start/hearing.ts";

/** What an operator reads when Usher cannot start or go on: plain sentences; beside what nobody was prepared for, what it was and where. */
function sentences(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  const known =
    error instanceof UsherError
      ? error
      : new UsherError("unexpected", { reference: undefined }, { cause: error });
  const sentence = createRenderer(loadTemplates()).renderError(known, { calledAs: "" }).body;
  const { cause } = known;
  const about = cause instanceof Error && "path" in cause ? `\n${String(cause.path)}` : "";
  return known.code !== "unexpected" || !(cause instanceof Error)
    ? sentence
    : `${sentence}\n${cause.stack ?? cause.message}${about}`;
}

function fail(error: unknown): never {
  console.error(sentences(error));
  process.exit(1);
}

// A task that nobody waited for has failed: nothing can be trusted after that, and the journal brings what ran back at the next start.
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

// Timers between tries do not hold the process, and before the first answer of the homeserver nothing else does.
const alive = setInterval(() => undefined, 2 ** 30);

let usher: RunningUsher | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await usher?.stop();
  process.exit(0);
}
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());

try {
  const config = loadConfig(process.env);
  for (const warning of config.warnings) console.error(warning);
  const started = await startOrSafely(config);
  usher = started;
  if (started.fault !== undefined)
    console.error(`Usher is in safe mode. ${sentences(started.fault)}`);
  await usher.ready;
  console.log(`Usher is ready: ${config.homeserver.userId} on ${config.homeserver.url}.`);
  if (config.crypto.engine !== "off")
    console.log(`Its recovery key is in ${config.crypto.recoveryKeyFile}: keep a copy elsewhere.`);
  await usher.ended;
  clearInterval(alive);
} catch (error) {
  if (!stopping) fail(error);
}
