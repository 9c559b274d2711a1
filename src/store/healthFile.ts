import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What `scripts/health.mjs` reads. `lastHeard`: when the homeserver last answered well; ms. */
interface Health {
  readonly ready: boolean;
  readonly lastHeard: number | undefined;
}

/** Writes `health.json` into the data directory, all of it or nothing. */
export async function writeHealthFile(dataDir: string, health: Health): Promise<void> {
  const file = join(dataDir, "health.json");
  await writeFile(`${file}.new`, JSON.stringify(health), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
