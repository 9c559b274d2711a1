import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { reasonFor } from "../config/reach.ts";
import { UsherError } from "../kernel/errors.ts";
import { asUserId, type DeviceId, type UserId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { accountDocument } from "../store/account.ts";
import type { Documents } from "../store/documents.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { retrying } from "./retry.ts";
import { expect } from "./roomReader.ts";

const whoami = z.object({ user_id: z.string(), device_id: z.string().optional() });

const BAD_TOKEN: ReadonlySet<string | undefined> = new Set([
  "M_UNKNOWN_TOKEN",
  "M_MISSING_TOKEN",
  "M_USER_DEACTIVATED",
]);

interface CheckLoginDeps {
  readonly call: HomeserverCall;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  readonly documents: Documents;
  /** Shown where nothing answers. */
  readonly url: string;
  /** The account that the configuration names. */
  readonly userId: UserId;
}

/**
 * Asks the homeserver whose the token is, and compares that with the configuration and with what is stored, before anything else is done.
 * Rejects with `homeserver-unreachable`, `token-unknown`, `wrong-user` or `data-directory-foreign`.
 * Whether encryption keys are those of the token's device is for `openCipher` to say, which knows whether there are any.
 */
export async function checkLogin(
  parts: CheckLoginDeps,
): Promise<{ readonly userId: UserId; readonly deviceId: DeviceId | undefined }> {
  const { documents, userId } = parts;
  const { user_id: actual, device_id: device } = await ask(parts);
  if (asUserId(actual) !== userId) throw new UsherError("wrong-user", { expected: userId, actual });
  const stored = await documents.get(accountDocument, "self");
  if (stored?.userId !== undefined && stored.userId !== actual)
    throw new UsherError("data-directory-foreign", { owner: stored.userId, actual });
  await documents.update(accountDocument, "self", (document) => {
    if (document.userId === actual && document.deviceId === device) return document;
    const { deviceId: _, ...rest } = document;
    return { ...rest, userId: actual, ...(device === undefined ? {} : { deviceId: device }) };
  });
  return { userId, deviceId: device as DeviceId | undefined };
}

async function ask({
  call,
  clock,
  log,
  random = Math.random,
  url,
}: CheckLoginDeps): Promise<z.infer<typeof whoami>> {
  const once = async (): Promise<z.infer<typeof whoami>> => {
    try {
      return expect(whoami, await call("GET", path("account", "whoami"), { timeoutMs: 20_000 }));
    } catch (error) {
      // A minute may go by before the last try fails: whoever watches sees why.
      if (error instanceof HomeserverError && error.passing)
        log.warn({ class: "ops", what: "homeserver.not-reached", code: codeOf(error) });
      throw error;
    }
  };
  try {
    return await retrying(once, { clock, random });
  } catch (error) {
    if (!(error instanceof HomeserverError)) throw toUsherError(error, "whoami");
    if (BAD_TOKEN.has(error.errcode))
      throw new UsherError("token-unknown", { code: error.errcode }, { cause: error });
    const reason = error.network === undefined ? undefined : reasonFor(error.network, url);
    throw new UsherError(
      "homeserver-unreachable",
      { url, code: codeOf(error), reason },
      { cause: error },
    );
  }
}

function codeOf({ errcode, network, status, kind }: HomeserverError): string {
  return errcode ?? network ?? (status === undefined ? kind : `HTTP ${String(status)}`);
}
