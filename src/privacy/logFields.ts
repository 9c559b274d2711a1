import type { LogFields } from "../kernel/log.ts";
import type { DataRecord } from "./record.ts";
import { LOG } from "./records/log.ts";

/** What each field of a log line is: a new one does not compile until it is named here. The log itself is below this floor. */
export const LOG_FIELDS: Readonly<Record<keyof LogFields, DataRecord>> = {
  what: LOG,
  who: LOG,
  where: LOG,
  command: LOG,
  code: LOG,
  status: LOG,
  reference: LOG,
  count: LOG,
  ms: LOG,
  stack: LOG,
};
