import { defineRecord } from "../record.ts";

/** What people ask of the operators themselves, and what became of it. */

export const CASE = defineRecord({
  id: "D22",
  title:
    "That somebody wrote to the operators about their data or the service: who, of which kind, when, until when it must be answered, how it ended",
  layer: "manager",
  purpose: "have everything answered in time, and show afterwards that it was",
  basis: "legal obligation",
  necessity: "nobody would know what is to be answered, by when, and whether it was",
  recipients: "operators",
  retention: {
    for: { months: 36 },
    sweep: "cases",
    late: {
      goOn: "a right would be refused because something about somebody else was not deleted",
    },
  },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    retention: "from its end on; one that is open stays",
    onErasure: "its kind, its dates and how it ended stay; an open one ends",
  },
  told: "room",
});

export const CASE_WORDS = defineRecord({
  id: "D22-words",
  title: "What somebody wrote to the operators, in their own words, and what they were answered",
  layer: "manager",
  purpose: "have the operators read it, and answer",
  basis: "legal obligation",
  necessity: "a question that nobody can read gets no answer",
  recipients: "operators",
  retention: {
    for: { months: 36 },
    sweep: "cases",
    late: {
      goOn: "a right would be refused because something about somebody else was not deleted",
    },
  },
  inExport: "full",
  onErasure: "delete",
  notes: { retention: "from the end of the case on" },
  told: "room",
});

export const DISCLOSURE = defineRecord({
  id: "D21",
  title:
    "That something about somebody was given to others: on which of four grounds, when, to whom, what of it",
  layer: "manager",
  purpose: "answer for it afterwards, to whoever it was about",
  basis: "legal obligation",
  necessity: "nobody could tell afterwards what was given to whom, and why",
  recipients: "operators",
  retention: {
    for: { months: 36 },
    sweep: "disclosures",
    late: { goOn: "what is told to an authority would leave no trace" },
  },
  inExport: "full",
  onErasure: "forget-name",
  notes: {
    inExport: "not what the law forbids to tell",
    onErasure: "what the law forbids to tell keeps its name until then",
  },
  told: "person",
});
