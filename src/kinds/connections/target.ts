import type { ConnectionRecord } from "./records.ts";
import type { SortId } from "./sorts.ts";

/** What a room is to be connected with: as a record keeps it. */
export type Target = Pick<ConnectionRecord, "key" | "name" | "label" | "until" | "url"> & {
  readonly entry: SortId;
};
