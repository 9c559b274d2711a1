import type { RoomId, UserId } from "../kernel/ids.ts";
import type { LogFields, Pseudonym } from "../kernel/log.ts";
import type { DataRecord } from "./record.ts";
import { LOG } from "./records/log.ts";

/** What a field can hold, which its type decides: what stands for a person or a room cannot be declared as anything else. */
type Holds<T> = [T] extends [Pseudonym<UserId>]
  ? "a person's pseudonym"
  : [T] extends [Pseudonym<RoomId>]
    ? "a room's pseudonym"
    : [T] extends [number]
      ? "a number"
      : "words of Usher's own";

/** What each field of a log line is: a new one does not compile until it is named here. The log itself is below this floor. */
export const LOG_FIELDS: {
  readonly [F in keyof LogFields]-?: {
    readonly record: DataRecord;
    readonly holds: Holds<NonNullable<LogFields[F]>>;
  };
} = {
  class: { record: LOG, holds: "words of Usher's own" },
  what: { record: LOG, holds: "words of Usher's own" },
  who: { record: LOG, holds: "a person's pseudonym" },
  where: { record: LOG, holds: "a room's pseudonym" },
  command: { record: LOG, holds: "words of Usher's own" },
  code: { record: LOG, holds: "words of Usher's own" },
  status: { record: LOG, holds: "a number" },
  reference: { record: LOG, holds: "words of Usher's own" },
  count: { record: LOG, holds: "a number" },
  ms: { record: LOG, holds: "a number" },
  stack: { record: LOG, holds: "words of Usher's own" },
};
