import type { Phrase } from "./wording.ts";

/** Phrases of a refusal, all with the same advice, or with none. */
export function refused(
  advice: string | undefined,
  ...lines: readonly string[]
): readonly Phrase[] {
  return lines.map((line) =>
    advice === undefined ? { line, means: "refused" } : { line, means: "refused", advice },
  );
}
