import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createRenderer } from "../chat/render.ts";
import { loadTemplates } from "../chat/templates.ts";
import { loadConfig, type Config } from "../config/load.ts";
import { ConfigError } from "../config/problems.ts";
import { askStill } from "../files/askStill.ts";
import { systemCode } from "../files/systemCode.ts";
import { systemClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { askedStill, keysBeside } from "./backupFiles.ts";
import { Backups } from "./backups.ts";
import { identitiesIn } from "./identity.ts";
import { checkBackup } from "./openBackup.ts";
import { restore } from "./restore.ts";

const USAGE = `npm run backup
  makes a backup of the data directory, also while Usher runs.
npm run restore -- <file> [--identity <file>] [--keys <file>] [--check] [--without-keys] [--without-tombstones]
  puts a backup in place of the data directory. Usher must not run.
  --identity            the file with the age identity that opens it; backup.identityFile unless given
  --keys                the backup of the data keys; the one beside it unless given
  --check               only reads both to their end, and replaces nothing
  --without-keys        leaves out what people gave Usher to keep: the backup of the keys is gone
  --without-tombstones  also where there is no record of who was erased since: they come back`;

/** `npm run backup` and `npm run restore`. Resolves with the exit code. */
async function main([task, ...words]: readonly string[]): Promise<number> {
  const parsed = argumentsOf(words);
  const [file, ...more] = parsed?.positionals ?? [];
  if (parsed === undefined || more.length > 0 || (task === "backup") !== (file === undefined)) {
    console.error(USAGE);
    return 1;
  }
  const config = loadConfig(process.env);
  return file === undefined ? await backUp(config) : await bringBack(config, file, parsed.values);
}

interface Options {
  readonly identity?: string | undefined;
  readonly keys?: string | undefined;
  readonly check?: boolean | undefined;
  readonly "without-keys"?: boolean | undefined;
  readonly "without-tombstones"?: boolean | undefined;
}

function argumentsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        identity: { type: "string" },
        keys: { type: "string" },
        check: { type: "boolean" },
        "without-keys": { type: "boolean" },
        "without-tombstones": { type: "boolean" },
      },
    });
  } catch {
    return undefined;
  }
}

async function backUp(config: Config): Promise<number> {
  const backups = new Backups({
    ...{ ...config, clock: systemClock, identities: undefined },
    still: (work) => askStill(askedStill(config.dataDir), work),
  });
  const made = await backups.make();
  console.log(`${made.data}\n${made.keys}`);
  console.log(
    `${String(made.files)} files, ${String(Math.ceil(made.size / 1024))} KiB. Keep copies on another machine, and the second file apart from the first.`,
  );
  return 0;
}

async function bringBack(config: Config, file: string, options: Options): Promise<number> {
  const identities = identitiesOf(options.identity ?? config.backup.identityFile);
  if (identities === undefined) return 1;
  const keysFile = options.keys ?? keysBeside(file);
  if (options.check === true) {
    for (const one of options["without-keys"] === true ? [file] : [file, keysFile]) {
      const { head, files } = await checkBackup(one, identities);
      console.log(`${one} opens: ${String(files)} files of ${head.userId}, made ${head.madeAt}.`);
    }
    return 0;
  }
  const { head, documents, takenAlong, before, device } = await restore(
    { ...config, clock: systemClock },
    {
      ...{ file, keysFile, identities, withoutKeys: options["without-keys"] === true },
      withoutTombstones: options["without-tombstones"] === true,
    },
  );
  console.log(
    `Restored ${String(documents)} documents of ${head.madeAt} to ${config.dataDir}. Whoever was erased since is erased again at the start.`,
  );
  if (takenAlong === "unread") console.log(NOT_TAKEN);
  else if (takenAlong > 0)
    console.log(
      `${String(takenAlong)} of them are newer, from the directory before: what people asked, restricted or object to since.`,
    );
  if (before !== undefined)
    console.log(`What was there before is in ${before}: remove it when all is well.`);
  console.log(device === "kept" ? "The encryption is as it was." : NEW_DEVICE);
  return 0;
}

/** Undefined where there is none, which is said. */
function identitiesOf(path: string | undefined): readonly string[] | undefined {
  if (path === undefined) {
    console.error(`Nothing says what opens the backup: add --identity <file>.\n${USAGE}`);
    return undefined;
  }
  try {
    const found = identitiesIn(readFileSync(path, "utf8"));
    if (found.length > 0) return found;
    console.error(
      `No line of ${path} begins with AGE-SECRET-KEY-, so there is no age identity in it, and nothing was done. One that is sealed with a passphrase must be opened first: age -d.`,
    );
    return undefined;
  } catch (error) {
    console.error(
      `The identity in ${path} cannot be read (${systemCode(error)}), so nothing was done. It is the file that age-keygen made when backups were set up: name it with --identity <file>.`,
    );
    return undefined;
  }
}

const NOT_TAKEN =
  "What people asked, restricted or object to since could not be read in the directory before, so it is not there any more: have them say it again.";
const NEW_DEVICE =
  "The encryption's store of a backup is never used again. Log in anew (npm run setup; with homeserver.passwordFile Usher does it by itself): it comes back as a new device, which its recovery key signs. Then log the former device out.";

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  if (error instanceof UsherError)
    return createRenderer(loadTemplates()).renderError(error, { calledAs: "" }).body;
  if (error instanceof Error && "code" in error) return error.message;
  throw error;
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(sentence(error));
    process.exitCode = 1;
  }
}
