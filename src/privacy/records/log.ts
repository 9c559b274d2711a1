import { defineRecord } from "../record.ts";

export const LOG = defineRecord({
  id: "D13",
  title:
    "Usher's log: what happened, with keyed pseudonyms in place of people and rooms, whose key dies with the process",
  layer: "integration",
  purpose: "find faults",
  basis: "legitimate interest",
  necessity: "a failure could not be understood without it",
  recipients: "log-keeper",
  retention: { by: "log keeper", atMost: { days: 14 } },
  inExport: "statement",
  onErasure: "ages-out",
  notes: { inExport: "after a restart no line can be linked to a person" },
  told: "log",
});
