import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Writable, type Readable } from "node:stream";
import { dataFolder } from "../files/dataFolder.ts";
import { nodeFiles } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { replaceFile } from "../files/replaceFile.ts";
import { tryWriting } from "../files/tryWriting.ts";
import { systemClock } from "../kernel/clock.ts";
import { declareFileAnywhere, folderOf, type FilePath } from "../privacy/declared.ts";
import { SECRETS } from "../privacy/records/keys.ts";
import { SETTINGS } from "../privacy/records/operators.ts";
import { configPath, type Environment } from "./load.ts";
import { setUp, type SetupFiles } from "./setupDialogue.ts";

const configFile = declareFileAnywhere("config.json", SETTINGS);
const tokenFile = declareFileAnywhere("homeserver.accessTokenFile", SECRETS);
const setupFiles: SetupFiles = {
  exists: existsSync,
  write: async (path, text, { secret }) => {
    // A link stays one: what it points at is replaced.
    const there = existsSync(path) ? realpathSync(path) : path;
    const file: FilePath = secret ? tokenFile(there) : configFile(there);
    makeFolders(folderOf(file));
    await replaceFile(nodeFiles, file, text, { mode: secret ? 0o600 : 0o644 });
  },
  tryFolder: async (path) => {
    makeFolders(dataFolder(path));
    await tryWriting(path);
  },
};

/** `npm run setup`: the dialogue in this terminal, or with one answer a line from a pipe. Resolves with the exit code. */
export async function setUpInTerminal(
  env: Environment,
  input: Readable & { readonly isTTY?: boolean },
  output: Writable,
): Promise<number> {
  let hidden = false;
  const shown = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const terminal = input.isTTY === true;
  const lines = createInterface({ input, output: shown, terminal });
  let open = true;
  lines.on("close", () => {
    open = false;
  });
  // A pipe delivers lines before they are asked for; they wait in the iterator.
  const answers = lines[Symbol.asyncIterator]();
  lines.on("SIGINT", () => {
    lines.close();
  });
  try {
    return await setUp({
      ask: async (question, options) => {
        const secret = options?.secret === true;
        if (open && terminal) {
          lines.setPrompt(question);
          // What was typed while the answer before was looked at stays, and the cursor behind it.
          lines.prompt(true);
        } else output.write(question);
        hidden = secret;
        const next = await answers.next();
        hidden = false;
        if (secret || !terminal) output.write("\n");
        return next.done === true ? undefined : next.value;
      },
      say: (line) => {
        output.write(`${line}\n`);
      },
      fetch,
      files: setupFiles,
      now: () => systemClock.now(),
      configPath: configPath(env),
      dataDir:
        env["USHER_DATA_DIR"] === undefined || env["USHER_DATA_DIR"] === ""
          ? undefined
          : resolve(env["USHER_DATA_DIR"]),
    });
  } finally {
    lines.close();
  }
}

if (import.meta.main)
  process.exitCode = await setUpInTerminal(process.env, process.stdin, process.stdout);
