import { defineRecord } from "../record.ts";

/** What it takes to do what a person has a right to, and to show that it was done. */

export const ERASURE = defineRecord({
  id: "D16",
  title:
    "That somebody asked to be erased: who, in which room, when, how far it is; of the word that confirms it and of the device that asked a hash, of the receipt its secret until they have it; what operators are to erase by hand",
  layer: "manager",
  purpose: "erase after a confirmation, also after a crash",
  basis: "legal obligation",
  necessity: "nothing may be erased by mistake, and what was begun must be finished",
  recipients: "nobody",
  retention: { for: { days: 3 }, sweep: "erasures", late: { goOn: "nobody could be erased" } },
  inExport: "if-present",
  onErasure: "delete-last",
  notes: {
    retention:
      "a question that nobody confirms goes after 10 minutes; where something cannot be erased, until it can",
  },
  told: "room",
});

export const BY_HAND = defineRecord({
  id: "D3-by-hand",
  title:
    "What an integration itself keeps about whoever added it, where the catalogue says that only the operators can erase it",
  layer: "integration",
  purpose: "do what it was added for",
  basis: "legitimate interest",
  necessity: "some of what can be added keeps settings of its own, and has no way to erase them",
  recipients: "operators",
  retention: { until: ["by-hand"] },
  inExport: "pointer",
  onErasure: "by-hand",
  notes: { inExport: "which integrations these are, and in which rooms" },
  told: "room",
});

export const HAND_WORK = defineRecord({
  id: "D16-by-hand",
  title:
    "What operators have still to erase by hand of somebody who asked for it: who, since when, of which integrations, in which rooms",
  layer: "manager",
  purpose: "have it done in time, and say so to whoever asked for it",
  basis: "legal obligation",
  necessity: "nobody can erase what is about somebody without knowing about whom",
  recipients: "operators",
  retention: { until: ["by-hand"] },
  inExport: "full",
  onErasure: "delete-last",
  told: "room",
});

export const RESTRICTION = defineRecord({
  id: "D23",
  title:
    "That somebody wants nothing done with what is kept about them, or objects to some of it: who, since when, to what, the case in which it is decided",
  layer: "manager",
  purpose: "do nothing that somebody does not want",
  basis: "legal obligation",
  necessity: "it must hold until it is lifted, also after a restart",
  recipients: "operators",
  retention: { until: ["lifted"] },
  inExport: "full",
  onErasure: "delete-last",
  told: "person",
});

export const RECEIPT = defineRecord({
  id: "D17",
  title:
    "The receipt of an erasure: when, how much of which record, what is left; a hash of its secret, and nobody's id",
  layer: "manager",
  purpose: "show afterwards that an erasure was done",
  basis: "no personal data",
  necessity: "nobody could check it when everything else is gone",
  recipients: "nobody",
  retention: {
    for: { months: 36 },
    sweep: "receipts",
    late: { goOn: "nobody could check what became of an erasure" },
  },
  inExport: "none",
  onErasure: "nothing",
  notes: { retention: "only who has the secret can read it" },
});

export const UNDERAGE = defineRecord({
  id: "D24",
  title: "A keyed hash of whoever was reported to be younger than the minimum age; no age, no name",
  layer: "manager",
  purpose: "set nothing up for them",
  basis: "legal obligation",
  necessity: "they could begin anew right after all about them was erased",
  recipients: "nobody",
  retention: {
    for: { months: 36 },
    sweep: "underage",
    late: { goOn: "things would be set up for somebody who is too young" },
  },
  inExport: "statement",
  onErasure: "is-its-trace",
  told: "person",
});
