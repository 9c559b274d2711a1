/** The age identity in a file as `age-keygen` writes it: a line of its own, with remarks above. The whole text where there is no such line. */
export function identityIn(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.find((line) => line.startsWith("AGE-SECRET-KEY-")) ?? text.trim();
}
