import { accountDocument } from "../store/account.ts";
import type { Documents } from "../store/documents.ts";
import type { SyncMark } from "./settle.ts";

/** Where the last run stopped hearing; undefined before the first sync. */
export async function loadSyncMark(documents: Documents): Promise<SyncMark | undefined> {
  const account = await documents.get(accountDocument, "self");
  return account?.syncToken === undefined
    ? undefined
    : { token: account.syncToken, heardAt: account.syncedAt ?? 0 };
}

/** Resolves when it is durable. */
export async function saveSyncMark(
  documents: Documents,
  { token, heardAt }: SyncMark,
): Promise<void> {
  await documents.update(accountDocument, "self", (account) => ({
    ...account,
    syncToken: token,
    syncedAt: heardAt,
  }));
}
