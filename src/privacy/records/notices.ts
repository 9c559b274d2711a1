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
