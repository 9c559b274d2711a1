import type { EventId } from "../../../kernel/ids.ts";
import type { Details, Sort } from "../sorts.ts";

/** Which connection is meant. */
export interface Meant {
  readonly sort: Sort;
  readonly key: string;
}

/** What a room is to be connected with. */
export interface Wanted extends Details {
  readonly sort: Sort;
  /** The command's event. */
  readonly cause: EventId;
}

/** What a room is connected with, as its state says. */
export interface Live extends Details {
  readonly sort: Sort;
  /** Its secret stands there too, for everybody. */
  readonly open: boolean;
}
