/** A length of time as people say it. A month is one of the calendar, in UTC. */
export type Duration =
  { readonly minutes: number } | { readonly days: number } | { readonly months: number };

/** "30 days". */
export function durationInWords(length: Duration): string {
  const [[unit, count] = ["", 0]] = Object.entries<number>(length);
  return `${String(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
