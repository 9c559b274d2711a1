import { digest } from "../kernel/ids.ts";

/** Which thing a sending call is: what caused it (the command's event id, mostly) and which step of that it is. */
export interface Once {
  readonly cause: string;
  readonly step: string;
}

/**
 * The same step of the same cause is the same transaction, before a crash and after it. The kind is part of it, since homeservers
 * know transactions by room and id, whatever the type.
 */
export function transaction(kind: string, { cause, step }: Once): string {
  return digest(kind, cause, step);
}
