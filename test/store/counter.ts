import { z } from "zod";
import type { DocumentType } from "../../src/store/documents.ts";

/** What `writer.ts` counts in. */
export const counter: DocumentType<{ readonly n: number; readonly filler: string }> = {
  kind: "counter",
  version: 1,
  schema: z.strictObject({ n: z.number(), filler: z.string() }),
  empty: () => ({ n: 0, filler: "" }),
  migrations: {},
  people: () => [],
};

export const IDS: readonly string[] = ["a", "b", "c", "d"];
