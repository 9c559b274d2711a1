/** What the template `mark` is filled with: a line, and marks under a part of it, or after it where that is empty. */
export function mark(
  line: string,
  part: string,
): { readonly line: string; readonly caret: string } {
  const at = part === "" ? line.length : line.lastIndexOf(part);
  return { line, caret: " ".repeat(at) + "^".repeat(Math.max(1, part.length)) };
}
