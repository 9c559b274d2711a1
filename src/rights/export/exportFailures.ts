import { mayPass } from "../../chat/retryTransient.ts";
import { UsherError } from "../../kernel/errors.ts";
import { isAborted } from "../../matrix/errors.ts";

/** Whether it failed because Usher is being stopped. */
export function isStop(error: unknown): boolean {
  return error instanceof UsherError && isAborted(error);
}

/** Whether trying again may help. */
export function passes(error: unknown): boolean {
  return !(error instanceof UsherError) || mayPass(error);
}

/** A failure in words that fit what was asked for. */
export function toldOf(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UsherError("export-disk-full", {}, { cause: error })
    : error;
}
