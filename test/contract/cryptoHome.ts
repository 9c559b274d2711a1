import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import { silentLog, type LogFields } from "../../src/kernel/log.ts";
import type { EngineName } from "../../src/matrix/crypto/engine.ts";
import {
  openCipher,
  type CryptoOptions,
  type OpenCipher,
} from "../../src/matrix/crypto/openCipher.ts";
import { KeyServer } from "./keyServer.ts";

export const ME = "@usher:example.org" as UserId;

/** Folders of one Usher, its key server, and its starts and stops. */
export class CryptoHome {
  server = new KeyServer();
  readonly folder = mkdtempSync(join(tmpdir(), "usher-lifecycle-"));
  readonly dataDir = join(this.folder, "data");
  readonly recoveryKeyFile = join(this.folder, "secrets", "recovery-key");
  readonly config: CryptoOptions["config"];
  readonly warnings: string[] = [];
  readonly #open: OpenCipher[] = [];

  constructor(engine: EngineName = "wasm") {
    this.config = {
      engine,
      recoveryKeyFile: this.recoveryKeyFile,
      storeKeyFile: join(this.folder, "secrets", "store-key"),
      shareKeysWith: "signed-devices",
      keysPatienceSeconds: 600,
    };
  }

  async start(deviceId = "DEVICE", more: Partial<CryptoOptions> = {}): Promise<OpenCipher> {
    const opened = await openCipher({
      call: this.server.callOf(ME, deviceId),
      dataDir: this.dataDir,
      config: this.config,
      me: ME,
      deviceId,
      log: { ...silentLog, warn: ({ what }: LogFields) => void this.warnings.push(what) },
      clock: systemClock,
      ...more,
    });
    this.#open.push(opened);
    return opened;
  }

  async stop(): Promise<void> {
    for (const one of this.#open.splice(0)) await one.close();
  }

  lose(what: "data" | "secrets"): void {
    rmSync(join(this.folder, what), { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
