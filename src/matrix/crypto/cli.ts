import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { loadConfig } from "../../config/load.ts";
import { ConfigError } from "../../config/problems.ts";
import { openSession } from "../../config/session.ts";
import { systemClock } from "../../kernel/clock.ts";
import { meaningOf } from "../../kernel/errorCodes.ts";
import { UsherError } from "../../kernel/errors.ts";
import { createLog } from "../../kernel/log.ts";
import { openDocuments } from "../../store/lowdbDocuments.ts";
import { logQuarantined } from "../../store/openStore.ts";
import { createHomeserverCall } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import { checkLogin } from "../login.ts";
import { resetIdentity, type ResetWorld } from "./resetDialogue.ts";

const USAGE =
  "npm run crypto reset   makes a new encrypted identity for Usher's account, where the recovery key is lost for good.";

/** `npm run crypto reset`. Usher must not run meanwhile. Resolves with the exit code. */
async function main(words: readonly string[]): Promise<number> {
  if (words.length !== 1 || words[0] !== "reset") {
    console.error(USAGE);
    return 1;
  }
  const config = loadConfig(process.env);
  const log = createLog("warn");
  const documents = await openDocuments({
    dir: config.dataDir,
    clock: systemClock,
    onQuarantine: logQuarantined(log),
  });
  const terminal = openTerminal();
  try {
    const session = await openSession(config);
    const call = createHomeserverCall({ url: config.homeserver.url, token: session.accessToken });
    const { credential, url, userId } = config.homeserver;
    const { deviceId } = await checkLogin({
      call,
      clock: systemClock,
      log,
      documents,
      url,
      userId,
    });
    if (deviceId === undefined) throw new UsherError("crypto-device-missing");
    return await resetIdentity({
      config,
      call,
      deviceId,
      log,
      password:
        credential.kind === "password"
          ? readFileSync(credential.passwordFile, "utf8").replace(/\r?\n$/, "")
          : undefined,
      ask: terminal.ask,
      say: (line) => {
        console.log(line);
      },
    });
  } finally {
    terminal.close();
    await documents.close();
  }
}

/** Questions on the terminal; a secret answer is not shown. */
function openTerminal(): { readonly ask: ResetWorld["ask"]; readonly close: () => void } {
  let hidden = false;
  const shown = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!hidden) process.stdout.write(chunk);
      done();
    },
  });
  const lines = createInterface({
    input: process.stdin,
    output: shown,
    terminal: process.stdin.isTTY,
  });
  const answers = lines[Symbol.asyncIterator]();
  return {
    ask: async (question, options) => {
      process.stdout.write(question);
      hidden = options?.secret === true;
      const next = await answers.next();
      hidden = false;
      process.stdout.write("\n");
      return next.done === true ? undefined : next.value;
    },
    close: () => {
      lines.close();
    },
  };
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  if (error instanceof UsherError) return `${meaningOf(error.code)} (${error.code})`;
  if (error instanceof HomeserverError) {
    if (error.status === 401 || error.status === 403)
      return "The homeserver refuses the token or the password. Nothing was changed.";
    return `The homeserver did not do what was asked (${error.message}). Try again: what was begun is finished then.`;
  }
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
