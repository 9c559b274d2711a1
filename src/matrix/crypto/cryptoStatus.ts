import type { CipherParts } from "./cipherParts.ts";
import type { Capabilities, EngineName } from "./engine.ts";

/** What `status` and `admin crypto` show. */
export interface CryptoStatus {
  readonly engine: EngineName;
  readonly capabilities: Capabilities;
  readonly deviceId: string;
  /** The device's Ed25519 key in groups of four, to compare by eye. */
  readonly fingerprint: string;
  /** The device is signed by the account's identity. */
  readonly signed: boolean;
  readonly backup:
    { readonly version: string; readonly total: number; readonly backedUp: number } | undefined;
  /** Events since the start that could not be read. */
  readonly unreadable: number;
  /** Of those, and of earlier ones: how many still wait for their key. */
  readonly waiting: number;
  /** One-time keys the homeserver holds, as it last said; undefined before the first sync. */
  readonly oneTimeKeys: number | undefined;
  readonly healthy: boolean;
  /** How often the engine was restarted since the start. */
  readonly restarts: number;
}

/** A broken engine would reject each question, so it is asked none. */
export async function cryptoStatus({
  engine,
  cipher,
  late,
  backup,
  supervisor,
}: StatusParts): Promise<CryptoStatus> {
  return {
    engine: engine.name,
    capabilities: engine.capabilities,
    deviceId: engine.deviceId,
    fingerprint: (engine.fingerprint.match(/.{1,4}/g) ?? []).join(" "),
    signed: engine.healthy && (await engine.identity.deviceSigned()),
    backup:
      backup.version === undefined || !engine.healthy
        ? undefined
        : { version: backup.version, ...(await engine.backup.counts()) },
    unreadable: cipher.unreadable,
    waiting: late.size,
    oneTimeKeys: cipher.oneTimeKeys,
    healthy: engine.healthy,
    restarts: supervisor.restarts,
  };
}

interface StatusParts {
  readonly engine: CipherParts["engine"];
  readonly cipher: Pick<CipherParts["cipher"], "unreadable" | "oneTimeKeys">;
  readonly late: Pick<CipherParts["late"], "size">;
  readonly backup: Pick<CipherParts["backup"], "version">;
  readonly supervisor: Pick<CipherParts["supervisor"], "restarts">;
}
