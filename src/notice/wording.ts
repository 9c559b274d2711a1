import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** One version of the words of the notice, as Usher brings them, whoever runs it. */
const wordingSchema = z.strictObject({
  version: z.int().positive(),
  date: z.iso.date(),
  /** What is new in it, in one line. */
  changed: z.string().min(1).max(300),
  /** Of its text, which `docs/notices` keeps. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Wording = z.infer<typeof wordingSchema>;

/** Where they are listed, for a language. */
export function wordingsFile(language: string): string {
  return fileURLToPath(new URL(`../../templates/${language}/notice/history.json`, import.meta.url));
}

/** All versions of the words in a language, newest first (R10, R82). Throws where the list is not as it should be: a start with a history that lies is worse than none. */
export function readWordings(language: string): readonly [Wording, ...Wording[]] {
  return z
    .tuple([wordingSchema], wordingSchema)
    .parse(JSON.parse(readFileSync(wordingsFile(language), "utf8")));
}
