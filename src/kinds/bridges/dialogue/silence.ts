import { UsherError } from "../../../kernel/errors.ts";
import type { Reply } from "./dialogues.ts";

/** Whether nothing at all was said. */
export function isSilence(reply: Reply): boolean {
  return reply.is === "unclear" && reply.lines.length === 0;
}

/** Whether this says that a bridge did not answer, or its bot does not come. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof UsherError && ["bridge-silent", "bridge-absent"].includes(error.code);
}
