import { z } from "zod";
import type { DocumentType } from "./documents.ts";

/** By kind and id, what operators have said differently by command; entries that the configuration does not have are whole. */
const schema = z.strictObject({
  changes: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});

type CatalogueDocument = z.infer<typeof schema>;

/** What operators changed in the catalogue by command, beside the configuration; one document, id `self`. Who changed it, the audit trail says. */
export const catalogueDocument: DocumentType<CatalogueDocument> = {
  kind: "catalogue",
  version: 2,
  schema,
  empty: () => ({ changes: {} }),
  // Version 1 had a list for each of the two kinds that there were.
  migrations: {
    1: (old) => {
      const { widgets, bots } = old as { readonly widgets: unknown; readonly bots: unknown };
      return { changes: { widget: widgets, bot: bots } };
    },
  },
  people: () => [],
};
