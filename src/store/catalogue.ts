import { z } from "zod";
import { held, notAbout } from "../privacy/fields.ts";
import { CATALOGUE } from "../privacy/records/operators.ts";
import { defineDocument } from "./documents.ts";

/** By kind and id, what operators have said differently by command; entries that the configuration does not have are whole. Accounts in it are bots. */
const changes = notAbout(
  z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
);

/** What operators changed in the catalogue by command, beside the configuration; one document, id `self`. Who changed it, the audit trail says. */
export const catalogueDocument = defineDocument({
  kind: "catalogue",
  version: 2,
  shape: { changes: held(CATALOGUE, changes) },
  empty: () => ({ changes: {} }),
  // Version 1 had a list for each of the two kinds that there were.
  migrations: {
    1: (old) => {
      const { widgets, bots } = old as { readonly widgets: unknown; readonly bots: unknown };
      return { changes: { widget: widgets, bot: bots } };
    },
  },
});
