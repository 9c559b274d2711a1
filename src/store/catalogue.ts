import { z } from "zod";
import type { DocumentType } from "./documents.ts";

/** By id, what operators have said differently by command; entries that the configuration does not have are whole. */
const changes = z.record(z.string(), z.record(z.string(), z.unknown()));

const schema = z.strictObject({ widgets: changes, bots: changes });

export type CatalogueDocument = z.infer<typeof schema>;

/** What operators changed in the catalogue by command, beside the configuration; one document, id `self`. Who changed it, the audit trail says. */
export const catalogueDocument: DocumentType<CatalogueDocument> = {
  kind: "catalogue",
  version: 1,
  schema,
  empty: () => ({ widgets: {}, bots: {} }),
  migrations: {},
  people: () => [],
};
