import type { Config } from "../config/load.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { DeviceId } from "../kernel/ids.ts";
import type { Learning } from "../kernel/learning.ts";
import type { Log } from "../kernel/log.ts";
import type { HomeserverCall } from "./client.ts";
import { openCipher, type OpenCipher } from "./crypto/openCipher.ts";
import { createDownload } from "./download.ts";
import { toUsherError } from "./errors.ts";

interface Way {
  readonly call: HomeserverCall;
  readonly token: string;
  readonly deviceId: DeviceId | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly learning: Learning;
}

/** Opens the configured engine; undefined where encryption is off. Rejects with an `UsherError` where it cannot be opened safely. */
export async function openEncryption(
  config: Config,
  { call, token, deviceId, clock, log, learning }: Way,
): Promise<OpenCipher | undefined> {
  const { engine } = config.crypto;
  if (engine === "off") return undefined;
  // A token without a device (an application service's, an old admin's) cannot hold keys.
  if (deviceId === undefined) throw new UsherError("crypto-device-missing");
  try {
    const { url, userId: me } = config.homeserver;
    return await openCipher({
      call,
      dataDir: config.dataDir,
      config: { ...config.crypto, engine },
      me,
      deviceId,
      log,
      clock,
      beside: (work) => learning.begin("encryption", work),
      download: createDownload({ url, token }),
    });
  } catch (error) {
    throw toUsherError(error, "open-encryption");
  }
}
