import { nodeFiles } from "../files/files.ts";
import { replaceFile } from "../files/replaceFile.ts";
import { declareFile } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

const healthFile = declareFile("health.json", ACCOUNT);

/** What `scripts/health.mjs` reads. `lastHeard`: when the homeserver last answered well; ms. */
interface Health {
  readonly ready: boolean;
  readonly lastHeard: number | undefined;
}

/** Writes `health.json` into the data directory, all of it or nothing. */
export async function writeHealthFile(dataDir: string, health: Health): Promise<void> {
  await replaceFile(nodeFiles, healthFile(dataDir), JSON.stringify(health));
}
