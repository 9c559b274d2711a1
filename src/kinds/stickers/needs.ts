import type { Need } from "../../matrix/power.ts";
import { PACK_TYPES } from "./state.ts";

/** What it takes to write a pack, in both of its copies. */
export function packNeeds(key?: string): readonly Need[] {
  return PACK_TYPES.map((type) => ({ kind: "state", type, ...(key === undefined ? {} : { key }) }));
}
