import type { Clock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { OwnAccountData } from "../accountData.ts";
import type { HomeserverCall } from "../client.ts";
import { AccountSecrets } from "./accountData.ts";
import { BackupKeeper } from "./backupKeeper.ts";
import type { CryptoEngine } from "./engine.ts";
import { EngineCipher } from "./engineCipher.ts";
import { HeldKeys } from "./heldKeys.ts";
import type { LateEvents } from "./lateEvents.ts";
import { RequestSender } from "./requests.ts";
import { SharedHistory, type Download } from "./sharedHistory.ts";
import { Supervisor } from "./supervisor.ts";
import { VerificationDriver } from "./verificationDriver.ts";

interface CipherPartsDeps {
  readonly engine: CryptoEngine;
  readonly call: HomeserverCall;
  readonly me: UserId;
  readonly log: Log;
  readonly clock: Clock;
  /** Fetches media; undefined where no history is taken from inviters. */
  readonly download: Download | undefined;
  readonly late: LateEvents;
  /** Makes what `late` holds durable. */
  readonly keepLate: () => Promise<void>;
  /** How long a message waits for the keys of people's devices; ms. */
  readonly keysPatienceMs: number;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

/** An engine, and what works with it. */
export interface CipherParts {
  readonly engine: CryptoEngine;
  readonly late: LateEvents;
  readonly sender: RequestSender;
  readonly supervisor: Supervisor;
  readonly secrets: AccountSecrets;
  readonly backup: BackupKeeper;
  readonly verification: VerificationDriver;
  readonly cipher: EngineCipher;
  readonly held: HeldKeys;
}

/** Joins what works with the engine. Nothing is sent yet. */
export function joinParts(deps: CipherPartsDeps): CipherParts {
  const { engine, call, me, log, clock, download, late } = deps;
  const sender = new RequestSender(deps);
  const supervisor = new Supervisor({
    ...deps,
    onRestarted: () => {
      cipher.retryAll();
    },
  });
  const secrets = new AccountSecrets(new OwnAccountData(call, me));
  const backup = new BackupKeeper({ engine, sender, call, secrets, log });
  const verification = new VerificationDriver(engine, sender, log);
  const history =
    download === undefined ? undefined : new SharedHistory({ engine, download, clock, log });
  const cipher = new EngineCipher({
    ...deps,
    supervisor,
    sender,
    backup,
    history,
    verification,
  });
  const held = new HeldKeys({ engine, supervisor, backup, clock });
  return { engine, late, sender, supervisor, secrets, backup, verification, cipher, held };
}
