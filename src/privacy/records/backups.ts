import { defineRecord } from "../record.ts";

export const BACKUP = defineRecord({
  id: "D27",
  title:
    "Backups of the data directory, sealed for whom the operator names: all that is kept in documents, and apart from it the keys of what people gave Usher to keep",
  layer: "manager",
  purpose: "bring the service back where its disk is lost",
  basis: "legitimate interest",
  necessity: "what is in rooms because of Usher could be neither found nor removed any more",
  recipients: "nobody",
  retention: { for: { days: 30 }, sweep: "backups", late: "stop" },
  inExport: "statement",
  onErasure: "ages-out",
  notes: {
    retention:
      "at most; the operator can set less. The keys of what people gave Usher to keep go after 7 days",
    onErasure: "what is restored from one is erased again before Usher answers anybody",
  },
  told: "person",
});
