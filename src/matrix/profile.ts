import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError, reasonOf } from "./errors.ts";
import type { Account } from "./port.ts";
import { expect } from "./roomReader.ts";

const profile = z.object({ displayname: z.string().nullish() });

/** Another server is asked in between, and may hang; ms. */
const PATIENCE_MS = 10_000;

/** What an account calls itself; undefined too where the homeserver does not tell. Rejects with a `HomeserverError`. */
export async function displayName(call: HomeserverCall, user: UserId): Promise<string | undefined> {
  try {
    return (
      expect(profile, await call("GET", path("profile", user, "displayname"))).displayname ??
      undefined
    );
  } catch (error) {
    if (error instanceof HomeserverError && (error.status === 404 || error.status === 403))
      return undefined;
    throw error;
  }
}

/**
 * Whether there is such an account, as far as its own server says: asked once, for somebody waits. Never rejects: a server that says nothing of
 * profiles, or nothing at all, is an answer too (Matrix specification, `GET /profile/{userId}`: 403 where profiles are not told, 404 where there
 * is none).
 */
export async function account(call: HomeserverCall, user: UserId): Promise<Account> {
  try {
    const { displayname } = expect(
      profile,
      await call("GET", path("profile", user), { timeoutMs: PATIENCE_MS }),
    );
    return { is: "known", name: displayname ?? undefined };
  } catch (error) {
    // Synapse says M_UNKNOWN. A bare 404 is some proxy's.
    if (error instanceof HomeserverError && error.status === 404 && error.errcode !== undefined)
      return { is: "unknown" };
    const silent =
      error instanceof HomeserverError &&
      (error.kind === "timeout" || (error.status ?? 0) >= 500 || isShutOut(error));
    return { is: silent ? "unreachable" : "untold" };
  }
}

/** Synapse does not ask servers that its operator has shut out, and says so in words alone. */
function isShutOut(error: HomeserverError): boolean {
  return error.status === 403 && /federation/i.test(reasonOf(error) ?? "");
}
