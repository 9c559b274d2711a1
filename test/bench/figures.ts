/** Measured times, ms. */
export type Times = readonly number[];

/** The value below which this part of the times lies: 0.5 for the median. */
function quantile(times: Times, part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export const median = (times: Times): number => quantile(times, 0.5);

/** A row of the table that is printed: two sides of one thing, and how they compare. */
export interface Row {
  readonly what: string;
  readonly usher: string;
  readonly beside: string;
  readonly ratio: string;
  readonly target: string;
}

export function ms(time: number): string {
  return `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms`;
}

/** Usher's times beside the others', at one quantile. `most` is the ratio to keep below. */
export function compared(
  what: string,
  usher: Times,
  beside: Times,
  part: number,
  most: number | undefined,
): Row {
  const [own, other] = [quantile(usher, part), quantile(beside, part)];
  const target = most === undefined ? "" : `≤ ${most.toFixed(2)}`;
  return { what, usher: ms(own), beside: ms(other), ratio: (own / other).toFixed(2), target };
}

/** A Markdown table. */
export function table(rows: readonly Row[]): string {
  const head: Row = {
    what: "measured",
    usher: "Usher",
    beside: "beside it",
    ratio: "ratio",
    target: "target",
  };
  const keys = ["what", "usher", "beside", "ratio", "target"] as const;
  const width = (key: (typeof keys)[number]): number =>
    Math.max(...[head, ...rows].map((row) => row[key].length), 3);
  const line = (row: Row): string =>
    `| ${keys.map((key) => row[key].padEnd(width(key))).join(" | ")} |`;
  const rule = `| ${keys.map((key) => "-".repeat(width(key))).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
