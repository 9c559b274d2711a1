import { z } from "zod";
import { held, notAbout } from "../privacy/fields.ts";
import { CATALOGUE } from "../privacy/records/operators.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";

/** By id, what operators have said differently by command; entries that the configuration does not have are whole. Accounts in it are bots. */
const changes = notAbout(z.record(z.string(), z.record(z.string(), z.unknown())));

/** What operators changed in the catalogue by command, beside the configuration; one document, id `self`. Who changed it, the audit trail says. */
export const catalogueDocument = defineDocument({
  kind: "catalogue",
  version: 1,
  shape: { widgets: held(CATALOGUE, changes), bots: held(CATALOGUE, changes) },
  empty: () => ({ widgets: {}, bots: {} }),
  migrations: {},
});

export type CatalogueDocument = DocumentOf<typeof catalogueDocument>;
