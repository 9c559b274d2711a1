import { digest } from "../kernel/ids.ts";
import type { Once } from "./port.ts";

/**
 * The same step of the same cause is the same transaction, before a crash and after it. The kind is part of it, since homeservers
 * know transactions by room and id, whatever the type.
 */
export function transaction(kind: string, { cause, step }: Once): string {
  return digest(kind, cause, step);
}
