import { inCell } from "./cells.ts";

/** What a spreadsheet takes for the beginning of a formula, also as the wide forms that some of them know. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Excel reads a file as UTF-8 only where it begins with this. */
const BYTE_ORDER_MARK = "\ufeff";
const END = "\r\n";

/** The first line of a file: its columns. */
export function csvHead(columns: readonly string[]): string {
  return BYTE_ORDER_MARK + csvLine(columns);
}

/**
 * One line (RFC 4180), each cell in quotation marks. Text that a spreadsheet would run as a formula has an apostrophe before it, which makes it text
 * (OWASP, "CSV Injection"); a number cannot be one.
 */
export function csvLine(cells: readonly unknown[]): string {
  return cells.map(csvCell).join(",") + END;
}

function csvCell(value: unknown): string {
  const text = inCell(value).toWellFormed();
  const harmless = typeof value !== "number" && FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
