import { z } from "zod";
import { held } from "../../src/privacy/fields.ts";
import { ACCOUNT } from "../../src/privacy/records/account.ts";
import { defineDocument } from "../../src/store/documents.ts";

/** What `writer.ts` counts in. */
export const counter = defineDocument({
  kind: "counter",
  version: 1,
  shape: { n: held(ACCOUNT, z.number()), filler: held(ACCOUNT, z.string()) },
  empty: () => ({ n: 0, filler: "" }),
  migrations: {},
});

export const IDS: readonly string[] = ["a", "b", "c", "d"];
