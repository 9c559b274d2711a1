import { defineRecord } from "../record.ts";

/** What is kept about somebody as long as anything else is. */

export const PERSON = defineRecord({
  id: "D1",
  title:
    "Somebody about whom Usher keeps something: their id, the days of their first and last use, the language, the version of the notice they know, the public key of their identity (cross-signing master key) as Usher first saw it, when they were warned that it goes unused",
  layer: "manager",
  purpose: "know whose records these are, and notice when somebody else comes by the id",
  basis: "legitimate interest",
  necessity: "an id can pass to somebody else, who must not be handed what is about another",
  recipients: "nobody",
  retention: {
    for: { days: 30 },
    sweep: "people",
    late: { goOn: "whoever comes by an id later could not be told from whom it was" },
  },
  inExport: "full",
  onErasure: "delete-last",
  notes: { retention: "the days count from when nothing else is kept about them" },
  told: "person",
});
