import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { Identity } from "./port.ts";
import { expect } from "./roomReader.ts";

/** Their own server is asked in between, and may hang; ms. */
const PATIENCE_MS = 10_000;

const answer = z.object({
  master_keys: z.record(z.string(), z.unknown()).optional(),
  failures: z.record(z.string(), z.unknown()).optional(),
});
const ED25519 = /^ed25519:/;
const masterKey = z.object({
  user_id: z.string(),
  usage: z.array(z.string()),
  keys: z.record(z.string(), z.string()),
});

/**
 * Who somebody is by their cross-signing (Matrix specification, `POST /keys/query`): as their homeserver says at this moment, whatever was known before.
 * Rejects with a `HomeserverError`.
 */
export async function identityOf(call: HomeserverCall, user: UserId): Promise<Identity> {
  const body = { device_keys: { [user]: [] }, timeout: PATIENCE_MS };
  const { master_keys = {}, failures = {} } = expect(
    answer,
    await call("POST", path("keys", "query"), { body }),
  );
  const found = masterKey.safeParse(master_keys[user]).data;
  if (found === undefined && Object.keys(failures).length > 0) return { is: "unreachable" };
  if (found?.user_id !== user || !found.usage.includes("master")) return { is: "none" };
  const [, key] = Object.entries(found.keys).find(([id]) => ED25519.test(id)) ?? [];
  return key === undefined ? { is: "none" } : { is: "known", masterKey: key };
}
