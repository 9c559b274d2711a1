import { systemClock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Config } from "../../config/load.ts";
import type { HomeserverCall } from "../client.ts";
import type { CryptoStatus } from "./cryptoStatus.ts";
import { openCipher } from "./openCipher.ts";

export interface ResetWorld {
  readonly config: Pick<Config, "dataDir" | "crypto" | "homeserver">;
  readonly call: HomeserverCall;
  readonly deviceId: string;
  readonly log: Log;
  /** Undefined at the end of input. */
  readonly ask: (
    question: string,
    options?: { readonly secret: boolean },
  ) => Promise<string | undefined>;
  readonly say: (line: string) => void;
  /** The account's password where a file holds it. */
  readonly password: string | undefined;
}

const WORD = "reset";

/**
 * Replaces the account's cross-signing identity, its recovery key and its key backup, after a warning and a typed word.
 * Resolves with the exit code. Rejects as `openCipher` does.
 */
export async function resetIdentity({
  config,
  call,
  deviceId,
  log,
  ask,
  say,
  password,
}: ResetWorld): Promise<number> {
  const { engine, ...files } = config.crypto;
  const me = config.homeserver.userId;
  if (engine === "off") {
    say(
      "Encryption is switched off in the configuration (crypto.engine), so there is nothing to reset.",
    );
    return 1;
  }
  say(`This replaces the encrypted identity of ${me}.`);
  say(
    "Everybody who has verified Usher will be warned and must verify it anew. The old recovery key and the old key backup become useless.",
  );
  say(
    "If the recovery key still exists anywhere, stop here and put it back instead: nothing is lost then.",
  );
  if ((await ask(`Type "${WORD}" to go on: `))?.trim() !== WORD) {
    say("Nothing was changed.");
    return 1;
  }
  const given = password ?? (await ask("Password of the account: ", { secret: true }));
  if (given === undefined || given === "") {
    say("Without the password the homeserver does not allow it. Nothing was changed.");
    return 1;
  }
  const opened = await openCipher({
    call,
    dataDir: config.dataDir,
    config: { ...files, engine },
    me,
    deviceId,
    log,
    clock: systemClock,
    reset: { password: given },
  });
  try {
    tell(await opened.status(), files.recoveryKeyFile, say);
  } finally {
    await opened.close();
  }
  return 0;
}

function tell(
  { deviceId, fingerprint, signed }: CryptoStatus,
  recoveryKeyFile: string,
  say: (line: string) => void,
): void {
  say(
    signed
      ? "Done: the new identity has signed this device."
      : "The identity is new, but this device is not signed by it yet: start Usher, and it is.",
  );
  say(`Device ${deviceId}, fingerprint ${fingerprint}.`);
  say(`The new recovery key is in ${recoveryKeyFile}. Keep a copy somewhere else.`);
}
