import type { UserId } from "../kernel/ids.ts";
import type { AccountDataType } from "../privacy/declared.ts";
import { path, type HomeserverCall } from "./client.ts";
import type { Content } from "./port.ts";

/** What Usher's account data of a type is, unchecked. Rejects with a `HomeserverError`, also where there is none. */
export function readAccountData(call: HomeserverCall, me: UserId, type: string): Promise<unknown> {
  return call("GET", path("user", me, "account_data", type));
}

/** The only way account data is written: the type is one of the data map. Rejects with a `HomeserverError`. */
export async function writeAccountData(
  call: HomeserverCall,
  me: UserId,
  type: AccountDataType,
  body: Content,
): Promise<void> {
  await call("PUT", path("user", me, "account_data", type), { body });
}
