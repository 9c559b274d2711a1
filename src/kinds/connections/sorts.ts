import { declareState, type StateType } from "../../privacy/declared.ts";
import { CONNECTION_STATE } from "./dataMap.ts";

/** What hookshot can do in a room, by the id under which people find it in the catalogue. */
export type SortId = "feed";

/** One sort of connection, as hookshot 7.4 has it. */
export interface Sort {
  readonly id: SortId;
  /** The type of its state events; the key is the address or the name of the thing. */
  readonly type: StateType;
  /** What hookshot's API calls it in its list of connections, and among what is switched on. */
  readonly service: string;
}

export const FEED: Sort = {
  id: "feed",
  type: declareState("uk.half-shot.matrix-hookshot.feed", CONNECTION_STATE),
  service: "feeds",
};

const SORTS: readonly Sort[] = [FEED];

export function sortOf(entry: string): Sort | undefined {
  return SORTS.find(({ id }) => id === entry);
}

export function sortOfType(type: string): Sort | undefined {
  return SORTS.find((sort) => sort.type === type);
}
