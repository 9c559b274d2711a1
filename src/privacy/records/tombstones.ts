import { defineRecord } from "../record.ts";

export const TOMBSTONE = defineRecord({
  id: "D18",
  title:
    "That somebody was erased: a keyed hash of their id, when, and of less than all which kind, and keyed hashes of the room and the thing; in a file beside the data directory. In that directory stands how many of these it has seen",
  layer: "manager",
  purpose: "erase again what a restored backup brings back",
  basis: "legal obligation",
  necessity: "a backup that is older than an erasure holds what was erased",
  recipients: "nobody",
  retention: {
    for: { days: 60 },
    sweep: "tombstones",
    late: { goOn: "a backup would bring back who was erased" },
  },
  inExport: "statement",
  onErasure: "is-its-trace",
  notes: {
    retention:
      "30 days longer than a backup may be kept. The hash can be made anew only by who has the id and the key in the data directory",
  },
  told: "person",
});
