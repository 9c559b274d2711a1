/** Numbers that are times: of this millennium, in ms since the epoch. Nothing else that Usher stores is as large. */
const FIRST_TIME = 946_684_800_000;
const LAST_TIME = 32_503_680_000_000;

/** A value as people read it in a cell: a time in UTC, nothing for what is not there, what has parts as JSON. */
export function inCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (isTime(value)) return new Date(value).toISOString();
  return JSON.stringify(value, (_, one: unknown) =>
    isTime(one) ? new Date(one).toISOString() : one,
  );
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= FIRST_TIME && value < LAST_TIME;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a thing consists of, by the names of its fields; what has none is one `value`. */
export function fieldsOf(data: unknown): Fields {
  return isFields(data) ? data : { value: data };
}

/** The same with what is inside of its fields, by where it stands (`before.url`); a list is one cell. */
export function openedFields(data: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(data)).flatMap(([name, value]) => opened(name, value)),
  );
}

function opened(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (!isFields(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => opened(`${path}.${key}`, inner));
}

function isFields(data: unknown): data is Fields {
  return typeof data === "object" && data !== null && !Array.isArray(data);
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
