import { offeredIds } from "../../integrations/catalogue.ts";
import { UsherError } from "../../kernel/errors.ts";
import { nearest } from "../../kernel/nearest.ts";
import type { BridgeEntry } from "./config.ts";

/** Whether a bridge is called so: by its id or its name. */
export function isCalled({ id, name }: BridgeEntry, said: string): boolean {
  return [id, name.toLowerCase()].includes(said.toLowerCase());
}

/** The bridge that is called so. Throws `bridge-unknown` and `bridge-disabled`. */
export function calledEntry(entries: readonly BridgeEntry[], said: string): BridgeEntry {
  const entry = entries.find((one) => isCalled(one, said));
  if (entry === undefined) {
    throw new UsherError("bridge-unknown", { said, nearest: nearest(said, offeredIds(entries)) });
  }
  if (!entry.enabled) throw new UsherError("bridge-disabled", { name: entry.name });
  return entry;
}
