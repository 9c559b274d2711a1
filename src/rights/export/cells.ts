/** Numbers that are times: of this millennium, in ms since the epoch. Nothing else that Usher stores is as large. */
const FIRST_TIME = 946_684_800_000;
const LAST_TIME = 32_503_680_000_000;

/** A value as people read it in a cell: a time in UTC, nothing for what is not there, what has parts as JSON. */
export function inCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" && value >= FIRST_TIME && value < LAST_TIME)
    return new Date(value).toISOString();
  return JSON.stringify(value);
}

/** What a thing consists of, by the names of its fields; what has none is one `value`. */
export function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as Readonly<Record<string, unknown>>)
    : { value: data };
}

/** Every single value in a thing, with where it stands: `before.url`. */
export function leaves(
  data: unknown,
  path = "",
): readonly (readonly [path: string, value: unknown])[] {
  if (typeof data !== "object" || data === null) return [[path === "" ? "value" : path, data]];
  return Object.entries(data).flatMap(([key, inner]) =>
    leaves(inner, path === "" ? key : `${path}.${key}`),
  );
}
