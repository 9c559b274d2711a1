import { z } from "zod";

/** A JSON file of an export as JSON Schema (draft 2020-12), for whoever reads such files by program (R31, R38). */
export function exportSchema(schema: z.ZodType): string {
  return JSON.stringify(z.toJSONSchema(schema));
}
