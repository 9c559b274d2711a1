/** The exceptions of IndexedDB 3.0 that this store throws or reports. */
type ExceptionName =
  | "AbortError"
  | "ConstraintError"
  | "DataCloneError"
  | "DataError"
  | "InvalidAccessError"
  | "InvalidStateError"
  | "NotFoundError"
  | "NotSupportedError"
  | "QuotaExceededError"
  | "ReadOnlyError"
  | "SyntaxError"
  | "TransactionInactiveError"
  | "UnknownError"
  | "VersionError";

/** An exception as callers of IndexedDB expect it; `cause` keeps what lay beneath. */
export function exception(name: ExceptionName, message: string, cause?: unknown): DOMException {
  return new DOMException(message, cause === undefined ? { name } : { name, cause });
}

const sqliteFull = 13;

/** What a failed operation reports: a DOMException as it is, SQLite's errors as the specification names them. */
export function asException(error: unknown): DOMException {
  if (error instanceof DOMException) return error;
  const full = error instanceof Error && "errcode" in error && error.errcode === sqliteFull;
  return exception(
    full ? "QuotaExceededError" : "UnknownError",
    error instanceof Error ? error.message : String(error),
    error,
  );
}
