import { defineRecord } from "../record.ts";

/** What happened, line by line, in files that go hour by hour. Who appears there, and where, stands there under a keyed pseudonym. */

export const LOG = defineRecord({
  id: "D13",
  title:
    "Usher's log of what people and bridges have it do: what happened, with keyed pseudonyms in place of people and rooms, whose key dies with the day",
  layer: "integration",
  purpose: "find faults",
  basis: "legitimate interest",
  necessity: "a failure could not be understood without it",
  recipients: "operators",
  retention: { for: { days: 14 }, sweep: "logs", late: "stop" },
  inExport: "statement",
  onErasure: "ages-out",
  notes: {
    retention: "where the operator has it on standard error, whoever keeps that owes the same",
    inExport: "when the day is over no line can be linked to a person",
    onErasure: "the key of the day's pseudonyms is thrown away at once",
  },
  told: "log",
});

export const ACCESS_LOG = defineRecord({
  id: "D14",
  title:
    "The access log, of whoever comes over the web: nobody can so far, and nothing is written there",
  layer: "manager",
  purpose: "find faults and stop abuse",
  basis: "legitimate interest",
  necessity: "abuse over the web could not be stopped without it",
  recipients: "operators",
  retention: { for: { days: 60 }, sweep: "logs", late: "stop" },
  inExport: "statement",
  onErasure: "ages-out",
  told: "log",
});

export const AUDIT_LOG = defineRecord({
  id: "D19-log",
  title:
    "The log of what was done with what is kept about people: that an erasure was done or done again, and its count, with keyed pseudonyms as in D13",
  layer: "manager",
  purpose: "show afterwards that rights were kept",
  basis: "legitimate interest",
  necessity: "nobody could show that an erasure was done, once it is done",
  recipients: "operators",
  retention: { for: { months: 12 }, sweep: "logs", late: "stop" },
  inExport: "statement",
  onErasure: "ages-out",
  notes: {
    inExport: "when the day is over no line can be linked to a person",
    onErasure: "the key of the day's pseudonyms is thrown away at once",
  },
  told: "log",
});

export const OPS_LOG = defineRecord({
  id: "D34",
  title:
    "The log of how Usher runs: starts, stops and faults, in lines that can hold no person and no room",
  layer: "manager",
  purpose: "find faults",
  basis: "no personal data",
  necessity: "a failure could not be understood without it",
  recipients: "operators",
  retention: { for: { days: 90 }, sweep: "logs", late: "stop" },
  inExport: "none",
  onErasure: "nothing",
  told: "log",
});
