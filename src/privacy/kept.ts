import { DAY_MS, MINUTE_MS } from "../kernel/days.ts";
import type { Duration } from "./duration.ts";
import type { DataRecord, Lasting } from "./record.ts";

/** How long what this record is about is kept; ms. */
export function keptMs(
  record: DataRecord<
    Lasting & { readonly for: { readonly minutes: number } | { readonly days: number } }
  >,
): number {
  const { for: length } = record.retention;
  return "days" in length ? length.days * DAY_MS : length.minutes * MINUTE_MS;
}

/** From when on things are kept at this moment, both ms since the epoch: what is older has been kept long enough. */
export function keptSince(record: DataRecord<Lasting>, now: number): number {
  return sinceWhen(record.retention.for, now);
}

/** The moment that lies this long before `now`; both ms since the epoch. */
export function sinceWhen(length: Duration, now: number): number {
  if ("minutes" in length) return now - length.minutes * MINUTE_MS;
  if ("days" in length) return now - length.days * DAY_MS;
  const since = new Date(now);
  since.setUTCMonth(since.getUTCMonth() - length.months);
  return since.getTime();
}
