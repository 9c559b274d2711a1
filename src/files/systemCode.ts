/** What the system calls an error, as "ENOSPC"; "unknown" where it is none of the system's. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
}
