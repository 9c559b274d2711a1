import { defineRecord } from "../record.ts";

export const AUDIT = defineRecord({
  id: "D19",
  title:
    "What operators had Usher do, and at whose data they looked: who, as what, which command, the ids it was about, when, why (of a closed list); no message text",
  layer: "manager",
  purpose: "show afterwards who did what",
  basis: "legitimate interest",
  necessity: "operators can act in rooms that are not theirs, and answer for it",
  recipients: "operators",
  retention: {
    for: { months: 12 },
    sweep: "audit",
    late: { goOn: "a look at what is kept about people would leave no trace" },
  },
  inExport: "about-person",
  onErasure: "pseudonymise",
  notes: { inExport: "operators shown as such" },
  told: "operators",
});

export const AUDIT_WORD = defineRecord({
  id: "D19-word",
  title:
    "A random word for each person whom the record of D19 names, without which nobody can tell whom a link of its chain is about",
  layer: "manager",
  purpose: "show that the record is as it was written, also after somebody in it was erased",
  basis: "legitimate interest",
  necessity: "a chain over the ids themselves would break with each erasure, or keep them",
  recipients: "nobody",
  retention: { until: ["unnamed"] },
  inExport: "about-person",
  onErasure: "delete",
  notes: { inExport: "that there is one, not the word" },
  told: "operators",
});

export const AUDIT_END = defineRecord({
  id: "D19-end",
  title:
    "Where the record of D19 begins and ends: the hash of what its first link follows on, and of its last one, and when that was made; the same of ends that were found to be missing. In a file beside the data directory",
  layer: "manager",
  purpose: "show where somebody cut entries off at the beginning or the end of the record",
  basis: "no personal data",
  necessity: "what is cut off a chain at one of its ends leaves nothing in the chain itself",
  recipients: "operators",
  retention: { until: ["overwritten"] },
  inExport: "none",
  onErasure: "nothing",
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

export const SUMMARY_TOLD = defineRecord({
  id: "D35-summary",
  title: "Of which month operators were last told how many requests there were",
  layer: "manager",
  purpose: "tell them of each month once",
  basis: "no personal data",
  necessity: "they would be told anew at each start",
  recipients: "nobody",
  retention: { until: ["overwritten"] },
  inExport: "none",
  onErasure: "nothing",
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
