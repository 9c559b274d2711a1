import { nodeFiles } from "../files/files.ts";
import { UsherError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { accountDocument } from "./account.ts";
import type { Documents } from "./documents.ts";
import { openDocuments, type DocumentsOptions, type Quarantined } from "./lowdbDocuments.ts";
import { refuseNewer } from "./newer.ts";

/**
 * Opens the data directory, and sees whether the one document without which Usher would forget where it was can be read.
 * Rejects as `openDocuments` does, with `data-directory-newer`, with `account-unreadable`, and with an error of the system for which `storeFault` has a name.
 */
export async function openStore(options: DocumentsOptions): Promise<Documents> {
  const damaged: Quarantined[] = [];
  const documents = await openDocuments({
    ...options,
    onQuarantine: (found) => {
      options.onQuarantine(found);
      if (found.kind === accountDocument.kind) damaged.push(found);
    },
  });
  try {
    await refuseNewer(nodeFiles, options.dir);
    await documents.get(accountDocument, "self");
    const [account] = damaged;
    if (account !== undefined)
      throw new UsherError("account-unreadable", { dir: options.dir, file: account.file });
    return documents;
  } catch (error) {
    await documents.close();
    throw error;
  }
}

/** Tells the log of documents that are put aside. */
export function logQuarantined(log: Log): DocumentsOptions["onQuarantine"] {
  return ({ kind, reason }) => {
    log.error({ class: "ops", what: `document.quarantined.${kind}`, code: reason });
  };
}

const FAULTS: readonly string[] = ["data-directory-key-missing", "account-unreadable"];
const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];
const SQLITE_FULL = 13;

/**
 * What is wrong with the data directory, where a start failed because what is stored there cannot be read or written; undefined where it failed for
 * another reason. Errors of the system that name a file in it become `data-directory-unreadable` or `data-directory-full`, also as the cause of what
 * nobody was prepared for.
 */
export function storeFault(error: unknown, dir: string): UsherError | undefined {
  if (error instanceof UsherError) {
    if (FAULTS.includes(error.code)) return error;
    if (isFullSqlite(error.cause))
      return new UsherError(
        "data-directory-full",
        { ...error.view, dir, code: "SQLITE_FULL" },
        { cause: error },
      );
    return error.code === "unexpected" ? storeFault(error.cause, dir) : undefined;
  }
  if (!(error instanceof Error) || !("path" in error) || !("code" in error)) return undefined;
  const { path, code } = error;
  if (typeof path !== "string" || typeof code !== "string" || !path.startsWith(dir))
    return undefined;
  const view = { dir, file: path, code };
  return new UsherError(
    FULL.includes(code) ? "data-directory-full" : "data-directory-unreadable",
    view,
    { cause: error },
  );
}

function isFullSqlite(cause: unknown): boolean {
  return cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_FULL;
}
