import { defineRecord } from "../record.ts";

export const AUDIT = defineRecord({
  id: "D19",
  title:
    "What operators had Usher do: who, which command, the ids it was about, when; no message text",
  layer: "manager",
  purpose: "show afterwards who did what",
  basis: "legitimate interest",
  necessity: "operators can act in rooms that are not theirs, and answer for it",
  recipients: "operators",
  retention: { for: { months: 12 }, sweep: "audit" },
  inExport: "about-person",
  onErasure: "pseudonymise",
  notes: { inExport: "operators shown as such" },
  told: "operators",
});

export const AUDIT_FILE = defineRecord({
  id: "D19-file",
  title:
    "A file with records of D19 that an operator asked for, in the operators' room or a direct chat; encrypted where the room is",
  layer: "homeserver",
  purpose: "let operators see who did what, all of it and not only the last lines",
  basis: "legitimate interest",
  necessity:
    "the records are of use to operators only if they can read them, and no message holds a year of them",
  recipients: "operators",
  retention: { by: "homeserver" },
  inExport: "pointer",
  onErasure: "tell-operators",
  notes: {
    retention:
      "the message until somebody redacts it, the file as long as the media repository keeps it. Usher redacts neither; an encrypted file cannot be opened once its message is redacted",
    inExport: "that such files may lie in the operators' rooms",
    onErasure: "a file sent before keeps the person's id",
  },
  told: "operators",
});

export const CATALOGUE = defineRecord({
  id: "D28-catalogue",
  title: "What operators changed in the catalogue of widgets and bots by command",
  layer: "manager",
  purpose: "offer in rooms what the operators want to offer",
  basis: "no personal data",
  necessity: "a change would be lost at the next start",
  recipients: "room",
  retention: { until: ["catalogue-changed"] },
  inExport: "none",
  onErasure: "nothing",
});

export const SETTINGS = defineRecord({
  id: "D28-settings",
  title: "The configuration that the set-up writes, with the operators' Matrix IDs",
  layer: "manager",
  purpose: "know who may give operators' commands",
  basis: "legitimate interest",
  necessity: "Usher could not tell its operators from anybody else",
  recipients: "operators",
  retention: { until: ["uninstalled"] },
  inExport: "about-person",
  onErasure: "tell-operators",
  notes: { retention: "or the operators change the file" },
  told: "operators",
});

export const PUT_ASIDE = defineRecord({
  id: "D28-put-aside",
  title: "Stored documents that could not be read any more, put aside whole as they were",
  layer: "manager",
  purpose: "let operators repair what a fault of the disk or of Usher has damaged",
  basis: "legitimate interest",
  necessity: "a damaged document may be all that is left of what people had set up",
  recipients: "operators",
  retention: { until: ["uninstalled"] },
  inExport: "pointer",
  onErasure: "tell-operators",
  notes: { retention: "or the operators remove the file" },
  told: "operators",
});
