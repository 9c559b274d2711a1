/**
 * The age identities in a file as `age-keygen` writes it: each on a line of its own, with remarks above. Whoever has another key by now keeps the former one in the same
 * file. None where there is no such line.
 */
export function identitiesIn(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line.startsWith("AGE-SECRET-KEY-"));
}
