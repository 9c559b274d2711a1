import { defineRecord } from "../record.ts";

export const NOTICE_VERSIONS = defineRecord({
  id: "D25",
  title:
    "The versions of the privacy notice: number, day, text, hash, what was new, who answered for the data then; nobody's id. Who was told of which is in D1",
  layer: "manager",
  purpose: "show which notice held when, and tell people of a new one",
  basis: "no personal data",
  necessity: "nobody could say afterwards what people had been told",
  recipients: "room",
  retention: { until: ["uninstalled"] },
  inExport: "none",
  onErasure: "nothing",
});

export const ARTICLE30_FILE = defineRecord({
  id: "D25-article30",
  title:
    "The record of processing that an operator asked for as a file: what kinds of data there are, and nothing of anybody",
  layer: "homeserver",
  purpose: "let operators show what is done with data",
  basis: "no personal data",
  necessity: "the law asks whoever processes data for such a record",
  recipients: "operators",
  retention: { by: "homeserver" },
  inExport: "none",
  onErasure: "nothing",
});
