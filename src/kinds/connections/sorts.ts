import { HOUR_MS } from "../../kernel/days.ts";
import type { Content } from "../../matrix/port.ts";
import { declareState, type StateType } from "../../privacy/declared.ts";
import { CONNECTION_STATE } from "./dataMap.ts";

/** What hookshot can do in a room, by the id under which people find it in the catalogue. */
export type SortId = "feed" | "webhook";

/** What is said of a connection before it is there. */
export interface Details {
  /** As people know it: an address, or a name. */
  readonly key: string;
  /** What the room reads in front of a feed's news. */
  readonly label?: string | undefined;
  /** Until when it works; ms since the epoch. */
  readonly until?: number | undefined;
  /** Where what is said in the room goes. */
  readonly url?: string | undefined;
}

/** One sort of connection, as hookshot 7.4 has it. */
export interface Sort {
  readonly id: SortId;
  /** The type of its state events. */
  readonly type: StateType;
  /** What hookshot's API calls it in its list of connections. */
  readonly service: string;
  /** The same among what is switched on there (`config/sections`). */
  readonly section: string;
  /** The field of what hookshot says of it that is its state key too. */
  readonly keyField: "url" | "name";
  /** What whoever has it can act with, and only one person is to get: by which name hookshot hands it out. */
  readonly secret?: "url";
  /** An account named after it comes into the room, invited by the bot. */
  readonly ghosts?: true;
  /** What the API is told. */
  config(details: Details): Content;
  /** What is typed behind `!hookshot`, word by word. `now`: ms since the epoch. */
  words(details: Details, now: number): readonly string[];
}

export const FEED: Sort = {
  id: "feed",
  type: declareState("uk.half-shot.matrix-hookshot.feed", CONNECTION_STATE),
  service: "feeds",
  section: "feeds",
  keyField: "url",
  config: ({ key, label }) => ({ url: key, ...(label === undefined ? {} : { label }) }),
  words: ({ key, label }) => ["feed", key, ...(label === undefined ? [] : [label])],
};

export const WEBHOOK: Sort = {
  id: "webhook",
  type: declareState("uk.half-shot.matrix-hookshot.generic.hook", CONNECTION_STATE),
  service: "generic",
  section: "generic",
  keyField: "name",
  secret: "url",
  ghosts: true,
  config: ({ key, until }) => ({
    name: key,
    ...(until === undefined ? {} : { expirationDate: new Date(until).toISOString() }),
  }),
  // It takes a length of time where the API takes a date.
  words: ({ key, until }, now) => [
    ...["webhook", key],
    ...(until === undefined ? [] : [`${String(Math.ceil((until - now) / HOUR_MS))}h`]),
  ],
};

const SORTS: readonly Sort[] = [FEED, WEBHOOK];

export function sortOf(entry: string): Sort | undefined {
  return SORTS.find(({ id }) => id === entry);
}

export function sortOfType(type: string): Sort | undefined {
  return SORTS.find((sort) => sort.type === type);
}
